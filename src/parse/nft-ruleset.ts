import { createHash } from 'node:crypto'
import type { NftRuleFact, NftTableFact } from './facts.ts'
import type { Problem } from './iptables/rule.ts'
import { type Line, linesOf, problemAt } from './sockets/lines.ts'

export interface NftRuleset {
  readonly tables: NftTableFact[]
  readonly rules: NftRuleFact[]
  readonly problems: Problem[]
}

/** Tables of iptables-nft, which iptables shows. */
const OF_IPTABLES = /^ip6? (?:filter|nat|mangle|raw|security)$/

/** kube-proxy writes thousands of rules; of its tables one line stands for all. */
const OF_KUBE_PROXY = 'kube-proxy'

/**
 * Reads what `nft list ruleset` or `nft list table …` printed, line by line, without the tables of iptables-nft. A line of a chain
 * is a rule, or its hook and policy; a line of a set, its elements. What counters counted and when elements expire is left out.
 */
export function readNftRuleset(text: string): NftRuleset {
  const found: NftRuleset = { tables: [], rules: [], problems: [] }
  let table: (NftTableFact & { readonly lines: { block: string; text: string }[] }) | undefined
  let block = ''
  let last: Line | undefined
  for (const line of linesOf(text)) {
    const said = line.text.replace(/(?<!\s)\s*# handle \d+$/, '').trim()
    if (said === '' || said.startsWith('#')) continue
    last = line
    const [, family, name] = /^table (\S+) (\S+) \{$/.exec(said) ?? []
    const opened = /^(?:chain|set|map|flowtable|counter|quota|limit|synproxy|secmark|ct \S+) .*(?= \{$)/.exec(said)?.[0]
    if (table === undefined) {
      if (family !== undefined) table = { family, name: name!, lines: [] }
      else found.problems.push(problemAt(line, 'is in no table of nftables'))
    } else if (said === '}' && block === '') {
      add(found, table)
      table = undefined
    } else if (said === '}') block = ''
    else if (block === '' && opened !== undefined) {
      block = opened
      table.lines.push({ block, text: '' })
    } else table.lines.push({ block, text: withoutCounts(said) })
  }
  if (table !== undefined) {
    add(found, table)
    found.problems.push(problemAt(last!, `ends before the table ${table.family} ${table.name} does`))
  }
  return found
}

function add(
  { tables, rules }: NftRuleset,
  { family, name, lines }: NftTableFact & { readonly lines: readonly { block: string; text: string }[] }
): void {
  if (OF_IPTABLES.test(`${family} ${name}`)) return
  tables.push({ family, name })
  const kept = name === OF_KUBE_PROXY ? [{ block: '', text: digest(lines) }] : lines
  kept.forEach((line, position) => rules.push({ family, tableName: name, position, ...line }))
}

function digest(lines: readonly { block: string; text: string }[]): string {
  return `${lines.length} lines, SHA-256 ${createHash('sha256').update(JSON.stringify(lines)).digest('hex')}`
}

function withoutCounts(text: string): string {
  return text.replace(/\bcounter packets \d+ bytes \d+/g, 'counter').replace(/ expires \w+/g, '')
}
