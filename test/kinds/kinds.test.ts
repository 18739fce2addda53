/**
 * Every kind of object and all that nodes tell, by the records: each column is accounted for; each change of one column is told by diff and
 * by log; what one snapshot did not read is unknown; each kind is listed by get and shown by show.
 */
import test from 'ava'
import type { ManifestItem } from '../../src/archive/manifest.ts'
import { diffSnapshots } from '../../src/ask/diff/diff.ts'
import { kindOf } from '../../src/ask/get/kinds.ts'
import { objects } from '../../src/ask/get/objects.ts'
import { find } from '../../src/ask/history/find.ts'
import { history } from '../../src/ask/history/log.ts'
import { describeViews } from '../../src/ask/sql/schema.ts'
import { SHOWN } from '../../src/cli/commands/show/kinds.ts'
import { show } from '../../src/cli/commands/show/show.ts'
import { API_KINDS, API_NAMES, type ApiName, HOST_KINDS, HOST_NAMES, type HostName } from '../../src/kinds/kinds.ts'
import type { Table } from '../../src/kinds/table.ts'
import { type FactTables, factTables, storeFacts } from '../../src/store/facts.ts'
import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import { SnapshotRecord } from '../../src/store/import/part.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import { sealAll } from '../../src/store/seal.ts'
import { facts } from '../support/capture.ts'
import { memorySnapshot } from '../support/snapshot.ts'

type Row = Record<string, string | number>
type Rows = Record<string, Row>

const NODE = 'kube-a'
const RECORDS = [
  ...API_NAMES.map((name) => [name, API_KINDS[name]] as const),
  ...HOST_NAMES.map((name) => [name, HOST_KINDS[name]] as const)
]
const isHost = (name: string): name is HostName => HOST_NAMES.includes(name as HostName)

/** Text that means something where a column is read; others hold their own name. */
const TEXT: Row = {
  namespace: 'demo',
  addresses: '[{"type":"InternalIP","address":"192.0.2.1"}]',
  address: '192.0.2.1',
  protocol: 'TCP',
  scope: 'global',
  node: NODE
}

function columnsOf(store: Store, table: string): { name: string; type: string }[] {
  const columns = store.prepare('SELECT name, type FROM pragma_table_info(?)').all(table) as {
    name: string
    type: string
  }[]
  return columns.filter(({ name }) => !['collection', 'since', 'until'].includes(name))
}

/** Columns that hold lists or objects, by what the schema says of them. */
const JSON_TEXT: Row = Object.fromEntries(
  describeViews(openStore(':memory:')).flatMap(({ columns }) =>
    columns.flatMap(({ name, about }) =>
      /JSON list/.test(about) ? [[name, '["one"]']] : /JSON object/.test(about) ? [[name, '{"a":"1"}']] : []
    )
  )
)

function rowsOf(store: Store, name: ApiName | HostName): Rows {
  const kind = isHost(name) ? {} : { kind: API_KINDS[name].lists[0]!.kind }
  const tables: readonly Table[] = isHost(name) ? HOST_KINDS[name].tables : API_KINDS[name].tables
  return Object.fromEntries(
    tables.map(({ name }) => [
      name,
      Object.fromEntries(
        columnsOf(store, name).map(({ name: column, type }) => [
          column,
          type === 'INTEGER' ? 1 : (({ ...TEXT, ...kind } as Row)[column] ?? JSON_TEXT[column] ?? column)
        ])
      )
    ])
  )
}

function otherThan(value: string | number): string | number {
  if (typeof value === 'number') return value + 1
  if (value.startsWith('{')) return '{"a":"2"}'
  if (value.startsWith('[{')) return '[{"type":"InternalIP","address":"192.0.2.2"}]'
  return value.startsWith('[') ? '["another"]' : `${value}2`
}

const camel = (column: string) => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** One row of each table as the reader of the kind would have given it. */
const asFacts = (rows: Rows): FactTables =>
  Object.fromEntries(
    Object.entries(rows).map(([table, row]) => [
      table,
      [Object.fromEntries(Object.entries(row).map(([column, value]) => [camel(column), value]))]
    ])
  )

/** Snapshots that hold a node and, where rows are given, the kind. */
async function storeOf(name: ApiName | HostName, ...days: (Rows | null)[]): Promise<Store> {
  const store = openStore(':memory:')
  for (const [index, rows] of days.entries()) {
    const at = new Date(Date.UTC(2026, 10, 22 + index, 2))
    await importSnapshot(store, memorySnapshot(facts(at), []), at)
    const record = new SnapshotRecord(store, index + 1)
    const item = { startedAt: at.toISOString(), endedAt: at.toISOString() } as ManifestItem
    const add = (subject: string, tables: FactTables, of: Partial<ManifestItem> = {}) =>
      record.addPart(
        { ...item, ...of },
        {
          subject,
          status: 'complete',
          versions: [storeFacts(store, of.node ? `${subject} of node ${of.node}` : subject, tables)]
        }
      )
    if (name !== 'nodes') add('nodes', asFacts(rowsOf(store, 'nodes')))
    if (rows) add(name, asFacts(rows), isHost(name) ? { node: NODE } : {})
    sealAll(store)
  }
  return store
}

const nameOf = (name: ApiName, rows: Rows) => {
  const { isNamespaced, nameColumn, tables } = API_KINDS[name]
  const row = rows[tables[0].name]!
  return `${isNamespaced ? `${row.namespace}/` : ''}${row[nameColumn]}`
}

const logged = (name: ApiName | HostName, rows: Rows) =>
  isHost(name) ? `node/${NODE}` : `${API_KINDS[name].singular}/${nameOf(name, rows)}`

const lifeIn = (store: Store, object: string) =>
  history(store, find(store, object, { nearest: (_, names) => [...names] })[0]!)
const ids = [
  { id: 1, name: 'one' },
  { id: 2, name: 'two' }
] as const

test('each column of each table is in the key, compared, or left out for a reason', (t) => {
  const store = openStore(':memory:')
  for (const [name, { tables }] of RECORDS) {
    for (const { name: table, diff } of tables) {
      if (!('key' in diff)) continue
      const accounted = [...diff.key, ...diff.fields, ...Object.keys(diff.leftOut)]
      t.deepEqual(
        accounted.sort(),
        columnsOf(store, table)
          .map((column) => column.name)
          .sort(),
        `${name} ${table}`
      )
    }
  }
})

test('each table of facts is of a kind', (t) => {
  const known = new Set<string>(RECORDS.flatMap(([, { tables }]) => tables.map(({ name }) => name)))
  t.deepEqual(
    factTables(openStore(':memory:')).filter((table) => !known.has(table)),
    []
  )
})

test('each word is of one kind', (t) => {
  const words = RECORDS.flatMap(([name, { singular, short = [] }]) => [...new Set([name, singular, ...short])])
  t.deepEqual(
    words.filter((word, place) => words.indexOf(word) !== place),
    []
  )
})

for (const [name, { tables }] of RECORDS) {
  const compared = tables.flatMap((table) => ('key' in table.diff ? [{ table: table.name, diff: table.diff }] : []))

  for (const { table, diff } of compared) {
    test(`${name}: a change of each column of ${table} is told by diff and log`, async (t) => {
      const rows = rowsOf(openStore(':memory:'), name)
      // What names the object makes it another one: of that each table of the kind tells.
      const own = isHost(name) ? [] : ['namespace', API_KINDS[name].nameColumn, 'service', 'object']
      for (const column of [...diff.key, ...diff.fields].filter((each) => !own.includes(each))) {
        const changed = { ...rows, [table]: { ...rows[table]!, [column]: otherThan(rows[table]![column]!) } }
        const store = await storeOf(name, rows, changed)
        t.not(diffSnapshots(store, ...ids).changes.length, 0, `diff: ${column}`)
        t.true(
          lifeIn(store, logged(name, rows)).steps.some(({ isFirst }) => !isFirst),
          `log: ${column}`
        )
      }
    })
  }

  if (compared.length > 0) {
    test(`${name}: what one snapshot did not read is unknown, and no difference`, async (t) => {
      const rows = rowsOf(openStore(':memory:'), name)
      for (const days of [
        [rows, null],
        [null, rows],
        [null, null]
      ]) {
        const store = await storeOf(name, ...days)
        const { changes, unknown } = diffSnapshots(store, ...ids)
        // Either list of endpoints tells them.
        const subject = name === 'endpointslices' ? 'endpoints' : name
        t.deepEqual(changes, [])
        t.true(
          unknown.some((one) => one.subject === subject || one.subject.startsWith(`${subject} of `)),
          JSON.stringify(unknown)
        )
        if (days[0] === rows || (isHost(name) && days[1] === null)) {
          const { unseen } = lifeIn(store, logged(name, rows))
          t.true(
            unseen.some(
              (one) => [name, 'endpointslices'].includes(one.subject) || one.subject.startsWith(`${name} of `)
            ),
            JSON.stringify(unseen)
          )
        }
      }
    })
  }

  if (name !== 'rules') {
    test(`${name}: get lists them, show shows them`, async (t) => {
      const rows = rowsOf(openStore(':memory:'), name)
      const store = await storeOf(name, rows)
      const at = store.prepare('SELECT name FROM _snapshot').pluck().get() as string
      const parts = isHost(name)
        ? show(store, at, 'node', [NODE]).filter(({ title }) => title === name)
        : show(store, at, API_KINDS[name].singular, [nameOf(name, rows)])
      t.true(parts.length > 0 && parts[0]!.rows.rows.length > 0)
      const kind = kindOf(name)!
      const listed = objects(store, kind, {})
      t.is(listed.length > 0, true)
      for (const { value } of kind.columns) t.notThrows(() => value(listed[0]!, '2026-11-22T02:00:00.000Z'))
    })
  }
}

test('show knows every kind of object', (t) => {
  t.deepEqual(
    API_NAMES.map((name) => API_KINDS[name].singular).filter((kind) => !Object.hasOwn(SHOWN, kind)),
    []
  )
})
