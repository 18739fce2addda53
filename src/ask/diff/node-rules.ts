import type { Store } from '../../store/open.ts'
import { type DumpPair, pairDumps } from './dumps.ts'
import { StoredFacts } from './fact-rows.ts'
import type { RuleChanges } from './rule-changes.ts'
import type { RuleDelta } from './rule-delta.ts'
import { covers, partsOf, type Side, versionsOf } from './side.ts'
import type { Unknowns } from './unknowns.ts'

/** One node's, or svclb pod's, rules of one family in both snapshots, and what differs between them. */
export interface RuleComparison extends DumpPair {
  readonly before: NonNullable<DumpPair['before']>
  readonly after: NonNullable<DumpPair['after']>
  /** Lists that several nodes share are the same list. */
  readonly deltas: readonly (readonly RuleDelta[])[]
}

/** All dumps that both snapshots hold. What only one holds goes to `unknowns`, unless its owner was not there then. */
export function compareRules(
  store: Store,
  changes: Pick<RuleChanges, 'of'>,
  before: Side,
  after: Side,
  unknowns: Unknowns
): RuleComparison[] {
  const [was, is] = [ownersThere(store, before), ownersThere(store, after)]
  return pairDumps(before, after).flatMap((pair) => {
    const owner = pair.node ?? `${pair.namespace}/${pair.pod}`
    const subject = `rules of ${owner}${pair.family === 'ipv6' ? ' (IPv6)' : ''}`
    for (const [side, part, there] of [
      ['before', pair.before, was],
      ['after', pair.after, is]
    ] as const) {
      if (part?.status === 'complete' || there.areAbsent(pair.node, owner)) continue
      unknowns.add(subject, side, part ? (part.detail ?? part.status) : 'not collected')
    }
    const { before: old, after: now } = pair
    if (!old || !now || old.status === 'failed' || now.status === 'failed') return []
    return [{ ...pair, before: old, after: now, deltas: changes.of(pair) }]
  })
}

/** Which nodes and pods are known not to be in the snapshot: their rules are not unknown, there are none. */
function ownersThere(store: Store, side: Side): { areAbsent(node: string | null, owner: string): boolean } {
  let nodes: Set<unknown> | undefined
  const isNode = (name: string) =>
    (nodes ??= new Set(
      new StoredFacts(store).rows('_node', versionsOf(side, 'nodes'), ['node']).map(({ node }) => node)
    )).has(name)
  const dumped = new Set(
    partsOf(side, 'rules').flatMap(({ namespace, pod }) => (pod === null ? [] : [`${namespace}/${pod}`]))
  )
  const select = store.prepare(
    "SELECT 1 FROM _pod WHERE collection = ? AND until > ? AND since <= ? AND namespace || '/' || pod = ?"
  )
  const isPod = (pod: string) =>
    dumped.has(pod) || versionsOf(side, 'pods').some(({ collection, seq }) => select.get(collection, seq, seq, pod))
  return {
    areAbsent: (node, owner) =>
      node !== null
        ? covers(side, 'nodes', '') && !isNode(node)
        : covers(side, 'pods', owner.split('/')[0]!) && !isPod(owner)
  }
}
