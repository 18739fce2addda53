import type { Store } from '../../../store/open.ts'
import { COMPARED_OBJECTS } from '../../diff/compared-rows.ts'
import { endpointChanges } from '../../diff/endpoints.ts'
import { StoredFacts } from '../../diff/fact-rows.ts'
import { hostChanges } from '../../diff/hosts.ts'
import { compareRules } from '../../diff/node-rules.ts'
import { objectChanges } from '../../diff/objects.ts'
import { podRuleChanges } from '../../diff/other-rules.ts'
import { RuleChanges } from '../../diff/rule-changes.ts'
import { covers, versionsOf } from '../../diff/side.ts'
import type { Followed } from '../followed.ts'
import { ObjectFacts } from '../object-facts.ts'

const KINDS = COMPARED_OBJECTS.filter(({ section }) => section === 'pod')

/** No rules of nodes are followed with a pod. */
const NO_OWNED = { pods: () => [], ofPod: () => [] }

/** A pod: its fields, containers and sockets, the rules inside of it, and which Services list it. */
export function followPod(store: Store, namespace: string, pod: string): Followed {
  const own = ['namespace = ? AND pod = ?', namespace, pod] as const
  const facts = new ObjectFacts(store, {
    _pod: own,
    _container: own,
    _container_port: own,
    _endpoint: ["target_kind = 'Pod' AND target_namespace = ? AND target_name = ?", namespace, pod]
  })
  const object = `${namespace}/${pod}`
  const ruleChanges = new RuleChanges(store)
  const shown = new StoredFacts(store)
  return {
    object: `pod/${object}`,
    namespace,
    scope: {
      subjects: ['pods', 'endpoints', 'endpointslices', 'rules', 'listeners'],
      node: '',
      pod: { namespace, pod }
    },
    subjects: [['pods'], ['endpointslices', 'endpoints']],
    isThere: (side) =>
      facts.rows('_pod', versionsOf(side, 'pods')).length > 0 || (covers(side, 'pods', namespace) ? false : undefined),
    changes(before, after, unknowns) {
      const objects = objectChanges(facts, before, after, unknowns, KINDS)
      const pods = {
        changed: new Set(objects.map((change) => change.object)),
        areKnown: () => covers(before, 'pods', namespace) && covers(after, 'pods', namespace)
      }
      return [
        ...objects,
        ...endpointChanges(facts, before, after, unknowns),
        ...hostChanges(shown, before, after),
        ...podRuleChanges(compareRules(store, ruleChanges, before, after, unknowns), NO_OWNED, pods)
      ]
    },
    counts: () => []
  }
}
