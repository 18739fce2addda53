/** A user's statement reads and does nothing else: not to the store, not to what other checks see, not to how SQLite works. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { loadChecks } from '../../../src/ask/check/catalogue.ts'
import { parseCheck } from '../../../src/ask/check/definition.ts'
import { runChecks } from '../../../src/ask/check/run.ts'
import { query } from '../../../src/ask/sql/query.ts'
import { prepareReading } from '../../../src/ask/sql/reading.ts'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import { UserError } from '../../../src/problem.ts'
import { openStore, openStoreForReading, type Store } from '../../../src/store/open.ts'
import { temporaryFolder } from '../../support/cli.ts'

const folder = await temporaryFolder()
const file = join(folder, 'snap.db')
const made = join(folder, 'made.db')
openStore(file).close()

/** Opened as a check finds it, with temporary views and a table. */
function opened(): Store {
  const store = openStoreForReading(file)
  scopeTo(store, 'none')
  store.exec("CREATE TEMP TABLE seen AS SELECT 'a' AS name UNION ALL SELECT 'b'")
  return store
}

const WRITING: readonly string[] = [
  'delete from temp.seen returning name',
  'delete from seen returning name as object, name as message',
  "insert into seen values ('c') returning name",
  "update seen set name = 'x' returning name",
  "replace into seen values ('c') returning name",
  'with x as (select 1) delete from seen returning name',
  "with x as (select 1) insert into seen select 'c' from x returning name",
  '/* select */ delete from seen returning name',
  '-- select\ndelete from seen returning name',
  ';;\n\t delete from seen returning name',
  '\ufeffdelete from seen returning name',
  'drop view temp.services',
  'drop table temp.seen',
  'create temp table other as select 1',
  'create temp view pods2 as select 1',
  'create temp trigger t after insert on seen begin delete from seen; end',
  'alter table seen rename to gone',
  'analyze temp',
  'reindex',
  'vacuum',
  `vacuum into '${made}'`,
  `attach '${made}' as other`,
  'attach ":memory:" as other',
  'detach temp',
  'begin',
  'commit',
  'rollback',
  'savepoint s',
  'release apart',
  "update sqlite_temp_schema set sql = '' returning name",
  "delete from sqlite_temp_master where name = 'services' returning name",
  'update main._snapshot set name = name returning name',
  'select 1; delete from seen',
  'delete from seen; select 1',
  ...['', 'explain ', 'explain query plan ', 'EXPLAIN/**/', '; explain -- x\n '].flatMap((explain) =>
    [
      'writable_schema = on',
      'query_only = off',
      'case_sensitive_like = on',
      'reverse_unordered_selects = on',
      'foreign_keys = off',
      'journal_mode = delete',
      'user_version = 99',
      'temp_store = memory',
      'optimize',
      'schema_version = 1',
      'table_info(seen)'
    ].map((pragma) => `${explain}pragma ${pragma}`)
  )
]

const PRAGMAS = [
  'query_only',
  'writable_schema',
  'reverse_unordered_selects',
  'foreign_keys',
  'user_version',
  'temp_store'
]

function state(store: Store): unknown {
  return [
    store.prepare('SELECT * FROM temp.sqlite_schema').all(),
    store.prepare('SELECT * FROM main.sqlite_schema').all(),
    store.prepare('SELECT * FROM seen').all(),
    store.prepare("SELECT 'a' LIKE 'A'").pluck().get(),
    store.pragma('database_list'),
    PRAGMAS.map((name) => store.pragma(name, { simple: true })),
    store.inTransaction,
    existsSync(made)
  ]
}

for (const sql of WRITING) {
  test(`is not run: ${JSON.stringify(sql)}`, (t) => {
    const store = opened()
    const before = state(store)
    t.throws(() => prepareReading(store, sql).all())
    t.deepEqual(state(store), before)
    t.throws(() => query(store, sql), { instanceOf: UserError, message: /^sql: / })
    t.deepEqual(state(store), before)
    const check = parseCheck(`-- code: MINE\n-- severity: warn\n-- title: t\n-- fix: f\n${sql}`, 'mine.sql')
    t.throws(() => runChecks(store, 'none', [check]), { instanceOf: UserError, message: /^mine\.sql: / })
    t.is(store.prepare('SELECT count(*) FROM seen').pluck().get(), 2)
    store.close()
  })
}

const READING: readonly string[] = [
  'select * from seen',
  'SELECT name FROM seen ORDER BY 1;',
  '/* what */ with x(n) as (select 1) select * from x, seen',
  'values (1), (2)',
  'explain select 1',
  'explain query plan select * from seen',
  "-- it's\nselect 1",
  "select * from pragma_table_info('seen')"
]

for (const sql of READING) {
  test(`is run: ${JSON.stringify(sql)}`, (t) => {
    const store = opened()
    const before = state(store)
    t.true(query(store, sql).rows.length > 0)
    t.deepEqual(state(store), before)
    store.close()
  })
}

test("every check of snap's own reads and nothing else", (t) => {
  const store = openStoreForReading(file)
  scopeTo(store, 'none')
  t.notThrows(() => runChecks(store, 'none', loadChecks([])))
  store.close()
})
