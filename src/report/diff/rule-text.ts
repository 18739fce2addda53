import type { Change } from '../../ask/diff/change.ts'
import { onNodes } from './words.ts'

/** The raw rules in iptables-save syntax, table by table; + and − say which snapshot has them. */
export function ruleLines(change: Change): string[] {
  if (!change.rules) return []
  const tables = [...new Set(change.rules.map(({ table }) => table))].sort()
  const lines = tables.flatMap((table) => [
    `*${table}`,
    ...change
      .rules!.filter((delta) => delta.table === table)
      .map(({ sign, line }) => `${sign === '-' ? '−' : '+'} ${line}`)
  ])
  return [`rules ${onNodes(change)}:`, ...lines]
}
