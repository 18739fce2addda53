import { existsSync } from 'node:fs'
import type { Argv } from 'yargs'
import { UserError } from '../../problem.ts'

/** What stands below an option on the command line and above its default: by command, then by the option's name. */
export type Settings = (
  command: string,
  options: readonly string[],
  booleans: readonly string[]
) => Readonly<Record<string, unknown>>

const DEFAULT_FILE = 'snap.yaml'
/** Options of every command that are no settings. */
const OTHERS = new Set(['help', 'version', 'debug', 'config', 'h', '_'])

/**
 * The file that --config or SNAP_CONFIG names, or ./snap.yaml where there is one, and over it the environment: SNAP_STORE and SNAP_ARCHIVE for
 * every command, SNAP_SSH_USER and the like for `collect`. Throws: UserError.
 */
export async function readSettings(argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<Settings> {
  const file = named(argv) ?? environment.SNAP_CONFIG ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined)
  // YAML and its checking are loaded only where there is a file.
  const { collect = {}, check = {}, ...shared } = file === undefined ? {} : (await import('./read.ts')).readConfig(file)
  const sections: Readonly<Record<string, object>> = { collect: { ...check, ...collect }, check }
  return (command, options, booleans) => {
    const given: Record<string, unknown> = { ...shared, ...sections[command] }
    const known = Object.entries(given).filter(([name]) => options.includes(name))
    const values = Object.fromEntries(
      known.map(([name, value]) => [name, typeof value === 'number' ? String(value) : value])
    )
    for (const name of command === 'collect'
      ? options.filter((each) => !OTHERS.has(each))
      : ['store', 'archive'].filter((each) => options.includes(each))) {
      const variable = `SNAP_${name.toUpperCase().replaceAll('-', '_')}`
      const value = environment[variable]
      if (value !== undefined && value !== '') values[name] = booleans.includes(name) ? truth(variable, value) : value
    }
    return values
  }
}

/** Gives a command's options what the settings say of them. */
export function apply(settings: Settings, command: string, yargs: Argv): void {
  const { key, boolean } = (
    yargs as Argv & { getOptions(): { key: Record<string, unknown>; boolean: readonly string[] } }
  ).getOptions()
  const values = settings(command, Object.keys(key), boolean)
  if (Object.keys(values).length > 0) yargs.config(values)
}

function named(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => word === '--config' || word.startsWith('--config='))
  if (at < 0) return undefined
  return argv[at]!.startsWith('--config=') ? argv[at]!.slice('--config='.length) : argv[at + 1]
}

function truth(variable: string, value: string): boolean {
  if (/^(1|true|yes)$/i.test(value)) return true
  if (/^(0|false|no)$/i.test(value)) return false
  throw new UserError(`${variable} is true or false, not "${value}"`)
}
