import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { UserError } from '../../src/problem.ts'
import { latestVersion } from '../../src/store/migrate.ts'
import { openStore, openStoreForReading } from '../../src/store/open.ts'
import { loadSqlite } from '../../src/store/sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'snap-open-'))
let number = 0
const file = () => join(folder, `${number++}.db`)

test('a new store is of the latest schema, readable by its owner only, and its tables are strict', (t) => {
  const path = file()
  const store = openStore(path)
  t.is(store.pragma('user_version', { simple: true }), latestVersion())
  t.is(store.pragma('journal_mode', { simple: true }), 'wal')
  t.is(store.pragma('foreign_keys', { simple: true }), 1)
  t.is(statSync(path).mode & 0o777, 0o600)
  const loose = store
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT GLOB 'sqlite_*'"
    )
    .pluck()
    .all()
  t.deepEqual(loose, [])
  store.close()
})

const REFUSED: readonly [what: string, make: (path: string) => void, message: RegExp][] = [
  [
    'a text file',
    (path) => writeFileSync(path, 'no database, but long enough to be looked at as one'.repeat(40)),
    /is not a SQLite database/
  ],
  [
    "another program's database",
    (path) => new (loadSqlite())(path).exec('CREATE TABLE t (x)').close(),
    /not one of snap's/
  ],
  [
    'a database with another application id',
    (path) => {
      const other = new (loadSqlite())(path)
      other.pragma('application_id = 7')
      other.pragma('user_version = 1')
      other.close()
    },
    /not one of snap's/
  ],
  [
    "a newer snap's store",
    (path) => {
      const store = openStore(path)
      store.pragma(`user_version = ${latestVersion() + 3}`)
      store.close()
    },
    new RegExp(`written by a newer snap \\(schema ${latestVersion() + 3}, this one knows up to ${latestVersion()}\\)`)
  ],
  ...[0, -1, -2147483648].map((version): (typeof REFUSED)[number] => [
    `a store that says it is of schema ${version}`,
    (path) => {
      const store = openStore(path)
      store.pragma(`user_version = ${version}`)
      store.close()
    },
    new RegExp(`is damaged: it says that it is of schema ${version}, which is none`)
  ]),
  [
    'a store whose schema cannot be read',
    (path) => {
      const store = openStore(path)
      store.unsafeMode()
      store.exec("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE x' WHERE name = '_item'")
      store.close()
    },
    /is damaged: malformed database schema/
  ],
  [
    'half of a store',
    (path) => {
      openStore(path).close()
      truncateSync(path, 50_000)
    },
    /is damaged: /
  ]
]

for (const [what, make, message] of REFUSED) {
  test(`${what} is refused and not touched`, (t) => {
    const path = file()
    make(path)
    const before = readFileSync(path)
    for (const open of [openStore, openStoreForReading]) t.throws(() => open(path), { instanceOf: UserError, message })
    t.true(readFileSync(path).equals(before))
  })
}

for (const [what, make, message] of [
  ['a folder', mkdirSync, /it is a folder, not a file; name a file with --store/],
  ['a pipe', (path) => execFileSync('mkfifo', [path]), /it is a FIFO, not a file; name a file with --store/],
  ['a device', (path) => symlinkSync('/dev/zero', path), /it is a device, not a file; name a file with --store/]
] as [string, (path: string) => unknown, RegExp][]) {
  test(`${what} is refused at once`, (t) => {
    const path = file()
    make(path)
    for (const open of [openStore, openStoreForReading]) t.throws(() => open(path), { instanceOf: UserError, message })
  })
}

test('a store without a name is none', (t) => {
  t.throws(() => openStore(''), { instanceOf: UserError, message: /has no name/ })
})

test('a store that is not there is not made by reading', (t) => {
  t.throws(() => openStoreForReading(file()), { instanceOf: UserError, message: /no such store/ })
})

test('a store that is only read cannot be written', (t) => {
  const path = file()
  openStore(path).close()
  const store = openStoreForReading(path)
  t.throws(() => store.exec('DELETE FROM _snapshot'), { any: true, code: 'SQLITE_READONLY' })
  store.close()
})
