import type { Store } from '../../../store/open.ts'
import { COMPARED_OBJECTS } from '../../diff/compared-rows.ts'
import { endpointChanges } from '../../diff/endpoints.ts'
import { compareRules, type RuleComparison } from '../../diff/node-rules.ts'
import { objectChanges } from '../../diff/objects.ts'
import { chainChanges } from '../../diff/other-rules.ts'
import { covers, type Side, versionsOf } from '../../diff/side.ts'
import type { Followed } from '../followed.ts'
import { ObjectFacts } from '../object-facts.ts'
import { ObjectRules } from '../object-rules.ts'

const KINDS = COMPARED_OBJECTS.filter(({ table }) => table === '_pod')

/** An address that packets are sent on to: which Services list it, whose pod it is, and the chains that send there. */
export function followAddress(store: Store, address: string, port?: number, node?: string): Followed {
  const facts = new ObjectFacts(store, {
    _endpoint: port === undefined ? ['address = ?', address] : ['address = ? AND port = ?', address, port],
    _pod: ['ip = ?', address]
  })
  const rules = new ObjectRules(store, { chains: chainsSendingTo(store, facts, address, port) })
  const host = address.includes(':') ? `[${address}]` : address
  const endpoints = (side: Side) =>
    facts.rows('_endpoint', [...versionsOf(side, 'endpointslices'), ...versionsOf(side, 'endpoints')])
  return {
    object: port === undefined ? address : `${host}:${port}`,
    namespace: '',
    scope: { subjects: ['pods', 'endpoints', 'endpointslices', 'nodes', 'rules'], ...(node !== undefined && { node }) },
    subjects: [['endpointslices', 'endpoints'], ['pods']],
    isThere(side) {
      if (endpoints(side).length + (port === undefined ? facts.rows('_pod', versionsOf(side, 'pods')).length : 0) > 0)
        return true
      return ['endpointslices', 'endpoints'].some((subject) => covers(side, subject, '')) &&
        (port !== undefined || covers(side, 'pods', ''))
        ? false
        : undefined
    },
    changes: (before, after, unknowns) => [
      ...endpointChanges(facts, before, after, unknowns),
      ...objectChanges(facts, before, after, unknowns, KINDS),
      ...chainChanges(compareRules(store, rules, before, after, unknowns), {
        ofNobody: ({ deltas }: RuleComparison) => deltas.flat()
      })
    ],
    counts: () => []
  }
}

/** Those that the endpoint objects name, and any other whose rules rewrite to the address. */
function chainsSendingTo(store: Store, facts: ObjectFacts, address: string, port: number | undefined): string[] {
  const named = facts
    .ever('_endpoint')
    .flatMap((row) => [row.chain, row.chain_before119])
    .filter(Boolean)
    .map(String)
  const host = address.includes(':') ? `[${address}]` : address
  const to = port === undefined ? `"${host}:` : `"${host}:${port}"`
  const found = store
    .prepare('SELECT DISTINCT n.chain FROM _run x JOIN _chain_name n ON n.id = x.chain WHERE instr(x.arguments, ?)')
    .pluck()
    .all(to) as string[]
  return [...new Set([...named, ...found])]
}
