import { command } from '../../command.ts'
import * as options from '../../options.ts'

export const schemaCommand = command<{ table?: string; output: string }>({
  command: 'schema [table]',
  describe: 'list the tables to query, or the columns of one',
  builder: (yargs) =>
    yargs
      .positional('table', { type: 'string', describe: 'a table' })
      .option('output', options.output)
      .example('snap schema', 'all tables')
      .example('snap schema rules', 'what each column of rules means'),
  async handler(args) {
    const [{ describedStore }, { describeView, describeViews }, { print }] = await Promise.all([
      import('./described-store.ts'),
      import('../../../ask/sql/schema.ts'),
      import('../../terminal/print.ts')
    ])
    await describedStore(args.store, (store) => {
      if (args.table === undefined) {
        const rows = describeViews(store).map((view) => [view.name, view.columns.length, view.about])
        return print({ columns: ['table', 'columns', 'what it holds'], rows }, args.output)
      }
      const { columns } = describeView(store, args.table)
      return print(
        { columns: ['column', 'meaning'], rows: columns.map(({ name, about }) => [name, about]) },
        args.output
      )
    })
  }
})
