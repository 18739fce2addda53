import { BulkInsert } from '../bulk-insert.ts'
import type { Store } from '../open.ts'

/** The Services' names that rules' comments begin with, each kept once. */
export class Labels {
  readonly rows: BulkInsert
  private readonly known = new Map<string, number>()
  private readonly find
  private next: number
  /** Of a new store: there is nothing to be found. */
  private readonly begun: boolean

  constructor(store: Store) {
    this.rows = new BulkInsert(store, '_label', { id: '?', label: '?' })
    this.find = store.prepare('SELECT id FROM _label WHERE label = ?').pluck()
    this.next = store.prepare('SELECT coalesce(max(id), 0) + 1 FROM _label').pluck().get() as number
    this.begun = this.next > 1
  }

  /** Its row may have yet to be written. */
  id(label: string): number {
    let id = this.known.get(label)
    if (id === undefined) {
      id = this.begun ? (this.find.get(label) as number | undefined) : undefined
      if (id === undefined) this.rows.add((id = this.next++), label)
      this.known.set(ownCopy(label), id)
    }
    return id
  }
}

/** A piece of a dump's text keeps the whole text in memory. */
function ownCopy(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string
}
