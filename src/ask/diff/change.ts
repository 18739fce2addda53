import { API_KINDS, API_NAMES, type ApiSection } from '../../kinds/kinds.ts'
import { isRowByRow, type RowAspect } from '../../kinds/table.ts'
import type { FrontendTraffic } from './frontend-traffic.ts'
import type { RuleDelta } from './rule-delta.ts'

/** Lists and objects of the store stand as text, in JSON. null: the snapshot does not say. */
export type Value = string | number | null | readonly string[]

export type Section = ApiSection | 'chain'

/** The kinds of objects whose changes are told, in this order; last the chains that belong to none of them. */
export const SECTIONS: readonly Section[] = [
  ...API_NAMES.filter((name) => API_KINDS[name].tables.some(({ diff }) => isRowByRow(diff))).map(
    (name) => API_KINDS[name].singular as ApiSection
  ),
  'chain'
]

/**
 * What about the object is different:
 * object        it came or went; before or after is a summary
 * field         one of its own fields, `name` says which
 * port, endpoint, container, address, route, listener, setting, version, ipset, nft table, …, svclb   a part of it that came or went, or a field of it
 * frontend         where one of its addresses sends packets (`its endpoints`, `rejected`, …, `no rule`), by the rules of nodes
 * destinations  the endpoints that its chains choose from, with their shares, by the rules of nodes
 * rules         its rules on nodes: before and after count the rules gone and come; `name` is a RulesCause
 * policy        of a built-in chain
 */
export type Aspect = RowAspect | 'field' | 'svclb' | 'frontend' | 'destinations' | 'rules' | 'policy'

/**
 * with-objects   rules and objects changed
 * alone          rules changed although no object of theirs did
 * unexplained    rules changed; whether an object did is unknown
 * not-followed   objects changed and the node's rules did not; before and after say whether the rules agree with the
 *                objects of that snapshot (`agree`, `differ`, null where that was not decided)
 */
export type RulesCause = 'with-objects' | 'alone' | 'unexplained' | 'not-followed'

/** No more nodes are named than it takes to outnumber those that changed. */
export interface Unmoved {
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** One thing that is not alike in both snapshots. */
export interface Change {
  readonly section: Section
  /** '' for what belongs to no namespace. */
  readonly namespace: string
  /** `demo/web`, `kube-worker2`, `nat KUBE-FORWARD`, … */
  readonly object: string
  readonly aspect: Aspect
  readonly name: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly before: Value
  readonly after: Value
  /** The nodes on which it is so; [] where it is no node's affair. */
  readonly nodes: readonly string[]
  /** How many nodes were compared; 0 where it is no node's affair. */
  readonly of: number
  /** Of the rules that say so; '' where it is no rules' affair. */
  readonly family: '' | 'ipv4' | 'ipv6'
  /** Of destinations: nodes on which they are as they were, by whether that is what `nodes` had before or have after. */
  readonly unmoved?: Unmoved
  /** `demo/web`: what made the pod, where it came or went. */
  readonly workload?: string
  /** The raw rules, where rules are what changed. */
  readonly rules?: readonly RuleDelta[]
}

/** What could not be compared, because a snapshot does not hold it. */
export interface Unknown {
  /** `rules of kube-worker2` */
  readonly subject: string
  readonly side: 'before' | 'after' | 'both'
  readonly reason: string
}

export interface Diff {
  readonly before: string
  readonly after: string
  readonly changes: readonly Change[]
  readonly unknown: readonly Unknown[]
  /** What counters say of the time between the two; only where it is asked for. */
  readonly traffic?: readonly FrontendTraffic[]
}

/** A change of what is no node's affair. */
export function objectChange(
  of: Pick<Change, 'section' | 'namespace' | 'object'>,
  aspect: Aspect,
  name: string,
  before: Value | undefined,
  after: Value | undefined
): Change {
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
  return { ...of, aspect, name, change, before: before ?? null, after: after ?? null, nodes: [], of: 0, family: '' }
}
