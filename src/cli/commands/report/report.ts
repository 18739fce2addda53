import { loadChecks } from '../../../ask/check/catalogue.ts'
import { runChecks } from '../../../ask/check/run.ts'
import { fillFlows } from '../../../ask/flows/fill.ts'
import { flowRows } from '../../../ask/flows/rows.ts'
import { scopeTo } from '../../../ask/sql/scope.ts'
import type { SnapshotTime } from '../../../ask/time/resolve.ts'
import { viewStreams } from '../../../report/csv/tables.ts'
import { type WrittenFile, writeCsvFolder } from '../../../report/csv/write.ts'
import { plural } from '../../../report/diff/words.ts'
import { findingRows } from '../../../report/findings/rows.ts'
import type { Store } from '../../../store/open.ts'
import { asking, findSnapshot } from '../../store/asking.ts'
import { print, talk } from '../../terminal/print.ts'
import { progress } from '../../terminal/progress.ts'
import { changeRows, sinceLastReport } from './last-report.ts'

interface CsvReport {
  readonly files: readonly WrittenFile[]
  /** Subjects of the coverage view that are not complete. */
  readonly gaps: number
}

/** Writes the tables and says which. */
export async function writeCsvReport(args: {
  store: string
  csv: string
  snapshot: string
  since?: string
}): Promise<void> {
  await asking(args.store, async (store) => {
    const { files, gaps } = writeReport(
      store,
      await findSnapshot(store, args.snapshot),
      args.csv,
      args.since === undefined ? undefined : await findSnapshot(store, args.since)
    )
    print({ columns: ['file', 'rows'], rows: files.map(({ file, rows }) => [file, rows]) }, 'table')
    if (gaps > 0)
      talk(
        `${plural(gaps, 'thing')} the snapshot does not hold whole: coverage.csv says which; a table without rows may be one of them`
      )
  })
}

/** Every table of one snapshot and what the checks found in it, as CSV files. */
function writeReport(store: Store, of: SnapshotTime, folder: string, since: SnapshotTime | undefined): CsvReport {
  const snapshot = of.name
  const last = since ? { since } : sinceLastReport(store, folder, snapshot)
  scopeTo(store, snapshot)
  progress(`checks on ${snapshot}`)
  const findings = findingRows(snapshot, runChecks(store, snapshot, loadChecks([])))
  const gaps = store.prepare("SELECT count(*) FROM coverage WHERE status <> 'complete'").pluck().get() as number
  fillFlows(store, [snapshot])
  const { columns, rows } = flowRows(store, {})
  const own = [
    { name: 'report', columns: ['snapshot', 'since'], rows: [[snapshot, last.since?.name ?? '']] },
    { name: 'findings', ...findings },
    { name: 'flows', columns, rows },
    { name: 'changes', ...changeRows(store, of, last) }
  ]
  progress(`writing ${folder}`)
  return { files: writeCsvFolder(folder, [...own, ...viewStreams(store)]), gaps }
}
