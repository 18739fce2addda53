import type { Store } from '../../store/open.ts'
import { describeViews } from '../sql/schema.ts'
import type { Kind } from './kind.ts'
import type { Got } from './path.ts'

/** Which of a kind are asked for. */
export interface Choice {
  readonly namespace?: string
  readonly node?: string
}

/** All of a kind in the snapshot that the store is scoped to, lists and objects parsed. */
export function objects(store: Store, kind: Kind, choice: Choice): Got[] {
  const rows = read(store, kind.sql ?? `SELECT * FROM ${kind.name}`, choice)
  const plain = rows.map(({ snapshot, ...row }) => (kind.name === 'snapshots' ? { snapshot, ...row } : row))
  const whole = inOrder(
    kind,
    kind.groups
      ? grouped(plain, kind.groups, kind.groups.without === undefined ? [] : read(store, kind.groups.without, choice))
      : plain
  )
  return (kind.parts ?? []).reduce<Got[]>((gots, { name, sql, by }) => {
    const lists = byKey(read(store, sql, choice), by)
    return gots.map((got) => ({ ...got, [name]: lists.get(keyOf(got, by)) ?? [] }))
  }, whole)
}

/** By namespace and name, where the kind has no order of its own. */
function inOrder({ sql, key, isNamespaced }: Kind, gots: readonly Got[]): Got[] {
  if (sql?.includes('ORDER BY')) return [...gots]
  const name = (got: Got) => `${isNamespaced ? `${got.namespace}/` : ''}${got[key]}`
  return gots
    .map((got) => ({ got, name: name(got) }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ got }) => got)
}

/** A restriction holds where the rows have such a column. */
function read(store: Store, sql: string, { namespace, node }: Choice): Got[] {
  const statement = store.prepare(`SELECT * FROM (${sql})`)
  const columns = statement.columns().map(({ name }) => name)
  const where = [
    ['namespace', namespace],
    ['node', node]
  ].flatMap(([column, value]) => (value !== undefined && columns.includes(column!) ? [`${column} = @${column}`] : []))
  const restricted = store
    .prepare(`SELECT * FROM (${sql})${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}`)
    .safeIntegers(true)
  const used = Object.fromEntries(
    [
      ['namespace', namespace],
      ['node', node]
    ]
      .filter(([name]) => where.some((each) => each.startsWith(`${name} `)) || sql.includes(`@${name}`))
      .map(([name, value]) => [name, value ?? null])
  )
  const json = jsonColumns(store)
  return (restricted.all(used) as Got[]).map((row) =>
    Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plainValue(column, value, json)]))
  )
}

const WITH_JSON = new WeakMap<Store, ReadonlySet<string>>()

/** The columns that hold JSON, by what the schema says of them. */
function jsonColumns(store: Store): ReadonlySet<string> {
  const known =
    WITH_JSON.get(store) ??
    new Set([
      'nodes',
      ...describeViews(store).flatMap(({ columns }) =>
        columns.filter(({ about }) => /\bJSON (?:list|object)\b/.test(about)).map(({ name }) => name)
      )
    ])
  WITH_JSON.set(store, known)
  return known
}

function plainValue(column: string, value: unknown, json: ReadonlySet<string>): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value !== 'string' || !json.has(column) || !/^[[{]/.test(value)) return value
  return JSON.parse(value) as unknown
}

function grouped(rows: readonly Got[], { by, name }: NonNullable<Kind['groups']>, more: readonly Got[]): Got[] {
  const groups = byKey(rows, by)
  const empty = more.filter((got) => !groups.has(keyOf(got, by))).map((got) => ({ ...got, [name]: [] }))
  return [
    ...empty,
    ...[...groups.values()].map((list) => ({
      ...Object.fromEntries(by.map((column) => [column, list[0]![column]])),
      [name]: list.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => !by.includes(column))))
    }))
  ]
}

function byKey(rows: readonly Got[], by: readonly string[]): Map<string, Got[]> {
  const lists = new Map<string, Got[]>()
  for (const row of rows) {
    const key = keyOf(row, by)
    const list = lists.get(key)
    if (list) list.push(row)
    else lists.set(key, [row])
  }
  return lists
}

function keyOf(row: Got, by: readonly string[]): string {
  return by.map((column) => row[column]).join('\0')
}
