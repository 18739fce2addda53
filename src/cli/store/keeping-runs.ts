import type { CheckResult } from '../../ask/check/finding.ts'
import { fingerprint } from '../../ask/check/fingerprint.ts'
import { UserError } from '../../problem.ts'
import { type CheckedSnapshot, recordCheckRuns } from '../../store/check-runs.ts'
import { unlessDamaged } from '../../store/damage.ts'
import { openStore } from '../../store/open.ts'
import { version } from '../version.ts'

/**
 * Keeps how much each check found, for the timeline of the HTML report. A store that cannot be written now keeps
 * nothing: its readers have their answer, and the timeline says that this snapshot was not checked.
 */
export function keepRuns(file: string, snapshot: CheckedSnapshot, results: readonly CheckResult[]): void {
  const runs = results.map(({ check: { code, severity }, findings, explained, gaps }) => ({
    code,
    severity,
    findings: findings.length,
    fingerprints: [...findings, ...explained].map(fingerprint),
    notSeen: gaps.length
  }))
  try {
    const store = openStore(file)
    try {
      // An import may take minutes; nobody waits for that to end.
      store.pragma('busy_timeout = 1000')
      recordCheckRuns(store, snapshot, `snap ${version()}`, runs)
    } catch (error) {
      throw unlessDamaged(store, error)
    } finally {
      store.close()
    }
  } catch (error) {
    if (
      !(error instanceof UserError) &&
      !/^SQLITE_(?:READONLY|CANTOPEN|BUSY|FULL|IOERR)/.test((error as { code?: string }).code ?? '')
    )
      throw error
  }
}
