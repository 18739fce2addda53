/** The rules of a dump held in memory, specs parsed when first looked at. */
import type { Dump, Table } from '../../parse/iptables/rule.ts'
import { parseSpec } from '../../parse/iptables/spec.ts'
import type { EvaluatedRule, Family, RuleChain, Rules, TableName } from './packet.ts'

/** A whole save: a table that is not in it is not on the node. Of tables twice in it the last is taken. */
export function rulesOfDump(dump: Dump, family: Family): Rules {
  const tables = new Map(dump.tables.map((table) => [table.name, chainsOf(table)]))
  return {
    family,
    table: (name) => (tables.has(name) ? 'present' : 'absent'),
    chain: (table: TableName, name: string) => tables.get(table)?.(name),
  }
}

function chainsOf(table: Table): (name: string) => RuleChain | undefined {
  const chains = new Map<string, RuleChain>()
  return (name) => {
    const known = chains.get(name)
    if (known) return known
    const parsed = table.chains.get(name)
    if (!parsed) return undefined
    const rules = parsed.rules.map(({ text }, at) => evaluatedRule(text, at + 1))
    const chain = { policy: parsed.policy, complete: table.complete, rules }
    chains.set(name, chain)
    return chain
  }
}

export function evaluatedRule(text: string, number: number): EvaluatedRule {
  let spec: EvaluatedRule['spec'] | undefined
  return { number, text, get spec() { return (spec ??= parseSpec(text)) } }
}
