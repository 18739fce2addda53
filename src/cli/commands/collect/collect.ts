import { mkdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { SnapshotError } from '../../../archive/error.ts'
import { type Lock, LockedError, lockCluster } from '../../../archive/lock.ts'
import { sweep } from '../../../archive/sweep.ts'
import { createSnapshot } from '../../../archive/writer.ts'
import { apiThroughKubectl } from '../../../collect/api/kubectl-proxy.ts'
import { clusterName } from '../../../collect/cluster.ts'
import { type Collected, collect } from '../../../collect/collect.ts'
import type { CollectOptions } from '../../../collect/options.ts'
import type { Ports } from '../../../collect/ports.ts'
import { run } from '../../../collect/run.ts'
import { UserError } from '../../../problem.ts'
import { EXIT } from '../../exit-codes.ts'
import { talk } from '../../terminal/print.ts'
import { progress } from '../../terminal/progress.ts'
import { afterCollecting } from './after-collecting.ts'
import { type CollectArguments, collectOptions } from './collect-options.ts'
import { interruptible } from './interrupting.ts'
import { writeTextfile } from './textfile.ts'

/** Takes a snapshot, does what was asked for with it, and says how it went: nothing where all is well, for cron. */
export async function collectSnapshot(args: CollectArguments): Promise<void> {
  const given = collectOptions(args)
  await interruptible(async (interrupt) => {
    const cluster = await clusterName({ ...given, deadline: interrupt }, { run, now: () => new Date() })
    const options = { ...given, clusterName: cluster, interrupt }
    const lock = await locked(args.archive, cluster)
    try {
      await collectLocked(args, options)
    } finally {
      await lock.release()
    }
  })
}

async function locked(archive: string, cluster: string): Promise<Lock> {
  makeFolder(archive)
  try {
    return await lockCluster(archive, cluster, new Date())
  } catch (error) {
    if (error instanceof LockedError) throw new UserError(error.message, { status: EXIT.busy, cause: error })
    throw error
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') throw new SnapshotError('not-writable', folder, `cannot be made (${code})`)
  }
}

async function collectLocked(
  args: CollectArguments,
  options: CollectOptions & { readonly clusterName: string }
): Promise<void> {
  const startedAt = new Date()
  let collected: Collected | null = null
  let status: number = EXIT.failed
  try {
    for (const path of await sweep(args.archive, startedAt))
      if (verbose(args)) talk(`${path}: removed, its writer died`)
    collected = await collectOnce(args, options)
    const taken = report(collected)
    status = collected.path === null ? taken : await afterCollecting(args, collected, taken)
    process.exitCode = status
  } catch (error) {
    if (error instanceof UserError) status = error.status
    throw error
  } finally {
    if (args.textfile !== undefined) {
      const { total = 0, failed = 0, nodes = 0, wholeNodes = 0 } = collected ?? {}
      writeTextfile(args.textfile, {
        cluster: options.clusterName,
        startedAt,
        endedAt: new Date(),
        status,
        items: total,
        failedItems: failed,
        nodes,
        wholeNodes,
        snapshotAt: collected?.path ? collected.startedAt : null
      })
    }
  }
}

async function collectOnce(args: CollectArguments, options: CollectOptions): Promise<Collected> {
  const api = apiThroughKubectl(options)
  const ports: Ports = {
    run: telling(run),
    api,
    now: () => new Date(),
    random: Math.random,
    say: verbose(args) ? talk : () => {},
    wait: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}).catch(() => {}),
    open: (name) =>
      createSnapshot(args.archive, name).catch((error: unknown) => {
        if (error instanceof SnapshotError && error.fault === 'taken') return null
        throw error
      })
  }
  try {
    const collected = await collect(options, ports)
    if (verbose(args) && collected.path !== null) process.stdout.write(`${collected.path}\n`)
    return collected
  } finally {
    await api.close()
  }
}

function verbose(args: CollectArguments): boolean {
  return args.verbose || process.stdout.isTTY
}

/** One line where something is missing; the status of the collection alone. */
function report({ path, total, failed, errors }: Collected): number {
  const [[first] = ['the API server names no object'], ...others] = errors
  if (path === null) {
    talk(
      `snap: collect: nothing could be read, no snapshot was written: ${first}${others.length === 0 ? '' : `; ${others[0]![0]}`}`
    )
    return EXIT.failed
  }
  if (failed === 0) return EXIT.clean
  const more =
    others.length === 0
      ? ''
      : `; and ${others.length} other ${others.length === 1 ? 'reason' : 'reasons'}, told by "snap import"`
  talk(`${path}: ${failed} of ${total} items failed: ${first}${more}`)
  return EXIT.partial
}

/** Says which command is being waited for, and how many were. */
function telling(inner: typeof run): typeof run {
  let begun = 0
  return (argv, ...rest) => {
    begun += 1
    progress(`command ${begun}: ${argv.slice(0, 6).join(' ')}`)
    return inner(argv, ...rest)
  }
}
