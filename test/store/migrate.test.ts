/** A store of any released schema, with rows in it, becomes one of today's. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { dumpText } from '../../scripts/bench/dump.ts'
import { Days } from '../../scripts/bench/services.ts'
import { fsck } from '../../src/store/fsck/fsck.ts'
import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import { APPLICATION_ID, latestVersion, migrate, readMigrations } from '../../src/store/migrate.ts'
import { openStore, openStoreForReading, type Store } from '../../src/store/open.ts'
import { loadSqlite } from '../../src/store/sqlite.ts'
import { root } from '../support/cli.ts'
import { dumpSnapshot } from '../support/dump-snapshot.ts'

const folder = mkdtempSync(join(tmpdir(), 'snap-migrate-'))
let number = 0
const stores = join(root, 'test/fixtures/stores')

/** One file for each released schema: its rows, written by scripts/freeze-store.ts when it was today's. */
const FROZEN = readdirSync(stores).map((name) => ({
  version: Number(/(\d+)\.sql$/.exec(name)![1]),
  rows: readFileSync(join(stores, name), 'utf8')
}))

function storeOf(version: number, rows: string): string {
  const path = join(folder, `${number++}.db`)
  const database = new (loadSqlite())(path)
  for (const sql of readMigrations().slice(0, version)) database.exec(sql)
  database.pragma(`application_id = ${APPLICATION_ID}`)
  database.pragma(`user_version = ${version}`)
  database.exec(rows)
  database.close()
  return path
}

const views = (store: Store) =>
  ['rules', 'chains', 'coverage', 'issues', 'items'].map((view) => [
    view,
    store.prepare(`SELECT count(*) FROM ${view}`).pluck().get()
  ])

/** What the views showed when the rows were written. */
const HELD: Readonly<Record<number, { rules: number; chains: number }>> = {
  2: { rules: 162, chains: 80 },
  3: { rules: 164, chains: 94 },
  4: { rules: 164, chains: 94 }
}

for (const { version, rows } of FROZEN) {
  test(`a store of schema ${version} is brought up to date with all it holds, and goes on`, async (t) => {
    const path = storeOf(version, rows)
    const store = openStore(path)
    t.is(store.pragma('user_version', { simple: true }), latestVersion())
    t.deepEqual(views(store), [
      ['rules', HELD[version]!.rules],
      ['chains', HELD[version]!.chains],
      ['coverage', 2],
      ['issues', 2],
      ['items', 2]
    ])
    t.deepEqual(fsck(store), [])
    await importSnapshot(
      store,
      dumpSnapshot(9, [{ node: 'node-0', text: dumpText(new Days({ services: 5, endpoints: 2 }).services) }]),
      new Date(0)
    )
    t.deepEqual(fsck(store), [])
    store.close()
    openStoreForReading(path).close()
  })
}

/** Today's migrations, and one that has yet to be written. */
const later = (sql: string) => [...readMigrations(), sql]
const content = (store: Store) =>
  JSON.stringify([
    store.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all(),
    views(store),
    store.pragma('user_version')
  ])

test('a migration that fails leaves the store as it was, and can be tried again', (t) => {
  const { version, rows } = FROZEN.at(-1)!
  const store = openStore(storeOf(version, rows))
  const before = content(store)
  const half =
    "ALTER TABLE _snapshot ADD COLUMN note TEXT; DELETE FROM _counter; INSERT INTO _cluster (id, name) VALUES (1, 'second')"
  t.throws(() => migrate(store, 'x.db', later(half)), { any: true, message: /UNIQUE/ })
  t.is(content(store), before)
  t.false(store.inTransaction)
  migrate(store, 'x.db', later('ALTER TABLE _snapshot ADD COLUMN note TEXT; UPDATE _snapshot SET note = name'))
  t.is(store.pragma('user_version', { simple: true }), latestVersion() + 1)
  t.deepEqual(store.prepare('SELECT count(*) FROM _snapshot WHERE note = name').pluck().get(), 2)
  // And this program leaves it alone from now on.
  t.throws(() => migrate(store, 'x.db'), {
    message: `x.db: was written by a newer snap (schema ${latestVersion() + 1}, this one knows up to ${latestVersion()}); use that version`
  })
})

test('a store of an older schema is not read, and says what helps', (t) => {
  const path = storeOf(1, '')
  t.throws(() => openStoreForReading(path), {
    message: /is of an older schema \(1\); "snap import" brings it up to date/
  })
})

test('two processes that migrate at once take turns', async (t) => {
  const path = storeOf(1, '')
  const script = `import { openStore } from '${join(root, 'dist/src/store/open.js')}'; openStore(process.argv[1]).close()`
  const run = promisify(execFile)
  await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, ['--input-type=module', '-e', script, path])))
  const store = openStoreForReading(path)
  t.is(store.pragma('user_version', { simple: true }), latestVersion())
  t.deepEqual(store.prepare('SELECT count(*) FROM rules').pluck().get(), 0)
  store.close()
})

test('migrations are numbered one by one, so that the number of a schema is that of its file', (t) => {
  const names = readdirSync(join(root, 'migrations')).sort()
  t.deepEqual(
    names.map((name) => Number(name.slice(0, 3))),
    names.map((_, index) => index + 1)
  )
})
