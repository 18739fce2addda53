import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'

/** Runs one reading statement and gives its rows as they come. Throws: UserError for one that does not read, and for what SQLite refuses. */
export function query(store: Store, sql: string): { columns: string[]; rows: unknown[][] } {
  const [word] = /^\w+/.exec(withoutComments(sql)) ?? []
  if (word === undefined) throw new UserError('sql: there is no statement to run')
  if (/^pragma$/i.test(word))
    throw new UserError('sql: a PRAGMA is not run; its table is, as in "select * from pragma_table_info(\'rules\')"')
  if (!READING.test(word))
    throw new UserError(
      `sql: ${word.toUpperCase()} is not run: the store is only read, by SELECT, WITH, VALUES or EXPLAIN`
    )
  // Against what a statement that reads may do besides, such as WITH … DELETE.
  store.pragma('query_only = ON')
  try {
    const statement = store.prepare(sql)
    if (!statement.reader || !statement.readonly)
      throw new UserError('sql: the statement writes, and the store is only read')
    // Counters are 64 bit, and a number of JavaScript is not.
    statement.safeIntegers(true)
    return { columns: statement.columns().map((column) => column.name), rows: statement.raw().all() as unknown[][] }
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`sql: ${inWords((error as Error).message)}`, { cause: error })
  } finally {
    store.pragma('query_only = OFF')
  }
}

const READING = /^(?:select|with|values|explain)$/i

function withoutComments(sql: string): string {
  return sql.replace(/^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$))+/, '')
}

/** The words of SQLite and of its driver, and where to look. */
function inWords(message: string): string {
  if (/more than one statement/.test(message)) return 'there is more than one statement; run them one by one'
  const column = /^no such (?:table|column)/.test(message)
  return `${message}${column ? '; "snap schema" lists the tables, "snap schema TABLE" its columns' : ''}`
}
