import { below, type Entries } from '../entries.ts'
import { openEntries, readSnapshot, type Snapshot, snapshotFolder } from '../open.ts'
import type { ForeignOptions, ForeignSnapshot } from './snapshot.ts'

/** Opens a snapshot of snap's own, or what another collector wrote, as a folder or an archive. Throws SnapshotError. */
export async function openAny(path: string, options: ForeignOptions): Promise<Snapshot | ForeignSnapshot> {
  const entries = await openEntries(path)
  try {
    return await openEither(path, entries, options)
  } catch (error) {
    entries.close()
    throw error
  }
}

async function openEither(
  path: string,
  entries: Entries,
  options: ForeignOptions
): Promise<Snapshot | ForeignSnapshot> {
  const root = snapshotFolder(entries)
  if (root !== null) return readSnapshot(path, below(root, entries))
  // The daily job's own snapshots need none of it.
  const { openForeign } = await import('./recognise.ts')
  return openForeign(path, entries, options)
}

export function isForeign(snapshot: Snapshot | ForeignSnapshot): snapshot is ForeignSnapshot {
  return 'notes' in snapshot
}
