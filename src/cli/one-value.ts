import type { Argv } from 'yargs'
import { UserError } from '../problem.ts'

interface Declared {
  readonly array: readonly string[]
  readonly string: readonly string[]
}

function declared(yargs: Argv): Declared {
  return (yargs as Argv & { getOptions(): Declared }).getOptions()
}

/** Makes every option with a value demand one, and take no more than one: what follows is the command's own. */
export function takeOneValueEach(yargs: Argv, positionals: readonly string[]): void {
  const { array, string } = declared(yargs)
  for (const name of string) if (!positionals.includes(name) && !array.includes(name)) yargs.requiresArg(name)
  for (const name of array) if (!positionals.includes(name)) yargs.nargs(name, 1)
}

/** Throws: UserError for an option given twice that takes one value; yargs would make a list of it. */
export function requireOneValue(given: Readonly<Record<string, unknown>>, yargs: Argv): void {
  const { array } = declared(yargs)
  for (const [name, value] of Object.entries(given)) {
    if (name === '_' || name === '--' || !Array.isArray(value) || array.includes(name)) continue
    const dashed = name.length === 1 ? `-${name}` : `--${name}`
    throw new UserError(
      `${(given._ as string[])[0] ?? 'snap'}: ${dashed} is given ${value.length} times (${value.join(', ')}); give it once`
    )
  }
}

/**
 * The words without `--`, after which yargs would lose them: no option takes more than one value, so what follows is the command's own
 * anyhow. Throws: UserError for a word there that begins with a dash, which yargs cannot take for one of the command's own.
 */
export function withoutDoubleDash(words: readonly string[]): string[] {
  // A statement that begins with an SQL comment is no option; a blank before it changes nothing.
  const argv = words.map((word) => (/^--[^=\s]*\s/.test(word) ? ` ${word}` : word))
  const place = argv.indexOf('--')
  if (place < 0) return argv
  const own = argv.slice(place + 1)
  const dashed = own.find((word) => /^-./.test(word))
  if (dashed !== undefined)
    throw new UserError(
      `${dashed}: a word after -- cannot begin with a dash; write ./${dashed} for a file, " ${dashed}" for all else`
    )
  return [...argv.slice(0, place), ...own]
}
