import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'
import { fillNamed } from '../computed.ts'
import { withCauses } from './causes.ts'
import type { Comparison } from './compare.ts'
import { type Gap, gapFinder } from './coverage.ts'
import type { Check, Severity } from './definition.ts'
import { copyViews } from './tables.ts'

/** One thing that is wrong, with the rows that prove it. */
export interface Finding {
  readonly code: string
  readonly severity: Severity
  /** `service/demo/web:http`, `node/kube-worker2`, … */
  readonly object: string
  /** Null where it is not one node's affair. */
  readonly node: string | null
  readonly message: string
  /** What was not seen and would make it surer; '' for nothing. */
  readonly unsure: string
  readonly evidence: { readonly [column: string]: string | number | null }
  /** What became of it since another snapshot; absent where none is compared with. */
  readonly comparison?: Comparison
}

export interface CheckResult {
  readonly check: Check
  readonly findings: readonly Finding[]
  /** Findings that are told with their cause, another check's. */
  readonly explained: readonly Finding[]
  /** What the check could not see: with gaps, no finding does not mean that nothing is wrong. */
  readonly gaps: readonly Gap[]
  /** Findings that an earlier snapshot has and this one has not; absent where none is compared with. */
  readonly past?: readonly Finding[]
}

/** Runs checks on the one snapshot the store is scoped to. Throws: UserError for a check that SQLite refuses. */
export function runChecks(store: Store, snapshot: string, checks: readonly Check[]): CheckResult[] {
  copyViews(store, snapshot)
  fillNamed(store, () => [snapshot], checks.map(({ sql }) => sql.replaceAll(/^--.*$/gm, '')).join('\n'))
  const gaps = gapFinder(store)
  return withCauses(
    checks.map((check) => {
      const unseen = gaps(check.needs)
      return { check, findings: findingsOf(store, check, lacking(unseen)), explained: [], gaps: unseen }
    })
  )
}

/** What the findings of a check with gaps are unsure of; '' without. */
export function lacking(gaps: readonly Gap[]): string {
  return gaps.length === 0 ? '' : `not seen: ${gaps.map(({ subject }) => subject).join(', ')}`
}

type Row = { [column: string]: string | number | null }

/** `lack`: what every finding is unsure of. Throws: UserError for a check that SQLite refuses. */
export function findingsOf(store: Store, check: Check, lack: string): Finding[] {
  let rows: Row[]
  try {
    rows = store.prepare(check.sql).all() as Row[]
  } catch (error) {
    throw new UserError(`${check.file}: ${(error as Error).message}`, { cause: error })
  }
  return rows.map(({ object, node = null, message, unsure = '', ...evidence }) => {
    if (typeof object !== 'string' || typeof message !== 'string') {
      throw new UserError(`${check.file}: its query must return the text columns object and message`)
    }
    const doubts = [String(unsure ?? ''), lack].filter(Boolean).join('; ')
    return {
      code: check.code,
      severity: check.severity,
      object,
      node: node === null ? null : String(node),
      message,
      unsure: doubts,
      evidence
    }
  })
}
