import type { CheckResult } from '../../ask/check/finding.ts'
import { label, metric } from '../metrics/exposition.ts'
import { isCompared } from './compared.ts'

const KINDS = [
  ['new', 'Findings that the earlier snapshot does not have.'],
  ['standing', 'Findings that the earlier snapshot has too.'],
  ['gone', 'Findings that only the earlier snapshot has.'],
  ['unknown', 'Findings of one of the two, of which the other does not show enough to tell.']
] as const

/**
 * For the node exporter's textfile collector: how many findings each check has, and whether it saw all it needs.
 * A check without findings says 0, so that an alert can tell "none" from "not run".
 */
export function findingMetrics(snapshot: string, results: readonly CheckResult[]): string {
  const ofChecks = (name: string, help: string, value: (result: CheckResult) => number): string =>
    metric(
      name,
      help,
      results.map((result) => [`code="${label(result.check.code)}",severity="${result.check.severity}"`, value(result)])
    )
  const compared = !isCompared(results)
    ? ''
    : KINDS.map(([state, help]) =>
        ofChecks(
          `snap_findings_${state}`,
          help,
          ({ findings, past = [] }) =>
            [...findings, ...past].filter(({ comparison }) => comparison?.state === state).length
        )
      ).join('')
  return (
    ofChecks('snap_findings', 'Findings of each check in the snapshot.', ({ findings }) => findings.length) +
    compared +
    ofChecks('snap_check_gaps', 'Things a check needed and the snapshot does not hold.', ({ gaps }) => gaps.length) +
    metric('snap_snapshot_info', 'The snapshot that was checked.', [[`snapshot="${label(snapshot)}"`, 1]])
  )
}
