/**
 * Tables that iptables-nft manages appear in nft's listing and in iptables-nft-save: they are one and the same, and
 * must be counted once.
 */
import type { BaseHook, NftTable } from './ruleset.ts'

const [BEFORE, AFTER] = [
  { raw: -300, mangle: -150, nat: -100, filter: 0, security: 50 },
  { raw: -300, mangle: -150, nat: 100, filter: 0, security: 50 }
] as const

type TableName = keyof typeof BEFORE

const HOOKS: Readonly<Record<TableName, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT']
}

/** By nft's own warning, or as iptables-nft itself decides it: by names, hooks, types and priorities (nft_is_table_compatible). */
export function isOfIptables({ family, name, chains, managedByIptables }: NftTable): boolean {
  if (managedByIptables) return true
  if ((family !== 'ip' && family !== 'ip6') || !Object.hasOwn(HOOKS, name)) return false
  return [...chains.values()].every((chain) => !chain.base || isBuiltIn(name as TableName, chain.name, chain.base))
}

function isBuiltIn(table: TableName, chain: string, { type, hook, priority }: BaseHook): boolean {
  if (!HOOKS[table].includes(chain) || hook !== chain.toLowerCase()) return false
  const expected = chain === 'INPUT' || chain === 'POSTROUTING' ? AFTER[table] : BEFORE[table]
  // The security table has had either of two priorities.
  const fits = priority === expected || (table === 'security' && priority === 150)
  const types = table === 'nat' ? ['nat'] : table === 'mangle' && chain === 'OUTPUT' ? ['route'] : ['filter']
  return fits && types.includes(type)
}
