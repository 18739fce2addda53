import { loadChecks } from '../ask/check/catalogue.ts'
import { runChecks } from '../ask/check/run.ts'
import { scopeTo } from '../ask/sql/scope.ts'
import { viewStreams } from '../report/csv/tables.ts'
import { writeCsvFolder, type WrittenFile } from '../report/csv/write.ts'
import { findingRows } from '../report/findings/rows.ts'
import type { Store } from '../store/open.ts'

/** Every table of one snapshot and what the checks found in it, as CSV files. */
export function writeReport(store: Store, snapshot: string, folder: string): WrittenFile[] {
  // What SQLite sorts goes to disk where it is large.
  store.pragma('temp_store = FILE')
  scopeTo(store, snapshot)
  const findings = findingRows(snapshot, runChecks(store, loadChecks([])))
  return writeCsvFolder(folder, [{ name: 'findings', ...findings }, ...viewStreams(store)])
}
