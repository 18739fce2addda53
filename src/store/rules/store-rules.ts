import type { Table } from '../../parse/iptables/rule.ts'
import type { Store } from '../open.ts'
import { addCollection, addVersion, collectionsOf, findVersion, newestSeq, type Version } from '../versions.ts'
import { contentOf, setHash, type ChainContent } from './content.ts'
import { replaceChains, standingChains, type StandingChains } from './replace.ts'

/** A stored set of chains and what it was made from, for the counters that go with it. */
export interface StoredSet {
  readonly version: Version
  readonly chains: readonly ChainContent[]
}

/**
 * Stores a dump's tables: kube-proxy's common chains in a collection that all nodes share, the node's own in one of
 * its own. A set that is already there, from another node or another day, costs a row.
 */
export function storeRules(store: Store, tables: readonly Table[], scopes: { shared: string; local: string }): StoredSet[] {
  const { shared, local } = contentOf(tables)
  return [{ scope: scopes.shared, chains: shared }, { scope: scopes.local, chains: local }]
    .filter(({ chains }) => chains.length > 0)
    .map(({ scope, chains }) => ({ version: storeSet(store, scope, chains), chains }))
}

function storeSet(store: Store, scope: string, chains: readonly ChainContent[]): Version {
  const hash = setHash(chains)
  const known = findVersion(store, hash)
  if (known) return known
  const { collection, standing } = nearestCollection(store, scope, chains)
  const seq = newestSeq(store, collection) + 1
  replaceChains(store, collection, seq, chains, standing)
  return addVersion(store, collection, hash)
}

/** How many collections of a scope are compared with a new set. Nodes of one cluster fall into few groups (zones, versions). */
const CANDIDATES = 4

/** A set that shares less than this with every collection begins one of its own. */
const NEAR = 0.5

function nearestCollection(store: Store, scope: string, chains: readonly ChainContent[]): { collection: number; standing: StandingChains } {
  let best: { collection: number; standing: StandingChains; equal: number } | undefined
  for (const collection of collectionsOf(store, scope).slice(0, CANDIDATES)) {
    const standing = standingChains(store, collection)
    const equal = chains.filter((chain) => standing.get(chain.table, chain.chain)?.content.equals(chain.content)).length
    if (!best || equal > best.equal) best = { collection, standing, equal }
    if (equal >= chains.length * 0.9) break
  }
  if (best && best.equal >= chains.length * NEAR) return best
  const collection = addCollection(store, scope)
  return { collection, standing: standingChains(store, collection) }
}
