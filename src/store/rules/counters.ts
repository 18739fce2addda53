import { BulkInsert } from '../bulk-insert.ts'
import type { Store } from '../open.ts'
import type { PolicyCounters } from './listed-chain.ts'

/** Stores the counters of one part, run by run. */
export class CounterRows {
  private readonly part: number
  private readonly rows: BulkInsert

  constructor(store: Store, part: number) {
    this.part = part
    this.rows = new BulkInsert(store, '_counter', { part: '?', run: '?', counts: '?' })
  }

  /** `hits`: of each rule of the run packets and bytes in decimal, with a comma between; undefined for 0. */
  add(run: number, hits: readonly (string | undefined)[]): void {
    if (hits.every((hit) => hit === undefined)) return
    this.rows.add(
      this.part,
      run,
      `[${Array.from(hits, (hit) => (hit === undefined ? '0,0' : hit.length < 19 ? hit : checked(hit))).join(',')}]`
    )
  }

  flush(): void {
    this.rows.flush()
  }
}

/** SQLite's integers end at 2^63; what is beyond stays text. */
function checked(hit: string): string {
  return hit
    .split(',')
    .map((count) => (BigInt(count) < 2n ** 63n ? String(BigInt(count)) : `"${count}"`))
    .join(',')
}

export function storePolicyCounters(store: Store, part: number, policies: readonly PolicyCounters[]): void {
  const insert = store.prepare(
    'INSERT INTO _policy_counter (part, table_name, chain, packets, bytes) VALUES (?, ?, ?, ?, ?)'
  )
  for (const { table, chain, packets, bytes } of policies)
    insert.run(part, table, chain, integer(packets), integer(bytes))
}

function integer(count: string): bigint | string {
  return BigInt(count) < 2n ** 63n ? BigInt(count) : count
}
