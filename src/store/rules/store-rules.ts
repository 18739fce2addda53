import type { Store } from '../open.ts'
import { addCollection, addVersion, collectionsOf, findVersion, newestSeq, type Version } from '../versions.ts'
import { type Block, type BlockSets, setHash } from './blocks.ts'
import { replaceBlocks, standingBlocks } from './replace.ts'

/** A stored set of chains and what it was made from, for the counters that go with it. */
export interface StoredSet {
  readonly version: Version
  readonly blocks: readonly Block[]
}

/**
 * Stores a dump's chains: kube-proxy's common ones in a collection that all nodes share, the node's own in one of
 * its own. A set that is already there, from another node or another day, costs a row. Throws: NotPlain, in the midst of it.
 */
export function storeRules(
  store: Store,
  { shared, local }: BlockSets,
  scopes: { shared: string; local: string }
): StoredSet[] {
  return [
    { scope: scopes.shared, blocks: shared },
    { scope: scopes.local, blocks: local }
  ]
    .filter(({ blocks }) => blocks.length > 0)
    .map(({ scope, blocks }) => ({ version: storeSet(store, scope, blocks), blocks }))
}

function storeSet(store: Store, scope: string, blocks: readonly Block[]): Version {
  const hash = setHash(blocks)
  const known = findVersion(store, hash)
  if (known) return known
  const { collection, standing } = nearestCollection(store, scope, blocks)
  const seq = newestSeq(store, collection) + 1
  replaceBlocks(store, { collection, seq }, blocks, standing)
  return addVersion(store, collection, hash)
}

/** How many collections of a scope are compared with a new set. Nodes of one cluster fall into few groups (zones, versions). */
const CANDIDATES = 4

/** A set that shares less than this with every collection begins one of its own. */
const NEAR = 0.3

function nearestCollection(
  store: Store,
  scope: string,
  blocks: readonly Block[]
): { collection: number; standing: Set<string> } {
  let best: { collection: number; standing: Set<string>; equal: number } | undefined
  for (const collection of collectionsOf(store, scope).slice(0, CANDIDATES)) {
    const standing = standingBlocks(store, collection)
    const equal = blocks.filter(({ hash }) => standing.has(hash)).length
    if (!best || equal > best.equal) best = { collection, standing, equal }
    if (equal >= blocks.length * 0.9) break
  }
  if (best && best.equal >= blocks.length * NEAR) return best
  return { collection: addCollection(store, scope), standing: new Set() }
}
