import { ruleColumns } from '../../model/rule-columns.ts'
import { notShown } from '../../parse/iptables/not-shown.ts'
import type { Dump, Unreadable } from '../../parse/iptables/rule.ts'
import type { Store } from '../../store/open.ts'
import { type Choice, chainsOf, rulesOfChain } from './chains.ts'
import type { StoredDump } from './dump.ts'

export const RULE_COLUMNS = ['table_name', 'chain', 'number', 'text', 'packets', 'bytes']

/** What of a rule stands in words of its own, as in the view `rules`; of not_understood '' where all is known. */
export const TYPED_COLUMNS = [
  'protocol',
  'source',
  'destination',
  'in_interface',
  'out_interface',
  'destination_ports',
  'target',
  'is_goto',
  'to_destination',
  'probability',
  'not_understood'
]

/** A rule's RULE_COLUMNS. */
export interface RuleRow {
  readonly cells: readonly unknown[]
  /** What the listing that it was read from cannot show. */
  readonly unreadable?: readonly Unreadable[]
}

/** Rows of RULE_COLUMNS with TYPED_COLUMNS behind. */
export function typed(rows: Iterable<RuleRow>): unknown[][] {
  const text = RULE_COLUMNS.indexOf('text')
  return Array.from(rows, ({ cells, unreadable = [] }) => {
    const {
      protocol,
      source,
      destination,
      inInterface,
      outInterface,
      destinationPorts,
      target,
      isGoto,
      toDestination,
      probability,
      notUnderstood
    } = ruleColumns(cells[text] as string)
    const shown = (value: unknown, part: Unreadable) => (value === '' && unreadable.includes(part) ? null : value)
    return [
      ...cells,
      protocol,
      source,
      destination,
      shown(inInterface, 'interfaces'),
      shown(outInterface, 'interfaces'),
      destinationPorts,
      target,
      Number(isGoto),
      shown(toDestination, 'target'),
      probability,
      [...(notUnderstood === null ? [] : [notUnderstood]), ...notShown(unreadable)].join('; ')
    ]
  })
}

/** The rules of a stored dump, one row each, in the dump's own order. */
export function* storedRuleRows(store: Store, dump: StoredDump, choice: Choice): Iterable<RuleRow> {
  for (const chain of chainsOf(store, dump, choice)) {
    let number = 0
    for (const { text, packets, bytes } of rulesOfChain(store, dump, chain))
      yield { cells: [chain.table, chain.chain, ++number, text, packets, bytes] }
  }
}

/** The same of a dump that was read from a file. */
export function* dumpRuleRows({ tables }: Dump): Iterable<RuleRow> {
  for (const table of tables) {
    for (const chain of table.chains.values()) {
      let number = 0
      for (const { text, counters, unreadable } of chain.rules) {
        yield {
          cells: [table.name, chain.name, ++number, text, counters?.packets ?? null, counters?.bytes ?? null],
          ...(unreadable && { unreadable })
        }
      }
    }
  }
}
