import { command } from '../../command.ts'
import * as options from '../../options.ts'

interface Args {
  keep?: string
  'older-than'?: string
  'dry-run': boolean
  archive: string
  output: string
}

export const pruneCommand = command<Args>({
  command: 'prune',
  describe: 'remove old snapshots from the archive and from the store',
  builder: (yargs) =>
    yargs
      .option('keep', {
        type: 'string',
        requiresArg: true,
        describe: 'how many to keep: "7 daily, 4 weekly, 12 monthly" (also latest, hourly, yearly)'
      })
      .option('older-than', {
        type: 'string',
        requiresArg: true,
        describe: 'remove only what is older: "90 days", "6 months", 2026-01-31'
      })
      .option('dry-run', { type: 'boolean', default: false, describe: 'only print what would be removed' })
      .option('archive', options.archive)
      .option('output', options.output)
      .example('snap prune --keep "7 daily, 4 weekly" --dry-run', 'see first what would go')
      .example('snap prune --older-than "1 year"', 'keep a year of all'),
  async handler(args) {
    const [{ prune }, { readKeep }, { readOlderThan }, { print }, { UserError }, { localTimeZone }, { clockOf }] =
      await Promise.all([
        import('./prune.ts'),
        import('../../../ask/prune/keep.ts'),
        import('../../../ask/prune/older-than.ts'),
        import('../../terminal/print.ts'),
        import('../../../problem.ts'),
        import('../../terminal/time-zone.ts'),
        import('../../../ask/time/meaning.ts')
      ])
    const { keep, 'older-than': olderThan } = args
    if (keep === undefined && olderThan === undefined)
      throw new UserError('prune: say what may go, with --keep, --older-than or both')
    const timeZone = localTimeZone()
    // Throws where TZ is no zone: days would begin at the wrong hour.
    clockOf(timeZone)
    const now = new Date()
    const retention = {
      keep: keep === undefined ? [] : readKeep(keep),
      before: olderThan === undefined ? undefined : readOlderThan(olderThan, now),
      timeZone,
      now
    }
    const rows = await prune(args, retention, args['dry-run'])
    const columns = ['snapshot', 'action', 'reason', 'in'] as const
    print({ columns: [...columns], rows: rows.map((row) => columns.map((column) => row[column])) }, args.output)
  }
})
