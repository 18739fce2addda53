import { loadChecks } from '../ask/check/catalogue.ts'
import { runChecks } from '../ask/check/run.ts'
import { scopeTo } from '../ask/sql/scope.ts'
import { viewStreams } from '../report/csv/tables.ts'
import { writeCsvFolder, type WrittenFile } from '../report/csv/write.ts'
import { findingRows } from '../report/findings/rows.ts'
import type { Store } from '../store/open.ts'

export interface Report {
  readonly files: readonly WrittenFile[]
  /** Subjects of the coverage view that are not complete. */
  readonly gaps: number
}

/** Every table of one snapshot and what the checks found in it, as CSV files. */
export function writeReport(store: Store, snapshot: string, folder: string): Report {
  // What SQLite sorts goes to disk where it is large.
  store.pragma('temp_store = FILE')
  scopeTo(store, snapshot)
  const findings = findingRows(snapshot, runChecks(store, snapshot, loadChecks([])))
  const gaps = store.prepare("SELECT count(*) FROM coverage WHERE status <> 'complete'").pluck().get() as number
  return { files: writeCsvFolder(folder, [{ name: 'findings', ...findings }, ...viewStreams(store)]), gaps }
}
