import type { Check } from '../../ask/check/definition.ts'
import type { CheckResult, Finding } from '../../ask/check/finding.ts'
import { fingerprint } from '../../ask/check/fingerprint.ts'
import type { Rows } from '../format/cell.ts'
import { isCompared } from './compared.ts'

const COLUMNS = [
  'snapshot',
  'code',
  'severity',
  'object',
  'node',
  'message',
  'unsure',
  'evidence',
  'fix',
  'fingerprint'
]

/**
 * One row a finding, and one for each thing a check could not see, so that no table looks cleaner than the snapshot proves. Compared with
 * an earlier snapshot each finding says what became of it, and those of the earlier one alone have its name as their snapshot.
 */
export function findingRows(snapshot: string, results: readonly CheckResult[]): Rows {
  const compared = isCompared(results)
  const row = (of: string, { fix }: Check, finding: Finding): unknown[] => [
    of,
    finding.code,
    finding.severity,
    finding.object,
    finding.node ?? '',
    finding.message,
    finding.unsure,
    finding.evidence,
    fix,
    fingerprint(finding),
    ...(finding.comparison ? [finding.comparison.state, finding.comparison.since, finding.comparison.why] : [])
  ]
  const rows = results.flatMap(({ check, findings, gaps, past = [] }) => [
    ...findings.map((finding) => row(snapshot, check, finding)),
    ...past.map((finding) => row(finding.comparison!.earlier, check, finding)),
    ...gaps.map(({ subject, reason }) => [
      snapshot,
      check.code,
      'unknown',
      subject,
      '',
      `could not see ${subject}: ${reason}`,
      '',
      {},
      'Collect it, then check again.',
      '',
      ...(compared ? ['', '', ''] : [])
    ])
  ])
  return { columns: compared ? [...COLUMNS, 'state', 'since', 'why'] : COLUMNS, rows }
}
