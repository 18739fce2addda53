import { existsSync } from 'node:fs'
import { cp, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { loadSqlite } from '../../src/store/sqlite.ts'
import { importedSamples, root, snap, temporaryFolder } from '../support/cli.ts'

/** Bad input: one clear line, exit 2, and the store as it was. */

let folder: string
test.before(async () => {
  folder = await importedSamples()
  await writeFile(join(folder, 'there.tar.gz'), 'kept')
})

async function refused(t: ExecutionContext, args: readonly string[], says: RegExp, where = folder): Promise<void> {
  const before = await contents(where)
  const { status, stdout, stderr } = await snap(where, args)
  t.is(status, 2, stderr)
  t.is(stdout, '')
  t.regex(stderr, says)
  t.is(stderr.trimEnd().split('\n').length, 1, `one line: ${stderr}`)
  t.is(await contents(where), before, 'the store is as it was')
}

async function contents(where: string): Promise<string> {
  const { stdout } = await snap(where, [
    'sql',
    'select (select count(*) from _snapshot), (select count(*) from _rule), (select count(*) from _part)',
    '-o',
    'csv'
  ])
  return stdout
}

const day = join(root, 'snapshots', '2026-11-22T12-00-00Z')

async function damagedCopy(damage: (snapshot: string) => Promise<void>): Promise<string> {
  const copy = join(await temporaryFolder(), '2026-11-22T12-00-00Z')
  await cp(day, copy, { recursive: true })
  await damage(copy)
  return copy
}

test('a truncated dump', async (t) => {
  const copy = await damagedCopy((snapshot) => truncate(join(snapshot, 'nodes/kube-master/iptables-save.txt.gz'), 5000))
  await refused(t, ['import', copy, '--store', 'other.db'], /kube-master\/iptables-save\.txt\.gz/)
})

test('half JSON', async (t) => {
  const copy = await damagedCopy((snapshot) => truncate(join(snapshot, 'cluster/services.json'), 1000))
  await refused(t, ['import', copy, '--store', 'other.db'], /cluster\/services\.json/)
})

test('a half manifest', async (t) => {
  const copy = await damagedCopy((snapshot) => truncate(join(snapshot, 'manifest.json'), 1000))
  await refused(t, ['import', copy], /manifest/)
})

test('a folder that is no snapshot', async (t) => {
  await refused(t, ['import', await temporaryFolder()], /no snapshot|manifest\.json/)
})

test('a path that is not there', async (t) => {
  await refused(t, ['import', 'nowhere/2026-11-22T12-00-00Z'], /no such file or folder/)
})

test('a store that is not there, for a question', async (t) => {
  await refused(t, ['check', '--store', 'nothing.db'], /nothing\.db: no such store/)
})

test('a file that is not a database', async (t) => {
  const where = await temporaryFolder()
  await writeFile(join(where, 'text.db'), 'this is no database, but a text of more than a hundred bytes '.repeat(40))
  for (const args of [['list'], ['import', day]]) {
    const { status, stderr } = await snap(where, [...args, '--store', 'text.db'])
    t.is(status, 2)
    t.regex(stderr, /text\.db: is not a SQLite database/)
  }
  t.true((await readFile(join(where, 'text.db'), 'utf8')).startsWith('this is no database'))
})

test("another program's database", async (t) => {
  const where = await temporaryFolder()
  const database = new (loadSqlite())(join(where, 'other.db'))
  database.exec('CREATE TABLE t (x)')
  database.close()
  const { status, stderr } = await snap(where, ['import', day, '--store', 'other.db'])
  t.is(status, 2)
  t.regex(stderr, /not one of snap's/)
})

test('a database from a newer version', async (t) => {
  const where = await importedSamples()
  const database = new (loadSqlite())(join(where, 'snap.db'))
  database.pragma('user_version = 999')
  database.close()
  for (const args of [['list'], ['import', day]]) {
    const { status, stderr } = await snap(where, args)
    t.is(status, 2)
    t.regex(stderr, /written by a newer snap \(schema 999/)
  }
})

test('a database of a schema that no snap writes', async (t) => {
  for (const number of [0, -1, 3, -2147483648]) {
    const where = await importedSamples()
    const database = new (loadSqlite())(join(where, 'snap.db'))
    database.pragma(`user_version = ${number}`)
    database.close()
    for (const args of [['list'], ['import', day]]) {
      const { status, stderr } = await snap(where, args)
      t.is(status, 2, `${number}: ${stderr}`)
      t.regex(stderr, /^snap: snap\.db: .*schema/)
    }
  }
})

test('another snapshot of the same name', async (t) => {
  const copy = await damagedCopy(async (snapshot) => {
    const manifest = await readFile(join(snapshot, 'manifest.json'), 'utf8')
    await writeFile(join(snapshot, 'manifest.json'), manifest.replace('"tool": "snap 0.1.0"', '"tool": "snap 0.1.1"'))
  })
  await refused(t, ['import', copy], /already has another snapshot of 2026-11-22T12-00-00Z/)
})

test('a snapshot of another cluster', async (t) => {
  const copy = await damagedCopy(async (snapshot) => {
    const manifest = await readFile(join(snapshot, 'manifest.json'), 'utf8')
    await writeFile(
      join(snapshot, 'manifest.json'),
      manifest.replace('5bd8b5a0', '00000000').replace('"startedAt": "2026-11-22T12', '"startedAt": "2026-11-22T13')
    )
  })
  await refused(t, ['import', copy], /is of cluster k3s/)
})

const questions: [title: string, args: string[], says: RegExp][] = [
  [
    'an unknown node',
    ['trace', '10.43.99.34:8087', '--node', 'kube-worker9'],
    /no node kube-worker9 .* kube-master, kube-worker1, kube-worker2/
  ],
  [
    'a name that is no node',
    ['trace', 'http://nowhere:80'],
    /no node is named nowhere in this snapshot \(it names kube-master, kube-worker1, kube-worker2\)/
  ],
  ['a Service that is not there', ['trace', 'service/demo/nothing'], /no Service demo\/nothing/],
  ['a destination without port', ['trace', '10.43.99.34'], /needs a port: give 10\.43\.99\.34:PORT/],
  ['no snapshot for the phrase', ['check', '-s', '2026-11-20'], /2026-11-20.*nearest.*2026-11-22/],
  ['a phrase that is no time', ['check', '-s', 'whenever'], /whenever/],
  ['a check that is not there', ['check', 'SEP-STAEL'], /no check SEP-STAEL; did you mean SEP-STALE/],
  ['SQL that is wrong', ['sql', 'select nonsense from rules'], /no such column: nonsense/],
  ['SQL with a syntax error', ['sql', 'select * frm'], /^snap: sql: near "frm": syntax error\n$/],
  ['a PRAGMA', ['sql', 'pragma journal_mode=delete'], /a PRAGMA is not run; its table is/],
  ['a statement that is none', ['sql', '-- nothing'], /there is no statement to run/],
  ['two statements', ['sql', 'select 1; select 2'], /more than one statement; run them one by one/],
  ['another database', ['sql', 'attach "x.db" as x'], /ATTACH is not run/],
  [
    'a statement that writes',
    ['sql', 'with x as (select 1) insert into _snapshot (name) values (1) returning name'],
    /sql: /
  ],
  ['a statement file that is not there', ['sql', '--file', 'nosuch.sql'], /nosuch\.sql cannot be read/],
  [
    'two statements in two ways',
    ['sql', 'select 1', '--file', 'x.sql'],
    /give a statement, - for standard input, or --file/
  ],
  ['a date that is no path', ['check', '-s', '11/12/2026'], /can be read as two dates/],
  ['packing to another format', ['pack', day, 'x.zip'], /x\.zip is to be a \.tar\.gz; name it x\.tar\.gz/],
  ['packing over a file', ['pack', day, 'there.tar.gz'], /there\.tar\.gz is there already/],
  [
    'packing a day that is not there',
    ['pack', '2020-01-01', 'x.tar.gz', '--archive', join(root, 'snapshots')],
    /no snapshot on 2020-01-01; nearest: 2026-\S+ \(Sun/
  ],
  [
    'packing into a folder that is not there',
    ['pack', day, 'nosuch/x.tar.gz'],
    /nosuch\/\S+: no such file or directory \(open, ENOENT\)/
  ],
  ['a file that is no dump', ['rules', '--dump', '/etc/passwd'], /holds no table of iptables-save/],
  ['a table that is not there', ['schema', 'ruels'], /no table ruels; there are .*rules/],
  ['a command that is not there', ['chek'], /there is no command chek; did you mean check\?/],
  ['an option that is not there', ['check', '--snapshto', 'latest'], /snapshto.*did you mean --snapshot\?/]
]
for (const [title, args, says] of questions) test(title, (t) => refused(t, args, says))

test('a time zone that is none', async (t) => {
  for (const args of [
    ['check', '-s', 'yesterday'],
    ['prune', '--keep', '1 daily', '--dry-run']
  ]) {
    const { status, stderr } = await snap(folder, args, { TZ: 'Foo/Bar' })
    t.is(status, 2)
    t.is(stderr, 'snap: TZ: "Foo/Bar" is not a time zone; use a name like Europe/Berlin or UTC\n')
  }
  t.is((await snap(folder, ['sql', 'select 1'], { TZ: 'Foo/Bar' })).status, 0, 'where no time is asked for')
  t.is((await snap(folder, ['sql', 'select 1', '-s', '2026-11-22'], { TZ: '' })).status, 0, 'an empty TZ is UTC')
})

test('a full disk behind standard output', async (t) => {
  if (!existsSync('/dev/full')) return t.pass('this system has no /dev/full')
  const { execFile } = await import('node:child_process')
  const program = join(root, 'dist/bin/snap.js')
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(
      'sh',
      ['-c', 'exec "$0" "$1" list >/dev/full', process.execPath, program],
      { cwd: folder },
      (error, _, said) => resolve({ code: error?.code, stderr: said })
    )
  })
  t.is(code, 2)
  t.regex(stderr, /^snap: the output cannot be written: ENOSPC.*\n$/)
})

test('a file half of which is no dump: a few lines and a count', async (t) => {
  await writeFile(join(folder, 'half.txt'), `*nat\n:PREROUTING ACCEPT [0:0]\n${'nonsense\n'.repeat(30)}COMMIT\n`)
  const { status, stderr } = await snap(folder, ['rules', '--dump', 'half.txt'])
  t.is(status, 0)
  t.is(stderr.trimEnd().split('\n').length, 6)
  t.regex(stderr, /half\.txt: and 25 more lines that were not understood\n$/)
})
