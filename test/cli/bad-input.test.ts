import test, { type ExecutionContext } from 'ava'
import { cp, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadSqlite } from '../../src/store/sqlite.ts'
import { importedSamples, root, snap, temporaryFolder } from '../support/cli.ts'

/** Bad input: one clear line, exit 2, and the store as it was. */

let folder: string
test.before(async () => {
  folder = await importedSamples()
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
  const { stdout } = await snap(where, ['sql', 'select (select count(*) from _snapshot), (select count(*) from _rule), (select count(*) from _part)', '-o', 'csv'])
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

test('another program\'s database', async (t) => {
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
    await writeFile(join(snapshot, 'manifest.json'), manifest.replace('5bd8b5a0', '00000000').replace('"startedAt": "2026-11-22T12', '"startedAt": "2026-11-22T13'))
  })
  await refused(t, ['import', copy], /is of cluster k3s/)
})

const questions: [title: string, args: string[], says: RegExp][] = [
  ['an unknown node', ['trace', '10.43.99.34:8087', '--node', 'kube-worker9'], /no node kube-worker9 .* kube-master, kube-worker1, kube-worker2/],
  ['a name that is no node', ['trace', 'http://nowhere:80'], /no node or Service is named nowhere/],
  ['a Service that is not there', ['trace', 'service/demo/nothing'], /no Service demo\/nothing/],
  ['a destination without port', ['trace', '10.43.99.34'], /no destination/],
  ['no snapshot for the phrase', ['check', '-s', '2026-11-20'], /2026-11-20.*nearest.*2026-11-22/],
  ['a phrase that is no time', ['check', '-s', 'whenever'], /whenever/],
  ['a check that is not there', ['check', 'SEP-STAEL'], /no check SEP-STAEL; did you mean SEP-STALE/],
  ['SQL that is wrong', ['sql', 'select nonsense from rules'], /no such column: nonsense/],
  ['a table that is not there', ['schema', 'ruels'], /no table ruels; there are .*rules/],
  ['a command that is not there', ['chek'], /there is no command chek; did you mean check\?/],
  ['an option that is not there', ['check', '--snapshto', 'latest'], /snapshto.*did you mean --snapshot\?/]
]
for (const [title, args, says] of questions) test(title, (t) => refused(t, args, says))
