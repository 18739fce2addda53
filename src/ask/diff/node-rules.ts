import type { Store } from '../../store/open.ts'
import { type DumpPair, pairDumps } from './dumps.ts'
import { OwnersThere } from './owners-there.ts'
import type { RuleChanges } from './rule-changes.ts'
import type { RuleDelta } from './rule-delta.ts'
import type { Side } from './side.ts'
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
  const [was, is] = [new OwnersThere(store, before), new OwnersThere(store, after)]
  return pairDumps(before, after).flatMap((pair) => {
    const owner = pair.node ?? `${pair.namespace}/${pair.pod}`
    const subject = `rules of ${owner}${pair.family === 'ipv6' ? ' (IPv6)' : ''}`
    for (const [side, part, there] of [
      ['before', pair.before, was],
      ['after', pair.after, is]
    ] as const) {
      if (part?.status === 'complete' || there.areAbsent(pair)) continue
      unknowns.add(subject, side, part ? (part.detail ?? part.status) : 'not collected', 'host')
    }
    const { before: old, after: now } = pair
    if (!old || !now || old.status === 'failed' || now.status === 'failed') return []
    return [{ ...pair, before: old, after: now, deltas: changes.of(pair) }]
  })
}
