import type { Store } from '../../store/open.ts'
import { SEVERITIES, type Severity } from '../check/definition.ts'
import type { CheckResult } from '../check/finding.ts'
import type { ReportedSnapshot } from './snapshots.ts'

/** How many findings each snapshot had, as far as its checks were run, in the order of time. */
export interface FindingSeries {
  readonly severity: Severity
  /** null: none of today's checks was run on it. */
  readonly counts: readonly (number | null)[]
}

export interface FindingsOverTime {
  readonly series: readonly FindingSeries[]
  /** By snapshot, how many of today's checks were run on it, and how many of those could not see everything. */
  readonly run: readonly { readonly checks: number; readonly half: number }[]
  readonly checks: number
}

interface Run {
  readonly snapshot: number
  readonly severity: string
  readonly findings: number
  readonly notSeen: number
}

/**
 * From the runs that the store has kept, and of the snapshot `now` from its results: checks of 365 snapshots are never run for one report.
 */
export function findingsOverTime(
  store: Store,
  snapshots: readonly ReportedSnapshot[],
  now: ReportedSnapshot,
  results: readonly CheckResult[]
): FindingsOverTime {
  const codes = results.map(({ check }) => check.code)
  const kept = store
    .prepare(
      'SELECT snapshot, severity, findings, not_seen AS notSeen FROM _check_run WHERE code IN (SELECT value FROM json_each(?)) AND snapshot <> ?'
    )
    .all(JSON.stringify(codes), now.id) as Run[]
  const runs = new Map<number, Run[]>()
  for (const run of [...kept, ...results.map((result) => runOf(now, result))])
    runs.set(run.snapshot, [...(runs.get(run.snapshot) ?? []), run])
  const bySnapshot = snapshots.map(({ id }) => runs.get(id) ?? [])
  return {
    checks: codes.length,
    run: bySnapshot.map((its) => ({ checks: its.length, half: its.filter(({ notSeen }) => notSeen > 0).length })),
    series: SEVERITIES.map((severity) => ({
      severity,
      counts: bySnapshot.map((its) =>
        its.length === 0 ? null : sum(its.filter((run) => run.severity === severity).map(({ findings }) => findings))
      )
    }))
  }
}

function runOf({ id }: ReportedSnapshot, { check, findings, gaps }: CheckResult): Run {
  return { snapshot: id, severity: check.severity, findings: findings.length, notSeen: gaps.length }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
