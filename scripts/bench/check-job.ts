import { loadChecks } from '../../src/ask/check/catalogue.ts'
import { runChecks } from '../../src/ask/check/run.ts'
import { snapshotsByTime } from '../../src/ask/report/snapshots.ts'
import { scopeTo } from '../../src/ask/sql/scope.ts'
import { openStoreForReading } from '../../src/store/open.ts'

/** All checks on the store's last snapshot: the objects of which errors or warnings are told. */
export function checkLast(store: string): Set<string> {
  const database = openStoreForReading(store)
  const { name } = snapshotsByTime(database).at(-1)!
  scopeTo(database, name)
  const findings = runChecks(database, name, loadChecks([])).flatMap((result) => result.findings)
  database.close()
  return new Set(findings.filter(({ severity }) => severity !== 'info').map(({ object }) => object))
}
