import { UserError } from '../../../problem.ts'
import type { Store } from '../../../store/open.ts'
import { command } from '../../command.ts'
import * as options from '../../options.ts'

interface Args {
  query?: string
  file?: string
  snapshot?: string
  timeout?: string
  output: string
}

/** The snapshots that the statement is about. */
function asked(store: Store, snapshot: string | undefined): readonly string[] {
  return snapshot === undefined
    ? (store.prepare('SELECT snapshot FROM snapshots ORDER BY taken_at').pluck().all() as string[])
    : [snapshot]
}

/** The same question without its time; the statement is read from standard input. */
function wordsOf({ store, output, snapshot }: Args & { store: string }): string[] {
  return ['sql', '-', '--store', store, '--output', output, ...(snapshot === undefined ? [] : ['--snapshot', snapshot])]
}

function seconds(text: string): number {
  const found = Number(text)
  if (!/^\d+(?:\.\d+)?$/.test(text) || found <= 0 || found > 86_400)
    throw new UserError(`sql: --timeout ${text} is no number of seconds from 0 to 86400`)
  return found
}

export const sqlCommand = command<Args>({
  command: 'sql [query]',
  describe: 'run SQL on the store, read-only',
  builder: (yargs) =>
    yargs
      .positional('query', {
        type: 'string',
        describe: 'a SELECT over the tables of "snap schema"; - for standard input'
      })
      // Without it yargs takes a lone dash for nothing.
      .nargs('query', 1)
      .option('file', { type: 'string', requiresArg: true, describe: 'read the statement from this file' })
      .option('snapshot', {
        ...options.snapshot,
        default: undefined,
        describe: 'show only this snapshot (default: all, see the column snapshot)'
      })
      .option('timeout', { type: 'string', requiresArg: true, describe: 'time limit in seconds for the statement' })
      .option('output', options.output)
      .example('snap sql "select * from nodes" -s yesterday', 'one snapshot')
      .example('snap sql "select snapshot, node from nodes"', 'over all snapshots')
      .example('snap sql --file rules-by-node.sql -o csv', 'a longer statement'),
  async handler(args) {
    if ((args.query === undefined) === (args.file === undefined))
      throw new UserError('sql: give a statement, - for standard input, or --file with one')
    const [{ asking, findSnapshot }, { query }, { scopeTo }, { print }, { readText }, { progress }] = await Promise.all(
      [
        import('../../store/asking.ts'),
        import('../../../ask/sql/query.ts'),
        import('../../../ask/sql/scope.ts'),
        import('../../terminal/print.ts'),
        import('./reading-text.ts'),
        import('../../terminal/progress.ts')
      ]
    )
    const statement =
      args.file !== undefined ? readText('sql', args.file) : args.query === '-' ? readText('sql', '-') : args.query!
    if (args.timeout !== undefined) {
      const { withinSeconds } = await import('./within-seconds.ts')
      process.exitCode = await withinSeconds(seconds(args.timeout), wordsOf(args), statement)
      return
    }
    await asking(args.store, async (store) => {
      const snapshot = args.snapshot === undefined ? undefined : (await findSnapshot(store, args.snapshot)).name
      if (snapshot !== undefined) scopeTo(store, snapshot)
      if (/\b(?:flows|intent|deviations|proxies)\b/i.test(statement)) {
        const { fillNamed } = await import('../../../ask/computed.ts')
        fillNamed(store, () => asked(store, snapshot), statement)
      }
      progress('running the statement')
      print(query(store, statement), args.output)
    })
  }
})
