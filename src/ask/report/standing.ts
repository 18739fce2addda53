import { fingerprintsOf } from '../../store/check-runs.ts'
import type { Store } from '../../store/open.ts'
import type { CheckResult, Finding } from '../check/finding.ts'
import { fingerprint } from '../check/fingerprint.ts'
import type { ReportedSnapshot } from './snapshots.ts'

/** Since when a finding stands, as far as the snapshots before were checked one after the other. */
export interface Standing {
  /** The earliest of them that has it. */
  readonly since: ReportedSnapshot
  /** Whether the one before was checked, and did not have it. */
  readonly isExact: boolean
}

/**
 * `snapshots`: oldest first; the last is the one whose findings are asked about. `earlier`: what the checks say now of one before it,
 * which counts more than what was kept of it.
 */
export function standings(
  store: Store,
  snapshots: readonly ReportedSnapshot[],
  results: readonly CheckResult[],
  earlier?: { readonly id: number; readonly results: readonly CheckResult[] }
): (finding: Finding) => Standing {
  const found = results.filter(({ findings }) => findings.length > 0)
  const runs = new Map(found.map(({ check }) => [check.code, fingerprintsOf(store, check.code)]))
  for (const { check, findings, explained } of earlier?.results ?? [])
    runs.get(check.code)?.set(earlier!.id, new Set([...findings, ...explained].map(fingerprint)))
  return (finding) => {
    const known = runs.get(finding.code)!
    const mark = fingerprint(finding)
    let at = snapshots.length - 1
    while (at > 0 && known.get(snapshots[at - 1]!.id)?.has(mark)) at--
    return { since: snapshots[at]!, isExact: at > 0 && known.has(snapshots[at - 1]!.id) }
  }
}
