import { importSnapshot } from '../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../src/store/open.ts'
import { dumpText } from './bench/dump.ts'
import { Days } from './bench/services.ts'
import { memorySnapshot } from './bench/snapshots.ts'

// node dist/scripts/freeze-store.js > test/fixtures/stores/schema-NNN.sql: the rows of a small store of today's schema, to be
// written once when a schema is released. The tests build that schema from its migrations, insert the rows, and migrate.
const store = openStore(':memory:')
const days = new Days({ services: 4, endpoints: 2 }, { part: 0.5, replaced: 1 })
for (let day = 0; day < 2; day++) {
  const text = dumpText(days.services, { counters: 'all', shuffle: true, seed: day })
  await importSnapshot(
    store,
    memorySnapshot(
      day,
      0
    )(Buffer.from(`${text}*mangle\n:INPUT ACCEPT [1:2]\n-A INPUT -m unheard --of "a b" -j ACCEPT\nCOMMIT\n`)),
    new Date(0)
  )
  days.next()
}
for (const line of insertions(store)) console.log(line)

/** Parents before children, so that foreign keys hold. */
function* insertions(database: Store): Iterable<string> {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name = '_label' DESC, rowid")
    .pluck()
    .all() as string[]
  for (const table of tables) {
    const columns = database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[]
    const values = database
      .prepare(`SELECT ${columns.map((column) => `quote(${column})`).join(` || ', ' || `)} FROM ${table} ORDER BY 1`)
      .pluck()
      .all() as string[]
    for (const row of values) yield `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${row});`
  }
}
