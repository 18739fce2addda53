import type { Statement } from 'better-sqlite3'
import type { Store } from '../../store/open.ts'
import type { Flow } from './compute.ts'

/** A row of _flow_pattern: where `address` is one of the frontend's addresses, `destination` is the port behind it. */
export interface PatternRow {
  readonly sender: Flow['sender']
  readonly address: number | null
  readonly destination: string | null
  readonly share: number
  readonly verdict: Flow['verdict']
  readonly masqueraded: number | null
  readonly condition: string
  readonly why: string
}

/** The flows of each class of frontends, read once: of ten thousand frontends most are of a few classes. */
export class Patterns {
  private readonly select: Statement
  private readonly classes = new Map<number, readonly PatternRow[]>()

  constructor(store: Store) {
    this.select = store.prepare(
      'SELECT sender, address, destination, share, verdict, masqueraded, condition, why FROM _flow_pattern WHERE class = ? ORDER BY sender, rowid'
    )
  }

  of(id: number): readonly PatternRow[] {
    let rows = this.classes.get(id)
    if (!rows) this.classes.set(id, (rows = this.select.all(id) as PatternRow[]))
    return rows
  }
}

/** Address and port; null where it cannot be told. `addresses`: of the frontend. */
export function destinationOf({ address, destination }: PatternRow, addresses: readonly string[]): string | null {
  return address === null ? destination : `${addresses[address]}${destination}`
}
