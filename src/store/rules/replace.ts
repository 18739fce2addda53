import { BulkInsert } from '../bulk-insert.ts'
import { DIGEST, digestBytes, digestOf } from '../digest.ts'
import type { Store } from '../open.ts'
import type { Block } from './blocks.ts'
import { ChainWriter } from './chain-writer.ts'
import { chainHash, contentOf } from './content.ts'

/** The hashes of the blocks of a collection's newest version. */
export function standingBlocks(store: Store, collection: number): Set<string> {
  // In hexadecimal already: ten thousand Buffers take twice as long.
  return new Set(
    store.prepare('SELECT lower(hex(hash)) FROM _block WHERE collection = ?').pluck().all(collection) as string[]
  )
}

/** Closes what is gone or changed, and opens what is new or changed, run by run. Blocks and chains that stand are left alone. */
export function replaceBlocks(
  store: Store,
  { collection, seq }: { collection: number; seq: number },
  blocks: readonly Block[],
  standing: ReadonlySet<string>
): void {
  const write = new ChainWriter(store, { collection, seq })
  const gone = new Set(standing)
  const fresh = blocks.filter(({ hash }) => !gone.delete(hash))
  const old = new OldChains(store, collection, gone)
  const rows = new BulkInsert(store, '_block', { collection, hash: '?', chains: '?', hashes: '?' })
  for (const block of fresh) {
    const chains = block.chains()
    const hashes = block.content ? null : chains.map(chainHash)
    const ids = chains.map(
      (chain, index) => old.same(hashes?.[index]) ?? write.replace(block.content ?? contentOf(chain), old.ids)
    )
    rows.add(digestBytes(block.hash), JSON.stringify(ids), hashes && digestBytes(hashes.join('')))
  }
  for (const id of old.ids) write.close(id)
  write.flush()
  rows.flush()
}

/** The chains of the blocks that are no more, which are taken out of the store. */
class OldChains {
  /** Of those that were not met again. */
  readonly ids = new Set<number>()
  private readonly byHash = new Map<string, number>()

  constructor(store: Store, collection: number, blocks: Iterable<string>) {
    const take = store.prepare('DELETE FROM _block WHERE collection = ? AND hash = ? RETURNING chains, hashes').raw()
    for (const block of blocks) {
      const [chains, hashes] = take.get(collection, digestBytes(block)) as [string, Buffer | null]
      const ids = JSON.parse(chains) as number[]
      const texts = hashes && digestOf(hashes)
      for (const [index, id] of ids.entries()) {
        this.ids.add(id)
        if (texts) this.byHash.set(texts.slice(index * DIGEST, (index + 1) * DIGEST), id)
      }
    }
  }

  /** The chain with the same rules, if it is among them. */
  same(hash: string | undefined): number | undefined {
    const id = hash === undefined ? undefined : this.byHash.get(hash)
    return id !== undefined && this.ids.delete(id) ? id : undefined
  }
}
