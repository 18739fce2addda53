import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { listSnapshots } from '../../../archive/list.ts'
import { REMOVING } from '../../../archive/path.ts'
import { sweep } from '../../../archive/sweep.ts'
import { type Decision, plan, type Retention } from '../../../ask/prune/plan.ts'
import { isSnapshotName } from '../../../collect/name.ts'
import { UserError } from '../../../problem.ts'
import { openStore } from '../../../store/open.ts'
import { pruneStore, shrinkStore } from '../../../store/prune.ts'
import { asking } from '../../store/asking.ts'
import { talk } from '../../terminal/print.ts'
import { progress } from '../../terminal/progress.ts'

interface Places {
  readonly archive: string
  readonly store: string
}

export interface PruneRow {
  readonly snapshot: string
  readonly action: Decision['action']
  readonly reason: string
  /** `archive, store` */
  readonly in: string
}

/** Decides over all snapshots of archive and store, and removes what is to go unless it is only asked what would. */
export async function prune(places: Places, retention: Retention, dryRun: boolean): Promise<PruneRow[]> {
  if (!dryRun) await sweep(places.archive, new Date())
  const archived = await archivedSnapshots(places.archive)
  const stored = await storedSnapshots(places.store)
  if (!existsSync(places.archive) && !existsSync(places.store)) {
    throw new UserError(
      `neither the archive ${places.archive} nor the store ${places.store} is there; name them with --archive and --store`
    )
  }
  const all = new Map([...archived].map(([name, { takenAt }]) => [name, takenAt]))
  for (const [name, takenAt] of stored) all.set(name, takenAt)
  const decisions = plan(
    [...all].map(([name, takenAt]) => ({ name, takenAt })),
    retention
  )
  const gone = decisions.filter(({ action }) => action === 'remove').map(({ name }) => name)
  if (!dryRun) await remove(places, gone, archived, stored)
  return decisions.map(({ name, action, reason }) => ({
    snapshot: name,
    action,
    reason,
    in: [...(archived.has(name) ? ['archive'] : []), ...(stored.has(name) ? ['store'] : [])].join(', ')
  }))
}

interface Archived {
  readonly takenAt: Date
  readonly paths: string[]
}

/** By name. What bears no snapshot's name is left alone: its time is not known. */
async function archivedSnapshots(archive: string): Promise<Map<string, Archived>> {
  const found = new Map<string, Archived>()
  if (!existsSync(archive)) return found
  for (const { name, path, partial } of await listSnapshots(archive)) {
    if (partial) continue
    if (!isSnapshotName(name) || Number.isNaN(takenAt(name).getTime()))
      talk(`${path}: left alone, its name does not say when it was taken`)
    else found.set(name, { takenAt: takenAt(name), paths: [...(found.get(name)?.paths ?? []), path] })
  }
  return found
}

async function storedSnapshots(store: string): Promise<Map<string, Date>> {
  if (!existsSync(store)) return new Map()
  return asking(store, (database) => {
    const rows = database.prepare('SELECT name, started_at FROM _snapshot').raw().all() as [string, string][]
    return new Map(rows.map(([name, startedAt]) => [name, new Date(startedAt)]))
  })
}

async function remove(
  { store }: Places,
  names: readonly string[],
  archived: ReadonlyMap<string, Archived>,
  stored: ReadonlyMap<string, Date>
): Promise<void> {
  const inStore = names.filter((name) => stored.has(name))
  if (inStore.length > 0) {
    const database = openStore(store)
    try {
      progress(`removing ${inStore.length} snapshots from the store`)
      pruneStore(database, inStore)
      progress('giving back the space')
      shrinkStore(database)
    } finally {
      database.close()
    }
  }
  for (const path of names.flatMap((name) => archived.get(name)?.paths ?? [])) {
    progress(`removing ${path}`)
    await removeSnapshot(path)
  }
}

/** Renamed first, so that what is left of it, should this be interrupted, is not taken for a snapshot. */
async function removeSnapshot(path: string): Promise<void> {
  const leaving = join(dirname(path), REMOVING + basename(path))
  await rename(path, leaving)
  await rm(leaving, { recursive: true, force: true })
}

/** The time in a snapshot's name: `2026-11-22T10-16-09Z`. */
export function takenAt(name: string): Date {
  return new Date(name.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'))
}
