import { publicViews } from '../../ask/sql/scope.ts'
import type { Store } from '../../store/open.ts'

/** Rows that are read as they are written. */
export interface RowStream {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: Iterable<readonly unknown[]>
}

/**
 * Every public table of the snapshot the store is scoped to, sorted by all columns, so that the same snapshot gives the same bytes.
 * Rows come one by one: a snapshot may hold a million rules.
 */
export function viewStreams(store: Store): RowStream[] {
  return publicViews(store).map((name) => {
    const columns = store.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(name) as string[]
    const order = columns.map((_, index) => index + 1).join(', ')
    const rows = () =>
      store.prepare(`SELECT * FROM "${name}" ORDER BY ${order}`).raw().safeIntegers(true).iterate() as Iterable<
        unknown[]
      >
    return { name, columns, rows: { [Symbol.iterator]: () => rows()[Symbol.iterator]() } }
  })
}
