import { deflateSync, inflateSync } from 'node:zlib'
import type { Counters } from '../../parse/iptables/rule.ts'
import type { Store } from '../open.ts'
import type { Version } from '../versions.ts'
import type { ChainContent } from './content.ts'
import type { StoredSet } from './store-rules.ts'

/** The ids of a chain's rules in one version, in stored order, and the chain's own id. */
export function storedRules(store: Store, version: Version, table: string, chain: string): { chain: number; rules: number[] } {
  const id = store
    .prepare('SELECT id FROM _chain_name WHERE collection = ? AND chain = ? AND table_name = ?')
    .pluck()
    .get(version.collection, chain, table) as number
  const rules = store
    .prepare('SELECT id FROM _rule WHERE chain = ? AND since <= ? AND until > ? ORDER BY rank, text')
    .pluck()
    .all(id, version.seq, version.seq) as number[]
  return { chain: id, rules }
}

/** Keeps what belongs to one dump alone: how often its rules were hit, and the order of its dispatch chains. */
export function storePartState(store: Store, part: number, sets: readonly StoredSet[]): void {
  const insertCounter = store.prepare('INSERT INTO _counter (part, rule, packets, bytes) VALUES (?, ?, ?, ?)')
  for (const { version, chains } of sets) {
    for (const chain of chains) {
      const hit = chain.order.rules.some((rule) => rule.counters && !isZero(rule.counters))
      if (!hit && !chain.order.positions) continue
      const stored = storedRules(store, version, chain.table, chain.chain)
      if (hit) {
        chain.order.rules.forEach(({ counters }, index) => {
          if (counters && !isZero(counters)) {
            insertCounter.run(part, stored.rules[index], integer(counters.packets), integer(counters.bytes))
          }
        })
      }
      if (chain.order.positions) storeOrder(store, part, stored.chain, chain)
    }
  }
}

function isZero(counters: Counters): boolean {
  return counters.packets === '0' && counters.bytes === '0'
}

/** SQLite's integers end at 2^63; what is beyond stays text. */
function integer(count: string): bigint | string {
  const value = BigInt(count)
  return value < 2n ** 63n ? value : count
}

function storeOrder(store: Store, part: number, chain: number, { order }: ChainContent): void {
  const positions = order.positions!
  const packed = deflateSync(Buffer.from(positions.buffer, positions.byteOffset, positions.byteLength))
  store.prepare('INSERT OR IGNORE INTO _rule_order (positions) VALUES (?)').run(packed)
  const id = store.prepare('SELECT id FROM _rule_order WHERE positions = ?').pluck().get(packed) as number
  store.prepare('INSERT INTO _part_order (part, chain, rule_order) VALUES (?, ?, ?)').run(part, chain, id)
}

/** For each rule in stored order its place in the part's own dump, from 0; undefined where both orders are the same. */
export function positionsOf(store: Store, part: number, chain: number): Uint32Array | undefined {
  const packed = store
    .prepare('SELECT o.positions FROM _part_order p JOIN _rule_order o ON o.id = p.rule_order WHERE p.part = ? AND p.chain = ?')
    .pluck()
    .get(part, chain) as Buffer | undefined
  if (!packed) return undefined
  // Copied, because a Buffer need not begin at a multiple of four bytes.
  return new Uint32Array(new Uint8Array(inflateSync(packed)).buffer)
}
