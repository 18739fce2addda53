import { deflateSync, inflateSync } from 'node:zlib'
import { digest, digestBytes } from '../digest.ts'
import type { Store } from '../open.ts'
import { CounterRows, storePolicyCounters } from './counters.ts'
import type { Hits, ListedChain, PolicyCounters } from './listed-chain.ts'
import type { StoredSet } from './store-rules.ts'

/** Keeps what belongs to one dump alone: how often its rules and policies were hit, and the order of its dispatch chains. */
export function storePartState(
  store: Store,
  part: number,
  sets: readonly StoredSet[],
  { hits, policies }: { hits: Hits | null; policies: readonly PolicyCounters[] }
): void {
  storePolicyCounters(store, part, policies)
  const counters = new CounterRows(store, part)
  for (const { version, blocks } of sets) {
    const stored = new StoredRuns(store, version)
    for (const { chains, content } of blocks) {
      if (content?.order?.positions) storeOrder(store, part, stored.id(content.listed), content.order.positions)
      if (hits) for (const chain of chains()) addHits(counters, stored, chain, hits, content?.order?.positions ?? null)
    }
  }
  counters.flush()
}

function addHits(
  counters: CounterRows,
  stored: StoredRuns,
  chain: ListedChain,
  hits: Hits,
  positions: Uint32Array | null
): void {
  const own = Array.from(
    { length: chain.size },
    (_, index) => hits[chain.firstRule + (positions ? positions[index]! : index)]
  )
  if (own.every((hit) => hit === undefined)) return
  let at = 0
  for (const { run, rules } of stored.runs(chain)) {
    counters.add(run, own.slice(at, at + rules))
    at += rules
  }
}

interface StoredRun {
  readonly run: number
  /** How many rules are in it. */
  readonly rules: number
}

/** The ids of chains and runs in one version. */
class StoredRuns {
  private readonly findChain
  private readonly findOne
  private readonly findRuns
  private readonly version: { collection: number; seq: number }

  constructor(store: Store, version: { collection: number; seq: number }) {
    this.version = version
    this.findChain = store
      .prepare('SELECT id FROM _chain_name WHERE collection = ? AND chain = ? AND table_name = ?')
      .pluck()
    this.findOne = store
      .prepare(
        'SELECT id FROM _run WHERE chain = ? AND since <= ? AND until > ? AND rules IS NOT NULL AND content IS NULL'
      )
      .pluck()
    this.findRuns = store.prepare(
      'SELECT run, count(*) AS rules FROM _rule WHERE chain = ? AND since <= ? AND until > ? GROUP BY run ORDER BY rank, text'
    )
  }

  id({ table, name }: ListedChain): number {
    return this.findChain.get(this.version.collection, name, table) as number
  }

  /** In stored order: by rank, then by text. */
  runs(chain: ListedChain): StoredRun[] {
    const { seq } = this.version
    const id = this.id(chain)
    const one = this.findOne.get(id, seq, seq) as number | undefined
    return one === undefined ? (this.findRuns.all(id, seq, seq) as StoredRun[]) : [{ run: one, rules: chain.size }]
  }
}

function storeOrder(store: Store, part: number, chain: number, positions: Uint32Array): void {
  const hash = digestBytes(digest(positions.join()))
  const find = store.prepare('SELECT id FROM _rule_order WHERE hash = ?').pluck()
  const known = find.get(hash) as number | undefined
  const id =
    known ??
    store
      .prepare('INSERT INTO _rule_order (hash, rules, positions) VALUES (?, ?, ?)')
      .run(hash, positions.length, deflateSync(positions.length <= 2 ** 16 ? Uint16Array.from(positions) : positions))
      .lastInsertRowid
  store.prepare('INSERT INTO _part_order (part, chain, rule_order) VALUES (?, ?, ?)').run(part, chain, id)
}

/** For each rule in stored order its place in the part's own dump, from 0; undefined where both orders are the same. */
export function positionsOf(store: Store, part: number, chain: number): Uint32Array | undefined {
  const order = store
    .prepare(
      'SELECT o.rules, o.positions FROM _part_order p JOIN _rule_order o ON o.id = p.rule_order WHERE p.part = ? AND p.chain = ?'
    )
    .get(part, chain) as { rules: number; positions: Buffer } | undefined
  if (!order) return undefined
  // Copied, because a Buffer need not begin at a multiple of four bytes.
  const bytes = new Uint8Array(inflateSync(order.positions)).buffer
  return bytes.byteLength === 2 * order.rules ? Uint32Array.from(new Uint16Array(bytes)) : new Uint32Array(bytes)
}
