import type { Store } from '../../../store/open.ts'
import { compareRules, type RuleComparison } from '../../diff/node-rules.ts'
import { chainChanges } from '../../diff/other-rules.ts'
import { type Part, partsOf, type Side } from '../../diff/side.ts'
import type { Count, Followed } from '../followed.ts'
import { ObjectRules } from '../object-rules.ts'

/** A chain as the nodes' dumps have it. */
export function followChain(store: Store, chain: string, node?: string): Followed {
  const rules = new ObjectRules(store, { chains: [chain] })
  return {
    object: `chain/${chain}`,
    namespace: '',
    scope: { subjects: ['rules', 'nodes'], ...(node !== undefined && { node }) },
    subjects: [],
    isThere: (side) => isInDumps(rules, dumps(side)),
    changes: (before, after, unknowns) =>
      chainChanges(compareRules(store, rules, before, after, unknowns), {
        ofNobody: ({ deltas }: RuleComparison) => deltas.flat()
      }),
    counts: (side) => dumps(side).flatMap((part) => countsOf(rules, part))
  }
}

function dumps(side: Side): Part[] {
  return partsOf(side, 'rules').filter(({ node }) => node !== null)
}

/** undefined where no dump has it and not every one is whole. */
export function isInDumps(rules: ObjectRules, parts: readonly Part[]): boolean | undefined {
  if (parts.some(({ versions }) => rules.standing(versions).length > 0)) return true
  return parts.length > 0 && parts.every(({ status }) => status === 'complete') ? false : undefined
}

/** Of a dump in which the chain stands in no table, 0; of a chain that is not listed whole, nothing is known. */
function countsOf(rules: ObjectRules, { node, family, status, versions }: Part): Count[] {
  const standing = rules.standing(versions)
  const name = (table: string) => `rules (${[table, family === 'ipv6' ? 'IPv6' : ''].filter(Boolean).join(', ')})`
  if (standing.length === 0) return []
  return standing.map(({ table, rules: count, complete }) => ({
    name: name(table),
    node: node!,
    value: complete || status === 'complete' ? count : null
  }))
}
