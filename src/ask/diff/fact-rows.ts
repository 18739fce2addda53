import type { Store } from '../../store/open.ts'
import type { Version } from '../../store/versions.ts'
import { sameVersion } from './side.ts'

export type FactRow = { readonly [column: string]: string | number | null }

/** The rows of a table that stand in any of the versions; all their columns, or those named. */
export function rowsOf(store: Store, table: string, versions: readonly Version[], columns?: readonly string[]): FactRow[] {
  const select = store.prepare(`SELECT ${columns?.join(', ') ?? '*'} FROM ${table} WHERE collection = @collection AND until > @seq AND since <= @seq`)
  return versions.flatMap((version) => (columns ? (select.all(version) as FactRow[]) : (select.all(version) as StoredRow[]).map(withoutInterval)))
}

/** The rows that stand on one side only. Rows are sets; the order of two equal rows means nothing. */
export function changedRows(
  store: Store, table: string, before: readonly Version[], after: readonly Version[]
): { removed: FactRow[]; added: FactRow[] } {
  const left = before.filter((version) => !after.some((other) => sameVersion(version, other)))
  const right = after.filter((version) => !before.some((other) => sameVersion(version, other)))
  if (left.length === 0 && right.length === 0) return { removed: [], added: [] }
  const [a, b] = [left[0], right[0]]
  if (left.length === 1 && right.length === 1 && a!.collection === b!.collection) {
    return { removed: onlyIn(store, table, a!, b!), added: onlyIn(store, table, b!, a!) }
  }
  return byContent(rowsOf(store, table, before), rowsOf(store, table, after))
}

type StoredRow = FactRow & { readonly collection: number; readonly since: number; readonly until: number }

/** The rows whose interval holds `seq` and not the other version of the same collection. */
function onlyIn(store: Store, table: string, { collection, seq }: Version, { seq: other }: Version): FactRow[] {
  const away = other > seq ? 'until <= @other' : 'since > @other'
  const rows = store
    .prepare(`SELECT * FROM ${table} WHERE collection = @collection AND until > @seq AND since <= @seq AND ${away}`)
    .all({ collection, seq, other }) as StoredRow[]
  return rows.map(withoutInterval)
}

function withoutInterval({ collection: _collection, since: _since, until: _until, ...row }: StoredRow): FactRow {
  return row
}

function byContent(before: readonly FactRow[], after: readonly FactRow[]): { removed: FactRow[]; added: FactRow[] } {
  const key = (row: FactRow) => JSON.stringify(Object.values(row))
  const [known, wanted] = [new Set(before.map(key)), new Set(after.map(key))]
  return { removed: before.filter((row) => !wanted.has(key(row))), added: after.filter((row) => !known.has(key(row))) }
}
