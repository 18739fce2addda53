/** Every column of every stored table rests under a hash, or is made from what does: fsck names what is changed. */
import test from 'ava'
import { dumpText } from '../../../scripts/bench/dump.ts'
import { Days } from '../../../scripts/bench/services.ts'
import type { ManifestItem } from '../../../src/archive/manifest.ts'
import { checkedSnapshot, recordCheckRuns } from '../../../src/store/check-runs.ts'
import { factTables, storeFacts } from '../../../src/store/facts.ts'
import { fsck } from '../../../src/store/fsck/fsck.ts'
import { SnapshotRecord } from '../../../src/store/import/part.ts'
import type { Store } from '../../../src/store/open.ts'
import { sealSnapshot, sealStore } from '../../../src/store/seal.ts'
import { dumpSnapshot, storeOf } from '../../support/dump-snapshot.ts'

interface Column {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly pk: number
}

const columnsOf = (store: Store, table: string) =>
  store.prepare('SELECT name, type, "notnull", pk FROM pragma_table_info(?)').all(table) as Column[]

/** Two days of one node, a row of each kind of fact, check runs, and something that failed. */
async function filled(): Promise<Store> {
  const days = new Days({ services: 3, endpoints: 2 }, { part: 0.5, replaced: 1 })
  const dump = (seed: number) =>
    `${dumpText(days.services, { counters: 'all', shuffle: true, seed })}*mangle\n:INPUT ACCEPT [1:2]\n-A INPUT -m unheard --of b -j ACCEPT\nCOMMIT\n`
  const first = dumpSnapshot(0, [{ node: 'a', text: dump(1) }])
  days.next()
  const second = dumpSnapshot(1, [{ node: 'a', text: dump(2) }])
  const store = await storeOf([first, second])
  const item: ManifestItem = {
    ...second.manifest.items[0]!,
    namespace: 'n',
    pod: 'p',
    container: 'c',
    backend: 'nft',
    error: 'no answer',
    stderr: 'said'
  }
  const record = new SnapshotRecord(store, 2)
  record.addItem(item)
  record.addIssue(item, { phase: 'import', line: 1, object: 'o', message: 'm', text: 't' })
  record.addPart(item, { subject: 'pods', status: 'failed', detail: 'd', versions: [], protocols: ['TCP'] })
  for (const table of factTables(store)) {
    const fact = Object.fromEntries(
      columnsOf(store, table).map(({ name, type }) => [
        name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        type === 'TEXT' ? 'a' : 1
      ])
    )
    const versions = [storeFacts(store, table, { [table]: [fact] })]
    record.addPart(item, { subject: table, status: 'complete', versions })
  }
  sealSnapshot(store, 2)
  sealStore(store)
  recordCheckRuns(store, checkedSnapshot(store, second.name), 'test', [
    { code: 'A', severity: 'warn', findings: 1, fingerprints: ['0123456789abcdef'], notSeen: 1 }
  ])
  return store
}

const store = await filled()
store.pragma('foreign_keys = OFF')
store.pragma('ignore_check_constraints = ON')
const tables = store.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[]

test.serial('it is in order, and holds a row of each table', (t) => {
  t.deepEqual(fsck(store), [])
  t.deepEqual(
    tables.filter((table) => store.prepare(`SELECT 1 FROM ${table}`).get() === undefined),
    []
  )
})

/** What a value may become. */
const CHANGES: readonly ((column: Column) => string)[] = [
  ({ name, type }) =>
    type === 'BLOB'
      ? `coalesce(zeroblob(length(${name})), x'00')`
      : type === 'INTEGER'
        ? `coalesce(${name} + 1, 1)`
        : `coalesce(${name} || 'x', 'x')`,
  ({ name, notnull, type }) =>
    notnull === 0 ? `iif(${name} IS NULL, ${type === 'INTEGER' ? '0' : "''"}, NULL)` : type === 'INTEGER' ? '0' : "''"
]

/** Columns that say nothing of the cluster by themselves, and why. */
const FREE: readonly string[] = [
  // Of rules whose form has a place for it, whose text then is another.
  '_chain_key.label'
]

for (const table of tables) {
  test.serial(`fsck names a change in ${table}`, (t) => {
    const columns = columnsOf(store, table)
    const key = columns.filter(({ pk }) => pk > 0)
    const names = key.length === 0 ? 'rowid' : key.map(({ name }) => name).join()
    for (const column of columns) {
      for (const change of CHANGES) {
        for (const order of table === '_run' ? ['', ' DESC'] : ['']) {
          if (FREE.includes(`${table}.${column.name}`)) continue
          store.exec('BEGIN')
          try {
            const changed = changes(store, table, column.name, change(column), names, order)
            if (changed) t.not(fsck(store).length, 0, `${table}.${column.name} = ${change(column)}${order}`)
          } finally {
            store.exec('ROLLBACK')
          }
        }
      }
    }
  })
}

/** False where a constraint holds the row as it is, or it has that value already. */
function changes(of: Store, table: string, column: string, value: string, key: string, order: string): boolean {
  const row = `(${key}) IN (SELECT ${key} FROM ${table} ORDER BY ${key.replaceAll(',', `${order},`)}${order} LIMIT 1)`
  try {
    return (
      of.prepare(`UPDATE ${table} SET ${column} = ${value} WHERE ${row} AND ${column} IS NOT ${value}`).run().changes >
      0
    )
  } catch (error) {
    if (/constraint|datatype mismatch|cannot store/i.test((error as Error).message)) return false
    throw error
  }
}
