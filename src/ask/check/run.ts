import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'
import { gapFinder, type Gap } from './coverage.ts'
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
  readonly evidence: { readonly [column: string]: string | number | null }
}

export interface CheckResult {
  readonly check: Check
  readonly findings: readonly Finding[]
  /** What the check could not see: with gaps, no finding does not mean that nothing is wrong. */
  readonly gaps: readonly Gap[]
}

/** Runs checks on the one snapshot the store is scoped to. Throws: UserError for a check that SQLite refuses. */
export function runChecks(store: Store, checks: readonly Check[]): CheckResult[] {
  copyViews(store)
  const gaps = gapFinder(store)
  return checks.map((check) => ({ check, findings: findings(store, check), gaps: gaps(check.needs) }))
}

type Row = { [column: string]: string | number | null }

function findings(store: Store, check: Check): Finding[] {
  let rows: Row[]
  try {
    rows = store.prepare(check.sql).all() as Row[]
  } catch (error) {
    throw new UserError(`${check.file}: ${(error as Error).message}`, { cause: error })
  }
  return rows.map(({ object, node = null, message, ...evidence }) => {
    if (typeof object !== 'string' || typeof message !== 'string') {
      throw new UserError(`${check.file}: its query must return the text columns object and message`)
    }
    return { code: check.code, severity: check.severity, object, node: node === null ? null : String(node), message, evidence }
  })
}
