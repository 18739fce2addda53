import type { Row } from '../../kinds/row.ts'
import type { Store } from '../../store/open.ts'
import type { Version } from '../../store/versions.ts'
import { sameVersion } from './side.ts'

export type FactRow = Row

/** Where a comparison reads its rows. */
export interface FactReader {
  /** The rows of a table that stand in any of the versions; all their columns, or at least those named. */
  rows(table: string, versions: readonly Version[], columns?: readonly string[]): FactRow[]
  /** The rows that stand on one side only. Rows are sets; the order of two equal rows means nothing. */
  changed(
    table: string,
    before: readonly Version[],
    after: readonly Version[]
  ): { removed: FactRow[]; added: FactRow[] }
}

/** All rows of the store. */
export class StoredFacts implements FactReader {
  private readonly store: Store

  constructor(store: Store) {
    this.store = store
  }

  rows(table: string, versions: readonly Version[], columns?: readonly string[]): FactRow[] {
    const select = this.store.prepare(
      `SELECT ${columns?.join(', ') ?? '*'} FROM ${table} WHERE collection = @collection AND until > @seq AND since <= @seq`
    )
    return versions.flatMap((version) =>
      columns ? (select.all(version) as FactRow[]) : (select.all(version) as StoredRow[]).map(withoutInterval)
    )
  }

  changed(
    table: string,
    before: readonly Version[],
    after: readonly Version[]
  ): { removed: FactRow[]; added: FactRow[] } {
    const left = before.filter((version) => !after.some((other) => sameVersion(version, other)))
    const right = after.filter((version) => !before.some((other) => sameVersion(version, other)))
    if (left.length === 0 && right.length === 0) return { removed: [], added: [] }
    const [a, b] = [left[0], right[0]]
    if (left.length === 1 && right.length === 1 && a!.collection === b!.collection) {
      return { removed: onlyIn(this.store, table, a!, b!), added: onlyIn(this.store, table, b!, a!) }
    }
    return byContent(this.rows(table, before), this.rows(table, after))
  }
}

export type StoredRow = FactRow & { readonly collection: number; readonly since: number; readonly until: number }

/** The rows whose interval holds `seq` and not the other version of the same collection. */
function onlyIn(store: Store, table: string, { collection, seq }: Version, { seq: other }: Version): FactRow[] {
  const away = other > seq ? 'until <= @other' : 'since > @other'
  const rows = store
    .prepare(`SELECT * FROM ${table} WHERE collection = @collection AND until > @seq AND since <= @seq AND ${away}`)
    .all({ collection, seq, other }) as StoredRow[]
  return rows.map(withoutInterval)
}

export function withoutInterval({ collection: _collection, since: _since, until: _until, ...row }: StoredRow): FactRow {
  return row
}

export function byContent(
  before: readonly FactRow[],
  after: readonly FactRow[]
): { removed: FactRow[]; added: FactRow[] } {
  const key = (row: FactRow) => JSON.stringify(Object.values(row))
  const [known, wanted] = [new Set(before.map(key)), new Set(after.map(key))]
  return { removed: before.filter((row) => !wanted.has(key(row))), added: after.filter((row) => !known.has(key(row))) }
}
