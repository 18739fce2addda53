import { HOST_NAMES } from '../../../kinds/kinds.ts'
import type { Store } from '../../../store/open.ts'
import { COMPARED_OBJECTS } from '../../diff/compared-rows.ts'
import { StoredFacts } from '../../diff/fact-rows.ts'
import { addUnreadHosts, hostChanges } from '../../diff/hosts.ts'
import { objectChanges } from '../../diff/objects.ts'
import { covers, partsOf, versionsOf } from '../../diff/side.ts'
import type { Followed } from '../followed.ts'
import { ObjectFacts } from '../object-facts.ts'
import { RuleCounts } from '../rule-counts.ts'

const KINDS = COMPARED_OBJECTS.filter(({ section }) => section === 'node')

/** A node: its fields, addresses, routes and sockets, and how many rules it has. */
export function followNode(store: Store, node: string): Followed {
  const facts = new ObjectFacts(store, { _node: ['node = ?', node] })
  const shown = new StoredFacts(store)
  const counts = new RuleCounts(store)
  return {
    object: `node/${node}`,
    namespace: '',
    scope: { subjects: ['nodes', ...HOST_NAMES], node },
    subjects: [['nodes']],
    isThere: (side) =>
      facts.rows('_node', versionsOf(side, 'nodes')).length > 0 || (covers(side, 'nodes', '') ? false : undefined),
    changes(before, after, unknowns) {
      addUnreadHosts(before, after, { before: only(node), after: only(node) }, unknowns)
      return [
        ...objectChanges(facts, before, after, unknowns, KINDS),
        ...hostChanges(shown, before, after),
        ...counts.changes(node, before, after, unknowns)
      ]
    },
    counts: (side) =>
      partsOf(side, 'rules').map((part) => ({
        name: `rules (${part.family}${part.backend ? `, ${part.backend}` : ''})`,
        node: '',
        value: part.status === 'complete' ? counts.of(part.versions).rules : null
      }))
  }
}

/** Whether the node is there, its own line of life says; what it does not tell is unknown where it is. */
function only(node: string): { areAbsent(): boolean; nodes(): ReadonlySet<string> } {
  return { areAbsent: () => false, nodes: () => new Set([node]) }
}
