import { command } from '../command.ts'
import * as options from '../options.ts'

export const listCommand = command<{ output: string }>({
  command: 'list',
  aliases: ['ls'],
  describe: 'list the snapshots in the store, newest first',
  builder: (yargs) => yargs.option('output', options.output).example('snap list', 'which days can be asked about'),
  async handler(args) {
    const [{ asking }, { query }, { print }] = await Promise.all([
      import('../asking.ts'), import('../../ask/sql/query.ts'), import('../print.ts')
    ])
    await asking(args.store, (store) =>
      print(query(store, `
        SELECT s.id, v.snapshot, v.cluster, v.items, v.failed, v.issues, iif(v.pasted, 'pasted', '') AS kind, v.source
        FROM snapshots v JOIN _snapshot s ON s.name = v.snapshot ORDER BY v.taken_at DESC`), args.output)
    )
  }
})
