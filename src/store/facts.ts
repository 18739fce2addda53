import { createHash } from 'node:crypto'
import type { Store } from './open.ts'
import { addCollection, addVersion, collectionsOf, findVersion, LIVE, newestSeq, type Version } from './versions.ts'

type Value = string | number | bigint | Buffer | null
type Row = Value[]

/** Rows for some tables that change together, such as Services with their ports. */
export type FactTables = { readonly [table: string]: readonly object[] }

/**
 * Stores the rows as a version of the scope's collection and returns it. Rows already there stay as they are, rows
 * gone get their interval closed, new rows are added: the cost in space is what changed. Rows are sets: order does
 * not matter, an exact repetition is one row.
 */
export function storeFacts(store: Store, scope: string, tables: FactTables): Version {
  const encoded = Object.entries(tables).map(([table, rows]) => ({ table, rows: encodeRows(store, table, rows) }))
  const hash = contentHash(encoded)
  const known = findVersion(store, hash)
  if (known) return known
  const collection = collectionsOf(store, scope)[0] ?? addCollection(store, scope)
  const seq = newestSeq(store, collection) + 1
  for (const { table, rows } of encoded) replaceRows(store, table, collection, seq, rows)
  return addVersion(store, collection, hash)
}

/** The table's own columns, without the interval. */
function columnsOf(store: Store, table: string): string[] {
  const columns = store.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[]
  return columns.filter((name) => !['collection', 'since', 'until'].includes(name))
}

function encodeRows(store: Store, table: string, rows: readonly object[]): Map<string, Row> {
  const keys = columnsOf(store, table).map(camelCase)
  return new Map(
    rows.map((fact) => {
      const row = keys.map((key) => encode((fact as Record<string, unknown>)[key]))
      return [JSON.stringify(row), row]
    })
  )
}

function camelCase(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function encode(value: unknown): Value {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'object') return wellFormedJson(JSON.stringify(value))
  return typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\ufffd') : (value as number)
}

/**
 * Half a pair of surrogates, which JSON can spell and UTF-8 cannot, becomes U+FFFD: the database would make that of it, and another text
 * than the one that was hashed. JSON.stringify writes no others as escapes.
 */
function wellFormedJson(json: string): string {
  if (!json.includes('\\ud')) return json
  return json.replace(/\\(?:ud[89a-f][0-9a-f]{2}|[^])/g, (spelt) => (spelt.length === 6 ? '\ufffd' : spelt))
}

interface EncodedRows {
  readonly table: string
  readonly rows: ReadonlyMap<string, Row>
}

/** A table without rows does not count, so that a version's rows tell its hash. */
function contentHash(tables: readonly EncodedRows[]): Buffer {
  const hash = createHash('sha256')
  for (const { table, rows } of tables
    .filter(({ rows }) => rows.size > 0)
    .sort((a, b) => (a.table < b.table ? -1 : 1))) {
    hash.update(`${table} ${rows.size}\n${[...rows.keys()].sort().join('\n')}\n`)
  }
  return hash.digest()
}

/** The tables whose rows stand in versions of a collection. */
export function factTables(store: Store): string[] {
  const columns = (name: string) => `EXISTS (SELECT 1 FROM pragma_table_info(t.name) c WHERE c.name = '${name}')`
  return store
    .prepare(
      `SELECT t.name FROM sqlite_schema t WHERE t.type = 'table' AND ${columns('collection')} AND ${columns('since')}`
    )
    .pluck()
    .all() as string[]
}

/** The hash of a version, from its rows; null where one stands in it twice. */
export function recomputedHash(store: Store, { collection, seq }: Version): Buffer | null {
  const tables = factTables(store).map((table) => {
    const columns = columnsOf(store, table)
    const rows = store
      .prepare(`SELECT ${columns.join(', ')} FROM ${table} WHERE collection = ? AND since <= ? AND until > ?`)
      .raw()
      .all(collection, seq, seq) as Row[]
    return { table, count: rows.length, rows: new Map(rows.map((row) => [JSON.stringify(row), row])) }
  })
  return tables.every(({ count, rows }) => rows.size === count) ? contentHash(tables) : null
}

function replaceRows(store: Store, table: string, collection: number, seq: number, rows: Map<string, Row>): void {
  const columns = columnsOf(store, table)
  const standing = store
    .prepare(`SELECT rowid, ${columns.join(', ')} FROM ${table} WHERE collection = ? AND until = ${LIVE}`)
    .raw()
  const close = store.prepare(`UPDATE ${table} SET until = ? WHERE rowid = ?`)
  const kept = new Set<string>()
  for (const [rowid, ...row] of standing.all(collection) as [number, ...Row][]) {
    const key = JSON.stringify(row)
    if (rows.has(key)) kept.add(key)
    else close.run(seq, rowid)
  }
  const insert = store.prepare(
    `INSERT INTO ${table} (collection, since, until, ${columns.join(', ')}) VALUES (?, ?, ${LIVE}${', ?'.repeat(columns.length)})`
  )
  for (const [key, row] of rows) if (!kept.has(key)) insert.run(collection, seq, ...row)
}
