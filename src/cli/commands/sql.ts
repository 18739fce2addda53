import type { Store } from '../../store/open.ts'
import { command } from '../command.ts'
import * as options from '../options.ts'

/** The one table that is computed, for whoever names it. */
async function fillFlows(store: Store, snapshot: string | undefined): Promise<void> {
  const { fillFlows: fill } = await import('../../ask/flows/fill.ts')
  fill(store, snapshot === undefined ? (store.prepare('SELECT snapshot FROM snapshots ORDER BY taken_at').pluck().all() as string[]) : [snapshot])
}

export const sqlCommand = command<{ query: string; snapshot?: string; output: string }>({
  command: 'sql <query>',
  describe: 'run SQL on the store, read-only',
  builder: (yargs) =>
    yargs
      .positional('query', { type: 'string', demandOption: true, describe: 'a SELECT over the tables of "snap schema"' })
      .option('snapshot', { ...options.snapshot, default: undefined, describe: 'show this snapshot only (without: all, told apart by the column snapshot)' })
      .option('output', options.output)
      .example('snap sql "select snapshot, count(*) from services group by 1"', 'over all snapshots')
      .example('snap sql "select node, count(*) from rules group by 1" -s yesterday', 'one snapshot'),
  async handler(args) {
    const [{ asking, findSnapshot }, { query }, { scopeTo }, { print }] = await Promise.all([
      import('../asking.ts'), import('../../ask/sql/query.ts'), import('../../ask/sql/scope.ts'), import('../print.ts')
    ])
    await asking(args.store, async (store) => {
      if (args.snapshot !== undefined) scopeTo(store, (await findSnapshot(store, args.snapshot)).name)
      if (/\bflows\b/i.test(args.query)) await fillFlows(store, args.snapshot === undefined ? undefined : (await findSnapshot(store, args.snapshot)).name)
      print(query(store, args.query), args.output)
    })
  }
})
