import type { Store } from '../../store/open.ts'
import type { Version } from '../../store/versions.ts'
import { byContent, type FactReader, type FactRow, type StoredRow, withoutInterval } from '../diff/fact-rows.ts'

/** Which rows of a table are an object's: an SQL condition and the values of its question marks. */
export type Selection = readonly [where: string, ...values: (string | number)[]]

/** The rows of one object, each read once with the interval in which it stands; any version is then answered without the store. */
export class ObjectFacts implements FactReader {
  private readonly tables: ReadonlyMap<string, readonly StoredRow[]>

  /** A table that is not named has no rows of the object. */
  constructor(store: Store, selections: { readonly [table: string]: Selection }) {
    this.tables = new Map(
      Object.entries(selections).map(([table, [where, ...values]]) => [
        table,
        store.prepare(`SELECT * FROM ${table} WHERE ${where}`).all(...values) as StoredRow[]
      ])
    )
  }

  /** Every row that ever stood. */
  ever(table: string): readonly FactRow[] {
    return this.tables.get(table) ?? []
  }

  rows(table: string, versions: readonly Version[]): FactRow[] {
    const all = this.tables.get(table) ?? []
    return versions.flatMap(({ collection, seq }) =>
      all.filter((row) => row.collection === collection && row.since <= seq && seq < row.until).map(withoutInterval)
    )
  }

  changed(
    table: string,
    before: readonly Version[],
    after: readonly Version[]
  ): { removed: FactRow[]; added: FactRow[] } {
    return byContent(this.rows(table, before), this.rows(table, after))
  }
}
