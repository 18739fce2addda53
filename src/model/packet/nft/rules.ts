/** Which of a node's nftables rules a packet of one family meets. */
import { isOfIptables } from '../../../parse/nft/iptables-tables.ts'
import type { BaseHook, NftChain, NftTable, Ruleset } from '../../../parse/nft/ruleset.ts'
import type { Family, Hook, Rules } from '../packet.ts'

/** The rules of a node: of iptables, of each backend that has some, and of nftables. */
export interface RuleSystems {
  readonly family: Family
  readonly iptables: readonly Rules[]
  readonly nft: NftRules
}

export interface NftRules {
  readonly tables: readonly NftTable[]
  /** What there is and is not judged: `table netdev x at ingress`. Whether it lets a packet pass is not known. */
  readonly notJudged: readonly string[]
}

/** A chain at a hook, and the table whose chains and sets it uses. */
export interface BaseChain {
  readonly table: NftTable
  readonly chain: NftChain
  readonly base: BaseHook
}

/** Tables that iptables-nft manages are left to its own dump where there is one. */
export function nftRulesOf(ruleset: Ruleset, family: Family, iptables: readonly Rules[] = []): NftRules {
  const counted = iptables.some((rules) => rules.backend === 'nft' && rules.family === family)
  const ours = family === 4 ? 'ip' : 'ip6'
  const active = ruleset.tables.filter(({ flags }) => !flags.includes('dormant'))
  const tables = active.filter(
    (table) => (table.family === ours || table.family === 'inet') && !(counted && isOfIptables(table))
  )
  return { tables, notJudged: [...unread(ruleset, tables), ...elsewhere(active)] }
}

function unread({ complete, problems }: Ruleset, tables: readonly NftTable[]): string[] {
  const broken = !complete || problems.some(({ text }) => /^table\b|[{}]/.test(text))
  const parts = tables.filter((table) => table.unread.length > 0)
  return [
    ...(broken ? ['what else the ruleset holds (not all of it could be read)'] : []),
    ...parts.map(({ family, name }) => `what else table ${family} ${name} holds (not all of it could be read)`)
  ]
}

/** Chains at devices and bridges that do something. */
function elsewhere(tables: readonly NftTable[]): string[] {
  return tables.flatMap((table) =>
    [...table.chains.values()]
      .filter(({ base, rules }) => base && isElsewhere(table, base) && (rules.length > 0 || base.policy === 'drop'))
      .map(({ name, base }) => `chain ${name} of table ${table.family} ${table.name} at ${base!.hook}`)
  )
}

function isElsewhere({ family }: NftTable, { hook }: BaseHook): boolean {
  return family === 'netdev' || family === 'bridge' || (family === 'inet' && hook === 'ingress')
}

const NAMES: Readonly<Record<Hook, string>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting'
}

/** In the order of priority; among equals of one table the latest first (net/netfilter/core.c, nf_hook_entries_grow). */
export function baseChains({ tables }: NftRules, hook: Hook): BaseChain[] {
  const found = tables.flatMap((table) =>
    [...table.chains.values()].reverse().flatMap((chain): BaseChain[] => {
      const { base } = chain
      return base && base.hook === NAMES[hook] ? [{ table, chain, base }] : []
    })
  )
  return found.sort((a, b) => a.base.priority - b.base.priority)
}

/** A chain that does nothing may stand anywhere. */
export function doesSomething({ chain, base }: BaseChain): boolean {
  return chain.rules.length > 0 || base.policy === 'drop'
}
