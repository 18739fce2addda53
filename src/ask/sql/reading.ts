import type { Statement } from 'better-sqlite3'
import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'

/**
 * Prepares a statement of the user's that reads and does nothing else, to the temporary tables of this connection neither. It is judged by
 * its first words too, because SQLite runs some PRAGMAs while it prepares them, even behind EXPLAIN. Throws: UserError for one that may
 * do more, and SQLite's error for one that it refuses.
 */
export function prepareReading(store: Store, sql: string): Statement {
  const words = firstWords(sql)
  const [word] = words
  if (word === undefined) throw new UserError('there is no statement to run')
  if (word === 'PRAGMA')
    throw new UserError('a PRAGMA is not run; its table is, as in "select * from pragma_table_info(\'rules\')"')
  const asked = word === 'EXPLAIN' ? words.find((each) => !['EXPLAIN', 'QUERY', 'PLAN'].includes(each)) : word
  if (asked === undefined || !READING.includes(asked))
    throw new UserError(
      `${asked ?? 'it'} is not run: the store is only read, by SELECT, WITH or VALUES, or with EXPLAIN before them`
    )
  // Such as WITH … DELETE, and DELETE … RETURNING from a temporary table.
  const statement = store.prepare(sql)
  if (!statement.reader || !statement.readonly) throw new UserError('the statement writes, and the store is only read')
  return statement
}

const READING = ['SELECT', 'WITH', 'VALUES']

/** In capitals; none of comments. Four tell EXPLAIN QUERY PLAN SELECT. */
function firstWords(sql: string): string[] {
  const words: string[] = []
  for (let at = 0; words.length < 4; ) {
    at = afterComments(sql, at)
    const [word] = /^\w+/.exec(sql.slice(at, at + LONGEST)) ?? []
    if (word === undefined) break
    words.push(word.toUpperCase())
    at += word.length
  }
  return words
}

const LONGEST = 20

/** Where the next word, or what is none, begins: behind blanks, semicolons and comments. */
function afterComments(sql: string, from: number): number {
  const skipped = /(?:[\s;\ufeff]+|--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$))*/y
  skipped.lastIndex = from
  skipped.exec(sql)
  return skipped.lastIndex
}
