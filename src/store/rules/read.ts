import type { Store } from '../open.ts'
import { positionsOf } from './part-state.ts'

/** One dump of one snapshot: of a node, or of a pod's container. */
export interface DumpPart {
  readonly id: number
  readonly node: string | null
  readonly namespace: string | null
  readonly pod: string | null
  readonly container: string | null
  readonly backend: string | null
  readonly status: 'complete' | 'partial' | 'failed'
  readonly detail: string | null
}

/** The dumps of one address family, whole and failed ones. */
export function dumpParts(store: Store, snapshot: string, family: 'ipv4' | 'ipv6'): DumpPart[] {
  return store
    .prepare(
      `SELECT p.id, p.node, p.namespace, p.pod, p.container, p.backend, p.status, p.detail
       FROM _part p JOIN _snapshot s ON s.id = p.snapshot WHERE s.name = ? AND p.subject = 'rules' AND p.family = ? ORDER BY p.id`
    )
    .all(snapshot, family) as DumpPart[]
}

/** Whether any of the dumps has rules by which kube-proxy in iptables mode tells Services apart; in ipvs mode it asks for sets in that chain. */
export function haveProxyRules(store: Store, parts: readonly Pick<DumpPart, 'id'>[]): boolean {
  return (
    store
      .prepare(
        `SELECT 1 FROM json_each(?) p JOIN _part_set t ON t.part = p.value
       JOIN _chain_name n ON n.collection = t.collection AND n.chain = 'KUBE-SERVICES' AND n.table_name = 'nat'
       JOIN _rule r ON r.chain = n.id AND r.since <= t.seq AND t.seq < r.until
       WHERE r.target = 'KUBE-NODEPORTS' OR r.target GLOB 'KUBE-SV[CL]-*' OR r.target GLOB 'KUBE-FW-*'
         OR r.target GLOB 'KUBE-EXT-*' OR r.target GLOB 'KUBE-XLB-*' LIMIT 1`
      )
      .get(JSON.stringify(parts.map(({ id }) => id))) !== undefined
  )
}

/** One chain as one dump has it: found, its rules not read yet. */
export interface FoundChain {
  /** Equal for dumps that have the same rules in the same order there. */
  readonly identity: string
  readonly policy: string | null
  readonly complete: boolean
  /** Its rules in the order of the dump. */
  texts(): string[]
}

/** Undefined where the dump has no chain of that name. */
export function findChain(store: Store, part: number, table: string, name: string): FoundChain | undefined {
  const chain = store
    .prepare(
      `SELECT c.chain AS id, c.since, c.policy, c.complete, t.seq, o.rule_order AS "order" FROM _part_set t
       JOIN _chain_name n ON n.collection = t.collection AND n.chain = ? AND n.table_name = ?
       JOIN _chain c ON c.chain = n.id AND c.since <= t.seq AND t.seq < c.until
       LEFT JOIN _part_order o ON o.part = t.part AND o.chain = n.id
       WHERE t.part = ?`
    )
    .get(name, table, part) as
    | { id: number; since: number; policy: string | null; complete: number; seq: number; order: number | null }
    | undefined
  if (!chain) return undefined
  return {
    identity: `${chain.id} ${chain.since} ${chain.order ?? ''}`,
    policy: chain.policy,
    complete: chain.complete === 1,
    texts: () => {
      const stored = store
        .prepare('SELECT text FROM _rule WHERE chain = ? AND since <= ? AND until > ? ORDER BY rank, text')
        .pluck()
        .all(chain.id, chain.seq, chain.seq) as string[]
      return inDumpOrder(stored, positionsOf(store, part, chain.id))
    }
  }
}

/** A version of a collection of chains. */
export interface ChainSet {
  readonly collection: number
  readonly seq: number
}

/** What a dump is put together of: the chains that nodes share first, then the node's own. */
export function setsOf(store: Store, part: number): ChainSet[] {
  return store
    .prepare(
      "SELECT t.collection, t.seq FROM _part_set t JOIN _collection c ON c.id = t.collection WHERE t.part = ? ORDER BY c.scope LIKE '% of %', t.collection"
    )
    .all(part) as ChainSet[]
}

/** Equal for dumps with the same rules, whatever the order where order cannot matter. */
export function rulesetOf(store: Store, part: number): string {
  return setsOf(store, part)
    .map(({ collection, seq }) => `${collection}:${seq}`)
    .join(' ')
}

function inDumpOrder<T>(stored: T[], positions: Uint32Array | undefined): T[] {
  if (!positions) return stored
  const listed = new Array<T>(stored.length)
  positions.forEach((position, index) => (listed[position] = stored[index]!))
  return listed
}

/** Whether a dump has a rule, or a policy that stops packets. */
export function actsAtAll(store: Store, part: number): boolean {
  return (
    store
      .prepare(
        `SELECT 1 FROM _part_set t JOIN _chain_name n ON n.collection = t.collection
     JOIN _chain c ON c.chain = n.id AND c.since <= t.seq AND t.seq < c.until WHERE t.part = ? AND (c.rules > 0 OR c.policy = 'DROP') LIMIT 1`
      )
      .get(part) !== undefined
  )
}

/** How often a rule was hit, by its text in a chain; undefined where the dump has no counters. */
export function packetsOf(store: Store, part: number, table: string, chain: string, text: string): bigint | undefined {
  const row = store
    .prepare(
      `SELECT coalesce(k.counts ->> (2 * r.place), 0) FROM _part p JOIN _part_set t ON t.part = p.id
     JOIN _chain_name n ON n.collection = t.collection AND n.chain = ? AND n.table_name = ?
     JOIN _rule r ON r.chain = n.id AND r.since <= t.seq AND t.seq < r.until AND r.text = ?
     LEFT JOIN _counter k ON k.part = p.id AND k.run = r.run
     WHERE p.id = ? AND p.counters LIMIT 1`
    )
    .pluck()
    .safeIntegers(true)
    .get(chain, table, text, part) as bigint | string | undefined
  return row === undefined ? undefined : BigInt(row)
}
