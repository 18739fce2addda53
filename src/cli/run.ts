import yargs, { type Argv, type CommandModule } from 'yargs'
import { SnapshotError } from '../archive/error.ts'
import { TimeReferenceError } from '../ask/time/error.ts'
import { UserError } from '../problem.ts'
import { visible } from '../report/format/cell.ts'
import { COMPLETE } from './commands/completion/scripts.ts'
import { commands } from './commands.ts'
import { apply, readSettings, type Settings } from './config/settings.ts'
import { EXIT } from './exit-codes.ts'
import { requireOneValue, withoutDoubleDash } from './one-value.ts'
import { type ColourChoice, chooseColour } from './terminal/colour.ts'
import { endProgress } from './terminal/progress.ts'
import { usageSentence } from './usage.ts'
import { version } from './version.ts'

/** Runs one command line and returns its exit status. Data goes to stdout, talk to stderr. */
export async function run(argv: string[]): Promise<number> {
  if (argv[0] === COMPLETE) return complete(argv.slice(1))
  try {
    const words = withoutDoubleDash(argv)
    await parser(words, await readSettings(words, process.env)).parseAsync()
    return Number(process.exitCode ?? EXIT.clean)
  } catch (error) {
    endProgress()
    return await explain(error, argv)
  } finally {
    endProgress()
  }
}

/** What the last word may become, one a line; nothing at all where there is nothing to say, or it fails. */
async function complete(words: string[]): Promise<number> {
  try {
    const { completions } = await import('./commands/completion/complete.ts')
    const { store } = (await readSettings(words, process.env))('get', ['store'], [])
    const found = completions(words, commands, String(store ?? 'snap.db'))
    process.stdout.write(found.map((word) => `${word}\n`).join(''))
  } catch {
    // A shell that completes is told nothing.
  }
  return EXIT.clean
}

function parser(argv: string[], settings: Settings = () => ({})) {
  const program = yargs(argv)
  withoutUnaskedHelp(program)
  return program
    .scriptName('snap')
    .usage("$0 <command>\n\nAnswers questions about a Kubernetes cluster's service network from snapshots of it.")
    .locale('en')
    .parserConfiguration({ 'parse-numbers': false, 'camel-case-expansion': false })
    .command(commands.map((each) => withSettings(each, settings)))
    .option('store', {
      type: 'string',
      requiresArg: true,
      describe: 'the SQLite store',
      default: 'snap.db',
      global: true
    })
    .option('config', {
      type: 'string',
      requiresArg: true,
      describe: 'a settings file (SNAP_CONFIG, ./snap.yaml)',
      global: true
    })
    .option('color', {
      type: 'string',
      choices: ['auto', 'always', 'never'],
      default: 'auto',
      requiresArg: true,
      describe: 'colour the output',
      global: true
    })
    .option('debug', { type: 'boolean', describe: 'show where an error comes from', global: true })
    .example('snap import', 'import new snapshots of ./snapshots into ./snap.db')
    .example('snap check -s today', "what is wrong in today's snapshot")
    .example('snap trace http://kube-master:8087', 'the path of a packet from each node to a pod')
    .example('snap diff yesterday today', 'what changed')
    .epilogue(
      'Exit status: 0 done, nothing found; 1 findings, or different; 2 could not run; 3 the snapshot is incomplete; 70 a defect in snap;\n75 (collect) another run is in progress; 130, 143 interrupted.\n' +
        'Environment: SNAP_CONFIG, SNAP_STORE, SNAP_ARCHIVE, NO_COLOR, CLICOLOR_FORCE, TZ; for every option of collect also SNAP_NAME, for example SNAP_TRANSPORT. Snapshots are named by time phrases: see docs/time-references.md.'
    )
    .strict()
    .demandCommand(1, 'which command? "snap --help" lists them')
    .middleware((given) => requireOneValue(given, program), true)
    .middleware(({ color }) => chooseColour(color as ColourChoice))
    .version(version())
    .help()
    .alias('help', 'h')
    .wrap(Math.min(process.stdout.columns ?? 100, 100))
    .exitProcess(false)
    .fail((message, error) => {
      throw error && error.name !== 'YError' ? error : new UsageError(message ?? error.message)
    })
}

/** What the settings say of a command's options counts less than the command line and more than their defaults. */
function withSettings(command: CommandModule, settings: Settings): CommandModule {
  const [name = ''] = String(command.command).split(' ')
  const builder = (yargs: Argv): Argv => {
    const built = (command.builder as (yargs: Argv) => Argv)(yargs)
    apply(settings, name, built)
    return built
  }
  return { ...command, builder } as CommandModule
}

/** yargs (18.2) writes out the help of every command that it runs, in case it fails later: a quarter of the time of a short one. */
function withoutUnaskedHelp(program: Argv): void {
  const { getInternalMethods } = program as Argv & {
    getInternalMethods(): { getUsageInstance(): { cacheHelpMessage(): void } }
  }
  getInternalMethods.call(program).getUsageInstance().cacheHelpMessage = () => undefined
}

/** What yargs finds wrong with the command line. */
class UsageError extends UserError {}

async function sentence(message: string, argv: string[]): Promise<string> {
  const help = await parser(argv.slice(0, 1)).getHelp()
  const options = [...help.matchAll(/^ .*?--([a-z][a-z0-9-]+)/gm)].map(([, name]) => name!)
  return usageSentence(message, { argv, commands: commands.flatMap(({ command }) => command ?? []), options })
}

async function explain(error: unknown, argv: string[]): Promise<number> {
  const said = error instanceof UsageError ? await sentence(error.message, argv) : expected(error)
  const stack = argv.includes('--debug') && error instanceof Error ? `${error.stack}\n` : ''
  const message = visible(said ?? (error instanceof Error ? error.message : String(error)))
  process.stderr.write(
    said !== undefined ? `snap: ${message}\n${stack}` : `snap: defect: ${message} (--debug shows where)\n${stack}`
  )
  if (said === undefined) return EXIT.defect
  return error instanceof UserError ? error.status : EXIT.failed
}

/** What SQLite says of disks, locks and permissions; of a statement that is wrong it says SQLITE_ERROR. */
const NOT_SNAPS_FAULT = /^SQLITE_(?:FULL|IOERR|BUSY|READONLY|CANTOPEN|CORRUPT|NOTADB)/

/** What to say of an error that the user, or who keeps the machine, can mend; undefined for a defect. */
function expected(error: unknown): string | undefined {
  if (error instanceof UserError || error instanceof SnapshotError || error instanceof TimeReferenceError)
    return error.message
  const { syscall, code, path, message } = error as NodeJS.ErrnoException
  if (NOT_SNAPS_FAULT.test(code ?? '')) return `the store: ${message} (${code})`
  if (typeof syscall !== 'string') return undefined
  // `ENOENT: no such file or directory, open '…'`
  const reason = /^\w+: ([^,]+)/.exec(message)?.[1] ?? message
  return `${path === undefined ? '' : `${path}: `}${reason} (${syscall}, ${code})`
}
