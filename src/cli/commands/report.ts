import { command } from '../command.ts'
import * as options from '../options.ts'

interface Args {
  csv: string
  snapshot: string
}

export const reportCommand = command<Args>({
  command: 'report',
  describe: 'write a snapshot out for an audit: a CSV file a table, and the findings',
  builder: (yargs) =>
    yargs
      .option('csv', { type: 'string', requiresArg: true, demandOption: true, describe: 'the folder to write to; new, empty, or of an earlier report' })
      .option('snapshot', options.snapshot)
      .example('snap report --csv audit-2026-11 -s "last Friday"', 'everything about one day, for a spreadsheet'),
  async handler(args) {
    const [{ asking, findSnapshot }, { writeReport }, { print, talk }] = await Promise.all([
      import('../asking.ts'), import('../reporting.ts'), import('../print.ts')
    ])
    await asking(args.store, async (store) => {
      const { files, gaps } = writeReport(store, (await findSnapshot(store, args.snapshot)).name, args.csv)
      print({ columns: ['file', 'rows'], rows: files.map(({ file, rows }) => [file, rows]) }, 'table')
      if (gaps > 0) talk(`${gaps} things the snapshot does not hold whole: coverage.csv says which; a table without rows may be one of them`)
    })
  }
})
