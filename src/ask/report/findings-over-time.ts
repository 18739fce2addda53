import { SEVERITIES, type Severity } from '../check/definition.ts'
import type { Store } from '../../store/open.ts'
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

/** From the runs that the store has kept: checks of 365 snapshots are never run for one report. */
export function findingsOverTime(store: Store, snapshots: readonly ReportedSnapshot[], codes: readonly string[]): FindingsOverTime {
  const rows = store.prepare(`SELECT snapshot, severity, sum(findings) AS findings, count(*) AS checks, sum(not_seen > 0) AS half
    FROM _check_run WHERE code IN (SELECT value FROM json_each(?)) GROUP BY snapshot, severity`).all(JSON.stringify(codes)) as
    { snapshot: number; severity: Severity; findings: number; checks: number; half: number }[]
  const of = (id: number) => rows.filter(({ snapshot }) => snapshot === id)
  const bySnapshot = snapshots.map(({ id }) => of(id))
  return {
    checks: codes.length,
    run: bySnapshot.map((its) => ({ checks: sum(its.map(({ checks }) => checks)), half: sum(its.map(({ half }) => half)) })),
    series: SEVERITIES.map((severity) => ({
      severity, counts: bySnapshot.map((its) => (its.length === 0 ? null : sum(its.filter((row) => row.severity === severity).map(({ findings }) => findings))))
    }))
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
