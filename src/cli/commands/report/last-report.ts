import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { diffSnapshots } from '../../../ask/diff/diff.ts'
import { snapshotBefore, snapshotsByTime } from '../../../ask/report/snapshots.ts'
import type { SnapshotTime } from '../../../ask/time/resolve.ts'
import { diffRows } from '../../../report/diff/rows.ts'
import type { Rows } from '../../../report/format/cell.ts'
import type { Store } from '../../../store/open.ts'

/** The snapshot that a report's changes are counted from, or why there is none. */
export type Since =
  | { readonly since: Pick<SnapshotTime, 'id' | 'name'> }
  | { readonly since?: undefined; readonly why: string }

/**
 * The snapshot of the report that the folder holds: its report.csv says which. A report of the same snapshot is written again as it was,
 * with the changes since the same other one. The snapshot before where there is no earlier report, as on the page.
 */
export function sinceLastReport(store: Store, folder: string, snapshot: string): Since {
  const file = join(folder, 'report.csv')
  const [, was = '', before = ''] = existsSync(file)
    ? (/^snapshot,since\n([^,\n]+),([^,\n]*)\n$/.exec(readFileSync(file, 'utf8')) ?? [])
    : []
  const name = was === snapshot ? before : was
  if (name === '') {
    const snapshots = snapshotsByTime(store)
    const since = snapshotBefore(snapshots, snapshots.find((each) => each.name === snapshot)!)
    return since ? { since } : { why: 'there is no snapshot before it; name one with --since' }
  }
  const id = store.prepare('SELECT id FROM _snapshot WHERE name = ?').pluck().get(name) as number | undefined
  return id === undefined
    ? { why: `the snapshot of the last report, ${name}, is not in the store` }
    : { since: { id, name } }
}

/** What changed since; one row that says why where that is not known. */
export function changeRows(store: Store, { id, name }: Pick<SnapshotTime, 'id' | 'name'>, last: Since): Rows {
  const diff = last.since
    ? diffSnapshots(store, last.since, { id, name })
    : {
        before: '',
        after: name,
        changes: [],
        unknown: [{ subject: 'changes', side: 'before' as const, reason: last.why }]
      }
  return diffRows(diff, { rules: false })
}
