import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'
import { prepareReading } from './reading.ts'

/** Runs one reading statement and gives its rows as they come. Throws: UserError for one that does not read, and for what SQLite refuses. */
export function query(store: Store, sql: string): { columns: string[]; rows: unknown[][] } {
  // Against what a statement that reads may do besides.
  store.pragma('query_only = ON')
  try {
    const statement = prepareReading(store, sql)
    // Counters are 64 bit, and a number of JavaScript is not.
    statement.safeIntegers(true)
    return { columns: statement.columns().map((column) => column.name), rows: statement.raw().all() as unknown[][] }
  } catch (error) {
    throw new UserError(`sql: ${inWords((error as Error).message)}`, { cause: error })
  } finally {
    store.pragma('query_only = OFF')
  }
}

/** The words of SQLite and of its driver, and where to look. */
function inWords(message: string): string {
  if (/more than one statement/.test(message)) return 'there is more than one statement; run them one by one'
  const column = /^no such (?:table|column)/.test(message)
  return `${message}${column ? '; "snap schema" lists the tables, "snap schema TABLE" its columns' : ''}`
}
