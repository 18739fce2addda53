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
    return { columns: statement.columns().map((column) => column.name), rows: bounded(statement.raw().iterate()) }
  } catch (error) {
    throw new UserError(`sql: ${inWords((error as Error).message)}`, { cause: error })
  } finally {
    store.pragma('query_only = OFF')
  }
}

/** Bytes of an answer, which is held as a whole to be printed. */
const MOST = 256 * 2 ** 20

/** Throws: UserError where there are more. */
function bounded(rows: Iterable<unknown>): unknown[][] {
  const kept: unknown[][] = []
  let bytes = 0
  for (const row of rows as Iterable<unknown[]>) {
    for (const cell of row) bytes += PER_CELL + (typeof cell === 'string' || Buffer.isBuffer(cell) ? cell.length : 0)
    if (bytes > MOST)
      throw new UserError(
        `the answer is larger than ${MOST / 2 ** 20} MB, after ${kept.length} rows; ask for fewer rows or columns`
      )
    kept.push(row)
  }
  return kept
}

const PER_CELL = 8

/** The words of SQLite and of its driver, and where to look. */
function inWords(message: string): string {
  if (/more than one statement/.test(message)) return 'there is more than one statement; run them one by one'
  const column = /^no such (?:table|column)/.test(message)
  return `${message}${column ? '; "snap schema" lists the tables, "snap schema TABLE" its columns' : ''}`
}
