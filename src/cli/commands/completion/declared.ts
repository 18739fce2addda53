import yargs, { type CommandModule } from 'yargs'

interface Declared {
  readonly key: Readonly<Record<string, unknown>>
  readonly alias: Readonly<Record<string, readonly string[]>>
  readonly choices: Readonly<Record<string, readonly string[]>>
}

const EVERYWHERE = ['--store', '--debug', '--help', '--color']

/** What the commands' own declarations say that the last word may become: a command, an option, or one of the values of an option or word. */
export function declaredWords(
  words: readonly string[],
  own: readonly string[],
  commands: readonly CommandModule[]
): string[] {
  const [current, before] = [words.at(-1) ?? '', words.at(-2) ?? '']
  const named = (module: CommandModule) => [String(module.command).split(' ')[0]!, ...(module.aliases ?? [])]
  const module = commands.find((each) => own[0] !== undefined && named(each).includes(own[0]))
  if (!module)
    return [
      ...(current.startsWith('-') ? [...EVERYWHERE, '--version'] : commands.map((each) => named(each)[0]!))
    ].filter((word) => word.startsWith(current))
  const { key, alias, choices } = declared(module)
  const positionals = [...String(module.command).matchAll(/[<[](\w+)/g)].map(([, name]) => name!)
  const option = before.startsWith('-') ? optionNamed(before.replace(/^--?/, ''), alias) : undefined
  if (option !== undefined && choices[option]) return startingWith(choices[option], current)
  if (!current.startsWith('-')) return startingWith(choices[positionals[own.length - 1] ?? ''] ?? [], current)
  return startingWith(
    [
      ...Object.keys(key)
        .filter((name) => !positionals.includes(name))
        .map((name) => (name.length === 1 ? `-${name}` : `--${name}`)),
      ...EVERYWHERE
    ],
    current
  )
}

function declared(module: CommandModule): Declared {
  const parser = yargs([])
  ;(module.builder as (parser: unknown) => unknown)(parser)
  return (parser as unknown as { getOptions(): Declared }).getOptions()
}

function optionNamed(word: string, alias: Declared['alias']): string {
  return Object.entries(alias).find(([name, others]) => name === word || others.includes(word))?.[0] ?? word
}

function startingWith(words: readonly string[], current: string): string[] {
  return [...new Set(words)].filter((word) => word.startsWith(current))
}
