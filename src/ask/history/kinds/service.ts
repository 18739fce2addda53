import type { Store } from '../../../store/open.ts'
import type { Version } from '../../../store/versions.ts'
import { COMPARED_OBJECTS } from '../../diff/compared-rows.ts'
import { Destinations } from '../../diff/destinations.ts'
import { endpointChanges } from '../../diff/endpoints.ts'
import type { FactRow } from '../../diff/fact-rows.ts'
import { compareRules, type RuleComparison } from '../../diff/node-rules.ts'
import { objectChanges } from '../../diff/objects.ts'
import { ServiceIndex } from '../../diff/service-index.ts'
import { ServiceRules } from '../../diff/services.ts'
import { covers, type Side, versionsOf } from '../../diff/side.ts'
import { LABEL, svclbChanges } from '../../diff/svclb.ts'
import type { Count, Followed } from '../followed.ts'
import { ObjectFacts } from '../object-facts.ts'
import { ObjectRules } from '../object-rules.ts'
import { chainsOfService, frontendsOfService } from './service-chains.ts'

const KINDS = COMPARED_OBJECTS.filter(({ section }) => section === 'service')

/** A Service: its fields, ports, endpoints and svclb pods, and what nodes' rules make of packets to it. */
export function followService(store: Store, namespace: string, service: string, node?: string): Followed {
  const own = ['namespace = ? AND service = ?', namespace, service] as const
  const facts = new ObjectFacts(store, {
    _service: own,
    _service_port: own,
    _endpoint: own,
    _pod: ['instr(labels, ?)', `"${LABEL}":"${service}"`]
  })
  const chains = chainsOfService(store, facts)
  const rules = new ObjectRules(store, {
    chains,
    dispatch: { targets: new Set(chains), frontends: new Set(frontendsOfService(facts)) }
  })
  const sources = { facts, destinations: new Destinations(store, (version: Version) => rules.dispatchRules(version)) }
  const object = `${namespace}/${service}`
  return {
    object: `service/${object}`,
    namespace,
    scope: {
      subjects: ['services', 'endpoints', 'endpointslices', 'pods', 'nodes', 'rules'],
      ...(node !== undefined && { node })
    },
    subjects: [['services'], ['endpointslices', 'endpoints']],
    isThere: (side) =>
      facts.rows('_service', versionsOf(side, 'services')).length > 0 ||
      (covers(side, 'services', namespace) ? false : undefined),
    changes(before, after, unknowns) {
      const objects = [
        ...objectChanges(facts, before, after, unknowns, KINDS),
        ...endpointChanges(facts, before, after, unknowns)
      ]
      const comparisons = compareRules(store, rules, before, after, unknowns)
      const owned = {
        sides: { before: new ServiceIndex(facts, before), after: new ServiceIndex(facts, after) },
        services: () => (comparisons.some(({ deltas }) => deltas.some((list) => list.length > 0)) ? [object] : []),
        of: ({ deltas }: RuleComparison) => deltas.flat()
      }
      const svclb = svclbChanges(facts, before, after).filter((change) => change.object === object)
      return [...objects, ...svclb, ...new ServiceRules(sources, before, after, objects, comparisons, owned).changes()]
    },
    counts: (side) => [{ name: 'ready endpoints', node: '', value: readyEndpoints(facts, side, namespace) }]
  }
}

function readyEndpoints(facts: ObjectFacts, side: Side, namespace: string): Count['value'] {
  const subject = ['endpointslices', 'endpoints'].find((each) => covers(side, each, namespace))
  if (!subject) return null
  const ready = facts.rows('_endpoint', versionsOf(side, subject)).filter((row: FactRow) => row.ready)
  return new Set(ready.map(({ address, port, protocol }) => `${address} ${port} ${protocol}`)).size
}
