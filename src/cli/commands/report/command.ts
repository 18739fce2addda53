import { UserError } from '../../../problem.ts'
import { command } from '../../command.ts'
import * as options from '../../options.ts'

interface Args {
  csv?: string
  html?: string
  since?: string
  snapshot: string
}

export const reportCommand = command<Args>({
  command: 'report',
  describe: 'write a report: one HTML page (--html), or CSV files for an audit (--csv)',
  builder: (yargs) =>
    yargs
      .option('html', {
        type: 'string',
        requiresArg: true,
        describe: 'the file to write: one page with findings, Services and a timeline, for any browser'
      })
      .option('csv', {
        type: 'string',
        requiresArg: true,
        describe: 'the folder for one CSV file per table; new, empty, or of an earlier report'
      })
      .option('snapshot', options.snapshot)
      .option('since', {
        type: 'string',
        requiresArg: true,
        describe:
          'the snapshot to compare with (without: the one before; for --csv the one of the last report in that folder, if there is one)'
      })
      .example('snap report --html today.html', 'a page about the latest snapshot')
      .example('snap report --html week.html --since "7 days ago"', 'what changed in a week')
      .example('snap report --csv audit-2026-11 -s "last Friday"', 'everything about one day, for a spreadsheet'),
  async handler(args) {
    if (args.csv === undefined && args.html === undefined)
      throw new UserError('report: write what? give --html FILE or --csv DIR')
    if (args.html !== undefined) {
      const { writeHtmlReport } = await import('./html-report.ts')
      await writeHtmlReport({
        store: args.store,
        html: args.html,
        snapshot: args.snapshot,
        ...(args.since !== undefined && { since: args.since })
      })
    }
    if (args.csv !== undefined) {
      const { writeCsvReport } = await import('./report.ts')
      await writeCsvReport({
        store: args.store,
        csv: args.csv,
        snapshot: args.snapshot,
        ...(args.since !== undefined && { since: args.since })
      })
    }
  }
})
