import { readList } from './list.ts'
import { readLooseRules } from './loose-rules.ts'
import type { Dump } from './rule.ts'
import { readSpecList } from './rules-spec.ts'
import { readSave } from './save.ts'
import { sniffIptables } from './sniff.ts'
import { tableOfList } from './table-of.ts'

/**
 * Reads what iptables-save, `iptables -S` or `iptables -L` printed, or what a filter left of the first two. `table`: what a list is of, which
 * does not say so itself; null: what its chains and targets tell, and where they do not, the table has no name.
 */
export function readRules(text: string, table: string | null = null): Dump {
  const saved = readSave(text)
  if (saved.tables.length > 0) return saved
  const format = sniffIptables(text)
  if (format === 'list') return named(readList(text, table))
  if (format !== 'spec') return saved
  return /^-[PN] /m.test(text) ? named(readSpecList(text, table)) : readLooseRules(text, table)
}

function named(dump: Dump): Dump {
  const tables = dump.tables.map((table) => {
    const chains = [...table.chains.values()].map(({ name, rules }) => ({ name, texts: rules.map(({ text }) => text) }))
    return { ...table, name: table.name ?? tableOfList(chains) }
  })
  return { ...dump, tables }
}
