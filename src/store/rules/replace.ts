import { BulkInsert } from '../bulk-insert.ts'
import { digestBytes, digestOf } from '../digest.ts'
import type { Store } from '../open.ts'
import { contentsOf, type Block } from './blocks.ts'
import { ChainWriter, type ChainName } from './chain-writer.ts'

/** The blocks of a collection's newest version: the ids of their chains, by hash. */
export type StandingBlocks = ReadonlyMap<string, string>

export function standingBlocks(store: Store, collection: number): StandingBlocks {
  const rows = store.prepare('SELECT hash, chains FROM _block WHERE collection = ?').raw().all(collection) as [Buffer, string][]
  return new Map(rows.map(([hash, chains]) => [digestOf(hash), chains]))
}

/** Closes what is gone or changed, and opens what is new or changed, run by run. Blocks that stand are left alone. */
export function replaceBlocks(
  store: Store, version: { collection: number; seq: number }, blocks: readonly Block[], standing: StandingBlocks
): void {
  const write = new ChainWriter(store, version)
  const gone = new Map(standing)
  const fresh = blocks.filter(({ hash }) => !gone.delete(hash))
  const old = standingChains(store, [...gone.values()])
  const { collection } = version
  const rows = new BulkInsert(store, '_block', { collection, hash: '?', chains: '?' })
  const deleteBlock = store.prepare('DELETE FROM _block WHERE collection = ? AND hash = ?')
  for (const hash of gone.keys()) deleteBlock.run(collection, digestBytes(hash))
  for (const block of fresh) {
    const ids = contentsOf(block).map((chain) => {
      const key = `${chain.listed.table} ${chain.listed.name}`
      const before = old.get(key)
      old.delete(key)
      return write.replace(before, chain)
    })
    rows.add(digestBytes(block.hash), JSON.stringify(ids))
  }
  for (const chain of old.values()) write.close(chain)
  write.flush()
  rows.flush()
}

/** Of some blocks, by table and name. */
function standingChains(store: Store, blocks: readonly string[]): Map<string, ChainName> {
  const select = store.prepare('SELECT n.id, n.label, n.table_name, n.chain FROM json_each(?) j JOIN _chain_name n ON n.id = j.value').raw()
  const chains = blocks.flatMap((ids) => select.all(ids) as [number, string | null, string, string][])
  return new Map(chains.map(([id, label, table, chain]) => [`${table} ${chain}`, { id, label }]))
}
