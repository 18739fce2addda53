import { evaluatedRule } from '../../model/packet/dump.ts'
import type { EvaluatedRule, Family, RuleChain, Rules, TableName } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import { readChain, tablesOf, type DumpPart } from '../../store/rules/read.ts'

/** A dump's rules out of the store, each chain loaded when the packet comes to it. */
export function storedRules(store: Store, part: DumpPart, family: Family): Rules {
  const tables = tablesOf(store, part.id)
  const chains = new Map<string, RuleChain | undefined>()
  return {
    family,
    table: (name) => (tables.has(name) ? 'present' : part.status === 'complete' ? 'absent' : 'unknown'),
    chain(table, name) {
      const key = `${table} ${name}`
      if (!chains.has(key)) chains.set(key, load(store, part, table, name))
      return chains.get(key)
    }
  }
}

function load(store: Store, part: DumpPart, table: TableName, name: string): RuleChain | undefined {
  const chain = readChain(store, part.id, table, name)
  if (!chain) return undefined
  const rules: EvaluatedRule[] = chain.rules.map(({ text }, index) => evaluatedRule(text, index + 1))
  return { policy: chain.policy, complete: chain.complete, rules }
}
