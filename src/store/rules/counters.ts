import type { Store } from '../open.ts'

/** Rules of one row of _counter: their ids are equal but for the last bits. */
const SHARED_BITS = 6
const RULES = 1 << SHARED_BITS

/** Gathers the counters of one part, block by block of rule ids, so that a large dump is thousands of rows and not hundreds of thousands. */
export class CounterBlocks {
  private readonly blocks = new Map<number, (string | undefined)[]>()
  private readonly database: Store
  private readonly part: number

  constructor(store: Store, part: number) {
    this.database = store
    this.part = part
  }

  /** `hit`: packets and bytes in decimal, with a comma between. */
  add(rule: number, hit: string): void {
    const block = rule >> SHARED_BITS
    let hits = this.blocks.get(block)
    if (!hits) this.blocks.set(block, (hits = []))
    hits[rule & (RULES - 1)] = hit.length < 19 ? hit : checked(hit)
  }

  store(): void {
    const insert = this.database.prepare('INSERT INTO _counter (part, block, counts) VALUES (?, ?, ?)')
    for (const block of [...this.blocks.keys()].sort((a, b) => a - b)) {
      insert.run(this.part, block, `[${Array.from(this.blocks.get(block)!, (hit) => hit ?? '0,0').join(',')}]`)
    }
  }
}

/** SQLite's integers end at 2^63; what is beyond stays text. */
function checked(hit: string): string {
  return hit.split(',').map((count) => (BigInt(count) < 2n ** 63n ? String(BigInt(count)) : `"${count}"`)).join(',')
}
