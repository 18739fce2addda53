import type { Store } from '../../store/open.ts'

/** One of the store's snapshots. */
export interface ReportedSnapshot {
  readonly id: number
  readonly name: string
  readonly takenAt: string
  readonly cluster: string
  readonly pasted: boolean
}

/** All snapshots of the store, oldest first. */
export function snapshotsByTime(store: Store): ReportedSnapshot[] {
  const rows = store
    .prepare('SELECT id, name, started_at AS takenAt, cluster, pasted FROM _snapshot ORDER BY started_at, id')
    .all() as (Omit<ReportedSnapshot, 'pasted'> & { pasted: number })[]
  return rows.map((row) => ({ ...row, pasted: row.pasted === 1 }))
}

/** The one before it; pasted text, which holds next to nothing of a cluster, is no yesterday of a whole snapshot. */
export function snapshotBefore(
  snapshots: readonly ReportedSnapshot[],
  of: ReportedSnapshot
): ReportedSnapshot | undefined {
  return snapshots
    .slice(
      0,
      snapshots.findIndex(({ id }) => id === of.id)
    )
    .findLast(({ pasted }) => pasted === of.pasted)
}
