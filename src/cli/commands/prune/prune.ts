import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { listSnapshots, type SnapshotEntry } from '../../../archive/list.ts'
import { REMOVING } from '../../../archive/path.ts'
import { readManifest } from '../../../archive/read-manifest.ts'
import { sweep } from '../../../archive/sweep.ts'
import { type HeldItem, holdings, NOTHING } from '../../../ask/prune/holdings.ts'
import { type Candidate, type Decision, plan, type Retention } from '../../../ask/prune/plan.ts'
import { isSnapshotName } from '../../../collect/name.ts'
import { UserError } from '../../../problem.ts'
import { unlessDamaged } from '../../../store/damage.ts'
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
  const decisions = plan(await candidates(archived, stored), retention)
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
  readonly entries: SnapshotEntry[]
}

type Known = Omit<Candidate, 'cluster'> & { readonly clusterName: string; readonly uid: string | null }

/** By name. What bears no snapshot's name is left alone: its time is not known. */
async function archivedSnapshots(archive: string): Promise<Map<string, Archived>> {
  const found = new Map<string, Archived>()
  if (!existsSync(archive)) return found
  for (const entry of await listSnapshots(archive)) {
    const { name, path, partial } = entry
    if (partial) continue
    if (!isSnapshotName(name) || Number.isNaN(takenAt(name).getTime()))
      talk(`${path}: left alone, its name does not say when it was taken`)
    else found.set(name, { takenAt: takenAt(name), entries: [...(found.get(name)?.entries ?? []), entry] })
  }
  return found
}

async function storedSnapshots(store: string): Promise<Map<string, Known>> {
  if (!existsSync(store)) return new Map()
  return asking(store, (database) => {
    const rows = database.prepare('SELECT id, name, started_at, cluster, cluster_uid FROM _snapshot').raw().all()
    const items = database.prepare('SELECT kind, node, bytes, error FROM _item WHERE snapshot = ?')
    return new Map(
      (rows as [number, string, string, string, string | null][]).map(([id, name, startedAt, clusterName, uid]) => [
        name,
        { name, takenAt: new Date(startedAt), clusterName, uid, holds: holdings(items.all(id) as HeldItem[]) }
      ])
    )
  })
}

/** What each snapshot holds is asked of the store, and of the archive where that does not know it. */
async function candidates(
  archived: ReadonlyMap<string, Archived>,
  stored: ReadonlyMap<string, Known>
): Promise<Candidate[]> {
  const known = [...stored.values()]
  for (const [name, { takenAt, entries }] of archived)
    if (!stored.has(name)) known.push({ name, takenAt, ...(await heldInArchive(entries)) })
  const uids = new Map(known.flatMap(({ clusterName, uid }) => (uid === null ? [] : [[clusterName, uid] as const])))
  const named = known.map(({ clusterName, uid, ...rest }) => ({
    ...rest,
    // A snapshot that could not read which cluster it is of has its name alone.
    cluster: uid ?? uids.get(clusterName) ?? clusterName
  }))
  // One that cannot be read is taken for the cluster's that all others are of.
  const clusters = new Set(named.flatMap(({ cluster }) => (cluster === '' ? [] : [cluster])))
  const [only = ''] = clusters.size === 1 ? clusters : []
  return named.map((candidate) => (candidate.cluster === '' ? { ...candidate, cluster: only } : candidate))
}

async function heldInArchive(entries: readonly SnapshotEntry[]): Promise<Pick<Known, 'holds' | 'clusterName' | 'uid'>> {
  for (const entry of entries) {
    try {
      const { items, cluster } = await readManifest(entry)
      return { holds: holdings(items), clusterName: cluster.name, uid: cluster.uid }
    } catch (error) {
      talk(`${entry.path}: is taken to hold nothing, its manifest cannot be read (${(error as Error).message})`)
    }
  }
  return { holds: NOTHING, clusterName: '', uid: null }
}

async function remove(
  { store }: Places,
  names: readonly string[],
  archived: ReadonlyMap<string, Archived>,
  stored: ReadonlyMap<string, Known>
): Promise<void> {
  const inStore = names.filter((name) => stored.has(name))
  if (inStore.length > 0) {
    const database = openStore(store)
    try {
      progress(`removing ${inStore.length} snapshots from the store`)
      pruneStore(database, inStore)
      progress('giving back the space')
      shrinkStore(database)
    } catch (error) {
      throw unlessDamaged(database, error)
    } finally {
      database.close()
    }
  }
  for (const { path } of names.flatMap((name) => archived.get(name)?.entries ?? [])) {
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
