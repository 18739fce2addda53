import type { Store } from '../../store/open.ts'
import { positionsOf } from '../../store/rules/part-state.ts'
import type { StoredDump } from './dump.ts'

/** One chain of a dump, without its rules. */
export interface DumpChain {
  readonly id: number
  readonly seq: number
  readonly table: string
  readonly chain: string
  readonly policy: string | null
  readonly complete: boolean
  readonly rules: number
  /** Of a built-in chain's policy; null where the dump did not say, text where beyond 2^63. */
  readonly packets: bigint | string | null
  readonly bytes: bigint | string | null
}

/** What of a dump is asked for; what is left out restricts nothing. */
export interface Choice {
  readonly table?: string
  readonly chain?: string
}

/**
 * The chains of a dump in the order in which iptables-save prints them: the built-in ones as packets meet them, then the others by
 * name, in both backends. Tables stand in the order in which the first dump of the node had them, which means nothing.
 */
export function chainsOf(store: Store, { part, versions }: StoredDump, { table, chain }: Choice): DumpChain[] {
  const select =
    store.prepare(`SELECT n.id, n.table_name AS "table", n.chain, c.policy, c.complete, c.rules FROM _chain_name n
    JOIN _chain c ON c.chain = n.id AND c.since <= @seq AND c.until > @seq WHERE n.collection = @collection ORDER BY n.id`)
  const counters = policyCounters(store, part)
  const all = versions.flatMap((version) =>
    (select.all(version) as (Omit<DumpChain, 'seq' | 'complete' | 'packets' | 'bytes'> & { complete: number })[]).map(
      (row) => ({
        ...row,
        seq: version.seq,
        complete: row.complete === 1,
        ...(counters.get(`${row.table} ${row.chain}`) ?? { packets: null, bytes: null })
      })
    )
  )
  const tables = tableOrder(all)
  return all
    .filter((entry) => (table === undefined || entry.table === table) && (chain === undefined || entry.chain === chain))
    .sort(
      (a, b) =>
        tables.indexOf(a.table) - tables.indexOf(b.table) ||
        hook(a.chain) - hook(b.chain) ||
        (a.chain < b.chain ? -1 : 1)
    )
}

function policyCounters(store: Store, part: number): Map<string, Pick<DumpChain, 'packets' | 'bytes'>> {
  const rows = store
    .prepare('SELECT table_name, chain, packets, bytes FROM _policy_counter WHERE part = ?')
    .raw()
    .safeIntegers(true)
    .all(part)
  return new Map(
    (rows as [string, string, bigint | string, bigint | string][]).map(([table, chain, packets, bytes]) => [
      `${table} ${chain}`,
      { packets, bytes }
    ])
  )
}

/** By the built-in chains, which are each node's own. */
function tableOrder(chains: readonly DumpChain[]): string[] {
  const builtIn = chains.filter(({ chain }) => hook(chain) < HOOKS.length)
  return [...new Set([...builtIn, ...chains].map(({ table }) => table))]
}

const HOOKS = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']

function hook(chain: string): number {
  const place = HOOKS.indexOf(chain)
  return place < 0 ? HOOKS.length : place
}

/** One rule as the dump had it. Counters are null where the dump had none; text where they are beyond 2^63. */
export interface DumpRule {
  readonly text: string
  readonly packets: bigint | string | null
  readonly bytes: bigint | string | null
}

/** The rules of a chain in the dump's own order. */
export function rulesOfChain(store: Store, { part, counters }: StoredDump, { id, seq }: DumpChain): DumpRule[] {
  const zero = counters ? 0n : null
  const rows = store
    .prepare(`SELECT r.text, k.counts ->> (2 * r.place) AS packets, k.counts ->> (2 * r.place + 1) AS bytes
      FROM _rule r LEFT JOIN _counter k ON k.part = @part AND k.run = r.run
      WHERE r.chain = @id AND r.since <= @seq AND r.until > @seq ORDER BY r.rank, r.text`)
    .safeIntegers(true)
    .all({ part, id, seq }) as DumpRule[]
  const rules = rows.map(({ text, packets, bytes }) => ({ text, packets: packets ?? zero, bytes: bytes ?? zero }))
  const positions = positionsOf(store, part, id)
  if (!positions) return rules
  const placed: DumpRule[] = []
  rules.forEach((rule, index) => {
    placed[positions[index]!] = rule
  })
  return placed
}
