import type { Counters, Dump, Table } from '../../parse/iptables/rule.ts'

/** One chain as it stands in a dump, its rules not yet taken apart. */
export interface ListedChain {
  readonly table: string
  readonly name: string
  /** Null for a user chain. */
  readonly policy: string | null
  readonly complete: boolean
  /** How many rules it has. */
  readonly size: number
  /** Its rules as iptables-save prints them without counters, `-A NAME TEXT\n` each: `source` between `from` and `to`. */
  readonly source: string
  readonly from: number
  readonly to: number
  /** False where the text alone does not tell where a rule ends, because one has several lines. */
  readonly splits: boolean
  /** Place of its first rule in `ListedDump.hits`. */
  readonly firstRule: number
}

/** Packets and bytes in decimal, as the dump has them; '' for a rule never hit. */
export type Hits = readonly (string | undefined)[]

/** What a dump counted at the end of a built-in chain, in decimal. */
export interface PolicyCounters {
  readonly table: string
  readonly chain: string
  readonly packets: string
  readonly bytes: string
}

export interface ListedDump {
  readonly chains: readonly ListedChain[]
  readonly policies: readonly PolicyCounters[]
  /** Of each rule `packets,bytes`, undefined where both are 0; null where the dump has no counters. */
  readonly hits: Hits | null
}

export function textOf({ source, from, to }: ListedChain): string {
  return source.slice(from, to)
}

/** The rules' texts without `-A NAME`. */
export function rulesOf({
  source,
  from,
  to,
  name,
  size,
  splits
}: Pick<ListedChain, 'source' | 'from' | 'to' | 'name' | 'size' | 'splits'>): string[] {
  const rules: string[] = []
  const skipped = name.length + 4
  if (!splits)
    return source
      .slice(from, to - 1)
      .split(SEVERAL_LINES)
      .map((rule) => rule.slice(skipped))
  for (let start = from, at = 0; at < size; at++) {
    const end = source.indexOf('\n', start)
    rules.push(source.slice(start + skipped, end))
    start = end + 1
  }
  return rules
}

/** Ends a rule where a line feed cannot, being part of one: half a character, which no decoded text holds. */
const SEVERAL_LINES = '\ud800'

/** Rules as they stand in a dump. */
export function listedText(
  chain: string,
  rules: readonly string[]
): Pick<ListedChain, 'source' | 'from' | 'to' | 'splits'> {
  const splits = rules.every((rule) => !rule.includes('\n'))
  const end = splits ? '\n' : SEVERAL_LINES
  const source = rules.map((rule) => `-A ${chain} ${rule}${end}`).join('')
  return { source, from: 0, to: source.length, splits }
}

/** Whatever was read, from any format, in the form of a dump. A table that stands twice is read once. */
export function listedDump({ tables }: Pick<Dump, 'tables'>): ListedDump {
  const chains: ListedChain[] = []
  const policies: PolicyCounters[] = []
  const hits: (string | undefined)[] = []
  // Listings of which only some were made with counters have none: a missing count would be told as 0.
  let counted = true
  for (const table of firstOfEachName(tables)) {
    for (const chain of table.chains.values()) {
      if (chain.policy !== null && chain.counters)
        policies.push({ table: table.name ?? '', chain: chain.name, ...chain.counters })
      chains.push({
        table: table.name ?? '',
        name: chain.name,
        policy: chain.policy,
        complete: chain.complete !== false,
        size: chain.rules.length,
        ...listedText(
          chain.name,
          chain.rules.map(({ text }) => text)
        ),
        firstRule: hits.length
      })
      for (const { counters } of chain.rules) {
        if (!counters) counted = false
        hits.push(counters && hitsText(counters))
      }
    }
  }
  return { chains, policies, hits: counted && hits.length > 0 ? hits : null }
}

/** The names of tables that stand more than once. */
export function repeatedTables(tables: readonly Table[]): string[] {
  const first = firstOfEachName(tables)
  return [...new Set(tables.filter((table) => !first.includes(table)).map((table) => table.name ?? ''))]
}

function firstOfEachName(tables: readonly Table[]): Table[] {
  return tables.filter((table, index) => tables.findIndex((other) => other.name === table.name) === index)
}

function hitsText({ packets, bytes }: Counters): string | undefined {
  return packets === '0' && bytes === '0' ? undefined : `${packets},${bytes}`
}
