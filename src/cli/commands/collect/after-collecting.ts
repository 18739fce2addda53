import type { Collected } from '../../../collect/collect.ts'
import { EXIT } from '../../exit-codes.ts'
import type { CollectArguments } from './collect-options.ts'

/**
 * Imports, checks and prunes as asked, and returns the run's exit status: the gravest of what happened. Findings count more than
 * items that are missing: these are told in words either way.
 */
export async function afterCollecting(args: CollectArguments, { name }: Collected, taken: number): Promise<number> {
  const statuses = [taken]
  if (args.import || args.check) {
    const { importAll, newSnapshots } = await import('../import/import.ts')
    statuses.push(
      await statusOf(async () =>
        importAll({ paths: await newSnapshots(args), archive: args.archive, store: args.store, quiet: true })
      )
    )
  }
  if (args.check) {
    const { checkSnapshot } = await import('../check/check.ts')
    const { store, checks, suppress } = args
    statuses.push(
      await statusOf(() =>
        checkSnapshot({
          store,
          snapshot: name,
          output: 'table',
          'fail-on': args['fail-on'],
          quiet: true,
          ...(checks && { checks }),
          ...(suppress !== undefined && { suppress })
        })
      )
    )
  }
  if (args.keep !== undefined) {
    const [{ prune }, { readKeep }, { localTimeZone }] = await Promise.all([
      import('../prune/prune.ts'),
      import('../../../ask/prune/keep.ts'),
      import('../../terminal/time-zone.ts')
    ])
    const retention = { keep: readKeep(args.keep), before: undefined, timeZone: localTimeZone(), now: new Date() }
    await prune(args, retention, false)
  }
  return GRAVEST.find((status) => statuses.includes(status))!
}

const GRAVEST: readonly number[] = [EXIT.failed, EXIT.found, EXIT.partial, EXIT.clean]

/** The exit status that a command would have left. */
async function statusOf(command: () => Promise<void>): Promise<number> {
  process.exitCode = EXIT.clean
  await command()
  return Number(process.exitCode)
}
