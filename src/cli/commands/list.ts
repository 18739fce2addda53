import { command } from '../command.ts'
import * as options from '../options.ts'

export const listCommand = command<{ output: string }>({
  command: 'list',
  aliases: ['ls'],
  describe: 'list the snapshots in the store, newest first',
  builder: (yargs) => yargs.option('output', options.output).example('snap list', 'which days can be asked about'),
  async handler(args) {
    const [{ asking }, { select, views }, { print }] = await Promise.all([
      import('../asking.ts'), import('../../store/select.ts'), import('../print.ts')
    ])
    await asking(args.store, (store) => {
      const listed = views.selectFrom('snapshots')
        .select(['id', 'snapshot', 'cluster', 'items', 'failed', 'issues', 'pasted', 'source'])
        .orderBy('taken_at', 'desc')
      const rows = select(store, listed)
      const columns = ['id', 'snapshot', 'cluster', 'items', 'failed', 'issues', 'pasted', 'source'] as const
      print({ columns, rows: rows.map((row) => columns.map((column) => row[column])) }, args.output)
    })
  }
})
