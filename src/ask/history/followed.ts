import type { Change } from '../diff/change.ts'
import type { Side } from '../diff/side.ts'
import type { Unknowns } from '../diff/unknowns.ts'
import type { Scope } from './timeline.ts'

/** A number that is worth a line over time. */
export interface Count {
  /** `ready endpoints`, `rules` */
  readonly name: string
  /** '' where it is no node's. */
  readonly node: string
  /** null: the snapshot does not say. */
  readonly value: number | null
}

/** One object, and how its life is read: everything about it is compared as the diff of two snapshots compares it. */
export interface Followed {
  /** `service/demo/web`, `chain/KUBE-SVC-…` */
  readonly object: string
  readonly scope: Scope
  /** '' for what is in no namespace. */
  readonly namespace: string
  /** Lists of objects that tell of it; each of a group may stand for the others. */
  readonly subjects: readonly (readonly string[])[]
  /** undefined: the snapshot does not say. */
  isThere(side: Side): boolean | undefined
  changes(before: Side, after: Side, unknowns: Unknowns): Change[]
  counts(side: Side): Count[]
}
