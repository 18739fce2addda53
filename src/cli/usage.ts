import { nearby } from './nearest.ts'

/** What a message can be told better with. */
export interface Spoken {
  /** The words of the command line. */
  readonly argv: readonly string[]
  /** Every command as its definition has it: `diff <before> [after]`. */
  readonly commands: readonly string[]
  /** Long names of the options that the command takes. */
  readonly options: readonly string[]
}

/** What yargs (18.2, its English texts) says of a wrong command line, as one sentence that names what to write instead. */
export function usageSentence(message: string, spoken: Spoken): string {
  const command = commandOf(spoken)
  for (const [pattern, sentence] of SENTENCES) {
    const match = pattern.exec(message)
    if (match) return [command && `${command.name}: `, sentence(match.slice(1), spoken, command)].join('')
  }
  return message.replace(/\s+/g, ' ')
}

interface SpokenCommand {
  readonly name: string
  /** `before`, `after` */
  readonly positionals: readonly string[]
}

function commandOf({ argv, commands }: Spoken): SpokenCommand | undefined {
  const definition = commands.find((each) => argv.includes(each.split(' ')[0]!))
  if (definition === undefined) return undefined
  const [name = '', ...positionals] = definition.split(' ')
  return { name, positionals: positionals.map((each) => each.replace(/[<>[\].]/g, '')) }
}

type Sentence = (parts: string[], spoken: Spoken, command: SpokenCommand | undefined) => string

const SENTENCES: readonly [RegExp, Sentence][] = [
  [
    /Argument: (\S+), Given: (.*), Choices: (.*)/,
    ([name = '', given = '', choices = ''], _, command) => {
      const all = choices.split(', ').map((choice) => choice.replaceAll('"', ''))
      const [best] = nearby(given.replaceAll('"', ''), all)
      const what = command?.positionals.includes(name) ? `<${name}>` : `--${name}`
      return `${what} cannot be ${given}; it can be ${all.join(', ')}${best === undefined ? '' : `; did you mean ${best}?`}`
    }
  ],
  [
    /^(?:Implications failed|Missing dependent arguments):\s*(\S+) -> (\S+)/,
    ([name = '', other = '']) => `--${name} goes with --${other} only; give both, or neither`
  ],
  [/^Not enough arguments following: (\S+)/, ([name = '']) => `${dashed(name)} needs a value`],
  [
    /^Arguments (\S+) and (\S+) are mutually exclusive/,
    ([one = '', other = '']) => `give --${one} or --${other}, not both`
  ],
  [
    /^Missing required arguments?: (.*)/,
    ([names = ''], _, command) =>
      `needs ${names
        .split(', ')
        .map((name) => (command?.positionals.includes(name) ? `<${name}>` : `--${name}`))
        .join(' and ')}; "snap ${command?.name ?? ''} --help" says what it can be`
  ],
  [
    /^Not enough non-option arguments: got (\d+)/,
    ([got = '0'], _, command) => {
      const missing = command?.positionals[Number(got)]
      return `${missing === undefined ? 'a word is missing' : `which ${missing}?`} "snap ${command?.name ?? ''} --help" shows how to ask`
    }
  ],
  [/^Unknown (?:argument|command)s?: ([^,]+)/, unknownWord]
]

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}

function unknownWord(
  [word = '']: string[],
  { argv, commands, options }: Spoken,
  command: SpokenCommand | undefined
): string {
  const isOption =
    argv.some((each) => each.replace(/=.*/, '').replace(/^--?(?:no-)?/, '') === word && each.startsWith('-')) ||
    argv.some((each) => /^-[^-]/.test(each) && each.includes(word))
  if (isOption) {
    const [best] = nearby(word, options)
    return `no option ${dashed(word)}${best === undefined ? '' : `; did you mean --${best}?`}`
  }
  if (command)
    return `nothing to do with ${word}: "snap ${[command.name, ...command.positionals.map((each) => `<${each}>`)].join(' ')}" takes no more words`
  const [best] = nearby(
    word,
    commands.map((each) => each.split(' ')[0]!)
  )
  return `there is no command ${word};${best === undefined ? '' : ` did you mean ${best}?`} "snap --help" lists them`
}
