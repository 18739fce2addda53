import type { Store } from '../../store/open.ts'
import type { Change, Diff } from './change.ts'
import { inOrder, withoutParts } from './change-order.ts'
import { Destinations } from './destinations.ts'
import { endpointChanges } from './endpoints.ts'
import { StoredFacts } from './fact-rows.ts'
import { addUnreadHosts, hostChanges } from './hosts.ts'
import { compareRules } from './node-rules.ts'
import { objectChanges } from './objects.ts'
import { chainChanges, podRuleChanges } from './other-rules.ts'
import { OwnedRules } from './owned-rules.ts'
import { OwnersThere } from './owners-there.ts'
import { RuleChanges } from './rule-changes.ts'
import { ServiceRules } from './services.ts'
import { covers, loadSide, type Side } from './side.ts'
import { svclbChanges } from './svclb.ts'
import { Unknowns } from './unknowns.ts'
import { addUnread } from './unread.ts'
import { addUnproxied } from './without-proxy.ts'

/**
 * What is not alike in two snapshots of a store, by meaning. Order, counters and the metadata that changes by itself are
 * no changes. The cost is that of what changed: versions of one collection are compared by their intervals.
 */
export function diffSnapshots(
  store: Store,
  before: { id: number; name: string },
  after: { id: number; name: string }
): Diff {
  const [was, is] = [loadSide(store, before), loadSide(store, after)]
  const names = { before: was.name, after: is.name }
  if (was.id === is.id) return { ...names, changes: [], unknown: [] }
  const unknowns = new Unknowns()
  addUnread(was, is, unknowns)
  addUnreadHosts(was, is, { before: new OwnersThere(store, was), after: new OwnersThere(store, is) }, unknowns)
  const changes = allChanges(store, was, is, unknowns)
  return { ...names, changes: inOrder(withoutParts(changes)), unknown: unknowns.all() }
}

function allChanges(store: Store, before: Side, after: Side, unknowns: Unknowns): Change[] {
  const [facts, destinations] = [new StoredFacts(store), new Destinations(store)]
  addUnproxied(destinations, before, after, unknowns)
  const objects = [...objectChanges(facts, before, after, unknowns), ...endpointChanges(facts, before, after, unknowns)]
  const comparisons = compareRules(store, new RuleChanges(store), before, after, unknowns)
  const owned = new OwnedRules(store, facts, before, after, comparisons)
  const pods = {
    changed: new Set(objects.filter(({ section }) => section === 'pod').map(({ object }) => object)),
    areKnown: (namespace: string) => covers(before, 'pods', namespace) && covers(after, 'pods', namespace)
  }
  return [
    ...objects,
    ...svclbChanges(facts, before, after),
    ...hostChanges(facts, before, after),
    ...new ServiceRules({ facts, destinations }, before, after, objects, comparisons, owned).changes(),
    ...podRuleChanges(comparisons, owned, pods),
    ...chainChanges(comparisons, owned)
  ]
}
