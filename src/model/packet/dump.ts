/** The rules of a dump held in memory. */
import type { Dump, Table, Unreadable } from '../../parse/iptables/rule.ts'
import { withLostParts } from '../lost-parts.ts'
import type { Family, RuleChain, Rules, RuleText, TableName } from './packet.ts'

/**
 * A table that is not in the save is not on the node. One that is there in part, or twice (both backends, or two
 * families in one text), is unknown where it says nothing, or nothing sure.
 */
export function rulesOfDump(dump: Dump, family: Family): Rules {
  const tables = new Map<string, Table | 'twice'>()
  for (const table of dump.tables) {
    if (table.name !== null) tables.set(table.name, tables.has(table.name) ? 'twice' : table)
  }
  const chains = new Map([...tables].map(([name, table]) => [name, table === 'twice' ? noChain : chainsOf(table)]))
  const backend = dump.generator?.backend
  return {
    family,
    ...(backend && { backend }),
    table: (name) => {
      const table = tables.get(name)
      if (!table) return 'absent'
      return table === 'twice' || !table.complete ? 'unknown' : 'present'
    },
    chain: (table: TableName, name: string) => chains.get(table)?.(name)
  }
}

function withUnreadable(rule: RuleText, listed: readonly Unreadable[] = []): RuleText {
  if (listed.length === 0) return rule
  return typeof rule === 'string'
    ? { text: rule, unreadable: listed }
    : { ...rule, unreadable: [...rule.unreadable, ...listed] }
}

function noChain(): undefined {
  return undefined
}

function chainsOf(table: Table): (name: string) => RuleChain | undefined {
  const chains = new Map<string, RuleChain>()
  return (name) => {
    const known = chains.get(name)
    if (known) return known
    const parsed = table.chains.get(name)
    if (!parsed) return undefined
    const rules = withLostParts(
      name,
      parsed.rules.map(({ text }) => text)
    ).map((rule, index) => withUnreadable(rule, parsed.rules[index]!.unreadable))
    const chain = { policy: parsed.policy, complete: parsed.complete !== false, rules }
    chains.set(name, chain)
    return chain
  }
}
