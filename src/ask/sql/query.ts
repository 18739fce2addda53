import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'

/** Runs one reading statement and gives its rows as they come. Throws: UserError for what SQLite refuses. */
export function query(store: Store, sql: string): { columns: string[]; rows: unknown[][] } {
  try {
    const statement = store.prepare(sql)
    // Counters are 64 bit, and a number of JavaScript is not.
    statement.safeIntegers(true)
    if (!statement.reader) throw new UserError('sql: only statements that return rows can be run; the store is read-only')
    return { columns: statement.columns().map((column) => column.name), rows: statement.raw().all() as unknown[][] }
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`sql: ${(error as Error).message}; "snap schema" lists the tables`, { cause: error })
  }
}
