import { ruleColumns } from '../../model/rule-columns.ts'
import type { Dump } from '../../parse/iptables/rule.ts'
import type { Store } from '../../store/open.ts'
import { chainsOf, rulesOfChain, type Choice } from './chains.ts'
import type { StoredDump } from './dump.ts'

export const RULE_COLUMNS = ['table_name', 'chain', 'number', 'text', 'packets', 'bytes']

/** What of a rule stands in words of its own, as in the view `rules`; of not_understood '' where all is known. */
export const TYPED_COLUMNS = [
  'protocol', 'source', 'destination', 'in_interface', 'out_interface', 'destination_ports', 'target', 'is_goto', 'to_destination', 'probability', 'not_understood'
]

/** Rows of RULE_COLUMNS with TYPED_COLUMNS behind. */
export function typed(rows: Iterable<unknown[]>): unknown[][] {
  const text = RULE_COLUMNS.indexOf('text')
  return Array.from(rows, (row) => {
    const { protocol, source, destination, inInterface, outInterface, destinationPorts, target, isGoto, toDestination, probability, notUnderstood } = ruleColumns(row[text] as string)
    return [...row, protocol, source, destination, inInterface, outInterface, destinationPorts, target, Number(isGoto), toDestination, probability, notUnderstood ?? '']
  })
}

/** The rules of a stored dump, one row each, in the dump's own order. */
export function* storedRuleRows(store: Store, dump: StoredDump, choice: Choice): Iterable<unknown[]> {
  for (const chain of chainsOf(store, dump, choice)) {
    let number = 0
    for (const { text, packets, bytes } of rulesOfChain(store, dump, chain)) yield [chain.table, chain.chain, ++number, text, packets, bytes]
  }
}

/** The same of a dump that was read from a file. */
export function* dumpRuleRows({ tables }: Dump): Iterable<unknown[]> {
  for (const table of tables) {
    for (const chain of table.chains.values()) {
      let number = 0
      for (const { text, counters } of chain.rules) yield [table.name, chain.name, ++number, text, counters?.packets ?? null, counters?.bytes ?? null]
    }
  }
}
