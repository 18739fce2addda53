import { withLostParts } from '../../model/lost-parts.ts'
import type { Family, RuleChain, Rules, TableName } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import { type DumpPart, type FoundChain, findChain } from '../../store/rules/read.ts'

const BUILT_IN = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']

/** Chains by their identity: what several nodes have alike is read, and indexed, once. */
export type ChainCache = Map<string, RuleChain>

/** A dump's rules out of the store, each chain loaded when the packet comes to it. */
export function storedRules(store: Store, part: DumpPart, family: Family, read: ChainCache): Rules {
  const chains = new Map<string, RuleChain | undefined>()
  const chain = (table: TableName, name: string): RuleChain | undefined => {
    const key = `${table} ${name}`
    if (!chains.has(key)) chains.set(key, cached(name, findChain(store, part.id, table, name), read))
    return chains.get(key)
  }
  // A save lists a table with its built-in chains; of what is cut off, nothing can be said.
  const table = (name: TableName) =>
    BUILT_IN.some((hook) => chain(name, hook)) ? 'present' : part.status === 'complete' ? 'absent' : 'unknown'
  const unseen = part.status === 'complete' ? {} : { unseen: 'what stands in a table that the dump does not show' }
  return { family, ...backendOf(part), ...unseen, table, chain }
}

function cached(name: string, found: FoundChain | undefined, read: ChainCache): RuleChain | undefined {
  if (!found) return undefined
  let chain = read.get(found.identity)
  if (!chain) {
    const { policy, complete } = found
    read.set(found.identity, (chain = { policy, complete, rules: withLostParts(name, found.texts()) }))
  }
  return chain
}

/** Nothing where the dump does not say. */
export function backendOf({ backend }: Pick<DumpPart, 'backend'>): Pick<Rules, 'backend'> {
  return backend === 'nft' || backend === 'legacy' ? { backend } : {}
}
