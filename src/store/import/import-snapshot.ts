import { createHash } from 'node:crypto'
import type { ManifestItem } from '../../archive/manifest.ts'
import type { Snapshot } from '../../archive/open.ts'
import { UserError } from '../../problem.ts'
import type { Store } from '../open.ts'
import { requireSealed, sealSnapshot, sealStore } from '../seal.ts'
import { importItem } from './import-item.ts'
import { SnapshotRecord } from './part.ts'

export interface ImportReport {
  readonly snapshot: string
  /** `known`: it was in the store already, nothing was done. */
  readonly outcome: 'imported' | 'known'
  /** Items asked for, and of them those that failed in collection. */
  readonly items: number
  readonly failed: number
  /** Issues met, those of collection included. */
  readonly issues: number
}

/**
 * Brings one snapshot into the store, all of it or nothing. Importing it again does nothing.
 * Throws: UserError for another cluster's snapshot or another snapshot of the same name, SnapshotError for damage.
 */
export async function importSnapshot(store: Store, snapshot: Snapshot, importedAt: Date): Promise<ImportReport> {
  store.exec('BEGIN IMMEDIATE')
  try {
    const outcome = await importInTransaction(store, snapshot, importedAt)
    store.exec('COMMIT')
    return report(store, snapshot, outcome)
  } catch (error) {
    // On a full disk SQLite has rolled back by itself.
    if (store.inTransaction) store.exec('ROLLBACK')
    throw error
  }
}

async function importInTransaction(
  store: Store,
  snapshot: Snapshot,
  importedAt: Date
): Promise<ImportReport['outcome']> {
  const sha256 = createHash('sha256').update(JSON.stringify(snapshot.manifest)).digest('hex')
  if (isKnown(store, snapshot, sha256)) return 'known'
  requireSealed(store)
  requireSameCluster(store, snapshot)
  const record = new SnapshotRecord(store, addSnapshot(store, snapshot, sha256, importedAt))
  for (const item of snapshot.manifest.items) {
    record.addItem(item)
    await importItem(store, record, item, (along) => snapshot.read(item, along))
  }
  sealSnapshot(store, record.snapshot)
  sealStore(store)
  return 'imported'
}

function isKnown(store: Store, snapshot: Snapshot, sha256: string): boolean {
  const known = store.prepare('SELECT manifest_sha256 FROM _snapshot WHERE name = ?').pluck().get(snapshot.name)
  if (known === undefined) return false
  if (known === sha256) return true
  throw new UserError(
    `${snapshot.path}: the store already has another snapshot of ${snapshot.name}; import it into another store with --store`
  )
}

/** One store holds one cluster, so that "yesterday" has one meaning. A pasted text does not say which cluster it is of. */
function requireSameCluster(store: Store, { manifest, path }: Snapshot): void {
  const known = store.prepare('SELECT name, uid FROM _cluster').get() as
    | { name: string; uid: string | null }
    | undefined
  const { name, uid } = manifest.cluster
  if (known?.uid && uid && known.uid !== uid) {
    throw new UserError(
      `${path}: is of cluster ${name} (${uid}), but this store holds ${known.name} (${known.uid}); use another --store`
    )
  }
  if (!known) store.prepare('INSERT INTO _cluster (id, name, uid) VALUES (1, ?, ?)').run(name, uid)
  else if (uid && !known.uid) store.prepare('UPDATE _cluster SET name = ?, uid = ?').run(name, uid)
}

function addSnapshot(store: Store, { name, path, manifest }: Snapshot, sha256: string, importedAt: Date): number {
  const told = manifest.items.filter(({ path }) => path !== null)
  const pasted = told.length > 0 && told.every((item: ManifestItem) => item.kind === 'text')
  const result = store
    .prepare(
      `INSERT INTO _snapshot (name, cluster, cluster_uid, started_at, ended_at, tool, source, pasted, manifest_sha256, imported_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
    )
    .run(
      name,
      manifest.cluster.name,
      manifest.cluster.uid,
      manifest.startedAt,
      manifest.endedAt,
      manifest.tool,
      path,
      Number(pasted),
      sha256,
      importedAt.toISOString()
    )
  return Number(result.lastInsertRowid)
}

function report(store: Store, { name }: Snapshot, outcome: ImportReport['outcome']): ImportReport {
  const counts = store
    .prepare(
      'SELECT snapshot, items, failed, (SELECT count(*) FROM issues i WHERE i.snapshot = s.snapshot) AS issues FROM snapshots s WHERE snapshot = ?'
    )
    .get(name) as Omit<ImportReport, 'outcome'>
  return { ...counts, outcome }
}
