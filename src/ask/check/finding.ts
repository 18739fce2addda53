import type { Gap } from './coverage.ts'
import type { Check, Severity } from './definition.ts'

/**
 * new        the earlier snapshot does not have it
 * standing   both have it
 * gone       the later one does not have it any more
 * unknown    one of the two has it, and the other does not see enough to tell
 */
export interface Comparison {
  readonly state: 'new' | 'standing' | 'gone' | 'unknown'
  /** The earlier snapshot. */
  readonly earlier: string
  /** For `standing` the earliest snapshot that is known to have it; '' for the others. */
  readonly since: string
  /** For `unknown` what was not seen; '' for the others. */
  readonly why: string
}

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
