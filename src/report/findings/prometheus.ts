import type { CheckResult } from '../../ask/check/run.ts'
import { label, metric } from '../metrics/exposition.ts'

/**
 * For the node exporter's textfile collector: how many findings each check has, and whether it saw all it needs.
 * A check without findings says 0, so that an alert can tell "none" from "not run".
 */
export function findingMetrics(snapshot: string, results: readonly CheckResult[]): string {
  const ofChecks = (name: string, help: string, value: (result: CheckResult) => number): string =>
    metric(name, help, results.map((result) => [`code="${label(result.check.code)}",severity="${result.check.severity}"`, value(result)]))
  return ofChecks('snap_findings', 'Findings of each check in the snapshot.', ({ findings }) => findings.length) +
    ofChecks('snap_check_gaps', 'Things a check needed and the snapshot does not hold.', ({ gaps }) => gaps.length) +
    metric('snap_snapshot_info', 'The snapshot that was checked.', [[`snapshot="${label(snapshot)}"`, 1]])
}
