import { fingerprint } from '../../ask/check/fingerprint.ts'
import type { CheckResult } from '../../ask/check/run.ts'
import type { Rows } from '../format/cell.ts'

/** One row a finding, and one for each thing a check could not see, so that no table looks cleaner than the snapshot proves. */
export function findingRows(snapshot: string, results: readonly CheckResult[]): Rows {
  const rows = results.flatMap(({ check, findings, gaps }) => [
    ...findings.map((finding) => [
      snapshot, check.code, check.severity, finding.object, finding.node ?? '', finding.message, finding.unsure, finding.evidence, check.fix, fingerprint(finding)
    ]),
    ...gaps.map(({ subject, reason }) => [
      snapshot, check.code, 'unknown', subject, '', `could not see ${subject}: ${reason}`, '', {}, 'Collect it, then check again.', ''
    ])
  ])
  return { columns: ['snapshot', 'code', 'severity', 'object', 'node', 'message', 'unsure', 'evidence', 'fix', 'fingerprint'], rows }
}
