import { words } from '../words.ts'
import type { NftChainFact } from './facts.ts'

const OF_IPTABLES = /^ip6? (?:filter|nat|mangle|raw|security)$/

/** Whether iptables-nft shows the table, so that its rules are known from there: `ip filter`. */
export function isOfIptables(table: string): boolean {
  return OF_IPTABLES.test(table)
}

/** The tables in what `nft list ruleset`, `nft list table …` or `nft list tables` printed: `ip kube-proxy`. */
export function readNftTables(text: string): string[] {
  return [...text.matchAll(/^table (\S+) (\S+)/gm)].map(([, family, name]) => `${family} ${name}`)
}

/**
 * The base chains of the tables that `nft -s list ruleset` or `nft list table …` printed: where packets meet rules, which are
 * counted and not read. Of a table that breaks off no chain is told: its row's hook is null. Of one that no packet
 * meets (it has no base chain, or is dormant) the row's chain is ''.
 */
export function readNftChains(text: string): NftChainFact[] {
  const tables = text.split(/^(?=table )/m).filter((part) => part.startsWith('table '))
  return tables.flatMap((part) => {
    const [, family = '', tableName = ''] = /^table (\S+) (\S+)/.exec(part)!
    if (!/^\}/m.test(part)) return [unreadTable(`${family} ${tableName}`)]
    const dormant = /^[ \t]+flags [^\n]*\bdormant\b/m.test(part)
    const chains = dormant ? [] : chainsIn(part, { family, tableName })
    return chains.length > 0
      ? chains
      : [{ family, tableName, chain: '', hook: '', priority: null, policy: '', rules: 0 }]
  })
}

function chainsIn(part: string, table: Pick<NftChainFact, 'family' | 'tableName'>): NftChainFact[] {
  return [...part.matchAll(/^\tchain (\S+) \{\n((?:\t\t.*\n|\n)*)/gm)].flatMap(([, chain, body]) =>
    baseChain({ ...table, chain: chain! }, body!)
  )
}

/** A table of which nothing is known but its name: any of its chains may stand at any hook. */
export function unreadTable(table: string): NftChainFact {
  const [family = '', tableName = ''] = table.split(' ')
  return { family, tableName, chain: null, hook: null, priority: null, policy: null, rules: null }
}

const TYPE = /^type \S+ hook (\S+) (?:devices? .*?)?priority ([^;]+);(?: policy (\S+);)?/

function baseChain(at: Pick<NftChainFact, 'family' | 'tableName' | 'chain'>, body: string): NftChainFact[] {
  const lines = body
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !/^comment "/.test(line))
  const type = lines.findIndex((line) => TYPE.test(line))
  if (type < 0) return []
  const [, hook, priority, policy] = TYPE.exec(lines[type]!)!
  return [
    {
      ...at,
      hook: hook!,
      priority: priorityOf(at.family, priority!),
      policy: policy ?? 'accept',
      rules: lines.length - 1
    }
  ]
}

/** nft(8), "Standard priority names"; those of bridges are others. */
const PRIORITIES: Readonly<Record<string, number>> = words({
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100
})

function priorityOf(family: string, text: string): number | null {
  const [, name, sign, offset] = /^([a-z]+)?\s*(?:([+-])?\s*(\d+))?$/.exec(text.trim()) ?? []
  const base = name === undefined ? 0 : PRIORITIES[name]
  if (base === undefined || !/^(?:ip|ip6|inet)$/.test(family)) return null
  return base + Number(`${sign ?? ''}${offset ?? 0}`)
}
