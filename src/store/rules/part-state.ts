import { deflateSync, inflateSync } from 'node:zlib'
import { digest, digestBytes } from '../digest.ts'
import type { Store } from '../open.ts'
import type { ChainContent } from './content.ts'
import { CounterBlocks } from './counters.ts'
import type { Hits, ListedChain } from './listed-chain.ts'
import type { StoredSet } from './store-rules.ts'

/** Keeps what belongs to one dump alone: how often its rules were hit, and the order of its dispatch chains. */
export function storePartState(store: Store, part: number, sets: readonly StoredSet[], hits: Hits | null): void {
  const counters = new CounterBlocks(store, part)
  for (const { version, blocks } of sets) {
    const stored = new StoredRules(store, version)
    for (const { chains, content } of blocks) {
      if (content?.order.positions) storeOrder(store, part, stored.id(chains[0]!), content)
      if (hits) for (const chain of chains) addHits(counters, stored, chain, hits, content?.order.positions ?? null)
    }
  }
  counters.store()
}

function addHits(counters: CounterBlocks, stored: StoredRules, chain: ListedChain, hits: Hits, positions: Uint32Array | null): void {
  let rules: readonly number[] | undefined
  for (let index = 0; index < chain.size; index++) {
    const hit = hits[chain.firstRule + (positions ? positions[index]! : index)]
    if (hit === undefined) continue
    rules ??= stored.rules(chain)
    counters.add(rules[index]!, hit)
  }
}

/** The ids of chains and rules in one version. */
class StoredRules {
  private readonly findChain
  private readonly findRules
  private readonly findTexts
  private readonly version: { collection: number; seq: number }

  constructor(store: Store, version: { collection: number; seq: number }) {
    this.version = version
    this.findChain = store.prepare('SELECT id FROM _chain_name WHERE collection = ? AND chain = ? AND table_name = ?').pluck()
    this.findRules = store.prepare('SELECT id, rank FROM _rule_row WHERE chain = ? AND since <= ? AND until > ? ORDER BY rank').raw()
    this.findTexts = store.prepare('SELECT id FROM _rule WHERE chain = ? AND since <= ? AND until > ? ORDER BY rank, text').pluck()
  }

  id({ table, name }: ListedChain): number {
    return this.findChain.get(this.version.collection, name, table) as number
  }

  /** In stored order: by rank, then by text, which is looked at only where ranks are equal. */
  rules(chain: ListedChain): number[] {
    const { seq } = this.version
    const id = this.id(chain)
    const rows = this.findRules.all(id, seq, seq) as [number, number][]
    const distinct = rows.every(([, rank], index) => index === 0 || rank !== rows[index - 1]![1])
    return distinct ? rows.map(([rule]) => rule) : this.findTexts.all(id, seq, seq) as number[]
  }
}

function storeOrder(store: Store, part: number, chain: number, { order }: ChainContent): void {
  const positions = order.positions!
  const hash = digestBytes(digest(positions.join()))
  const find = store.prepare('SELECT id FROM _rule_order WHERE hash = ?').pluck()
  const known = find.get(hash) as number | undefined
  const id = known ?? store
    .prepare('INSERT INTO _rule_order (hash, rules, positions) VALUES (?, ?, ?)')
    .run(hash, positions.length, deflateSync(positions.length <= 2 ** 16 ? Uint16Array.from(positions) : positions)).lastInsertRowid
  store.prepare('INSERT INTO _part_order (part, chain, rule_order) VALUES (?, ?, ?)').run(part, chain, id)
}

/** For each rule in stored order its place in the part's own dump, from 0; undefined where both orders are the same. */
export function positionsOf(store: Store, part: number, chain: number): Uint32Array | undefined {
  const order = store
    .prepare('SELECT o.rules, o.positions FROM _part_order p JOIN _rule_order o ON o.id = p.rule_order WHERE p.part = ? AND p.chain = ?')
    .get(part, chain) as { rules: number; positions: Buffer } | undefined
  if (!order) return undefined
  // Copied, because a Buffer need not begin at a multiple of four bytes.
  const bytes = new Uint8Array(inflateSync(order.positions)).buffer
  return bytes.byteLength === 2 * order.rules ? Uint32Array.from(new Uint16Array(bytes)) : new Uint32Array(bytes)
}
