import { execFileSync, spawnSync } from 'node:child_process'
import { chmod, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { importedSamples, root } from '../support/cli.ts'

/** A store in a folder where the asking user may not write: another user's, or one that is mounted read-only. */

const program = join(root, 'dist/bin/snap.js')
const isRoot = process.getuid?.() === 0
/** root may write anywhere, so it asks as nobody, who must be able to read the program. */
const asNobody = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
const canAsk =
  process.platform !== 'win32' &&
  spawnSync([...asNobody, process.execPath][0]!, [...asNobody, process.execPath, program, '--version'].slice(1))
    .status === 0
const test = (canAsk ? anyTest.serial : anyTest.serial.skip) as TestFn

let folder: string
if (canAsk)
  anyTest.before(async () => {
    folder = await importedSamples()
    await chmod(join(folder, 'snap.db'), 0o644)
    await chmod(folder, 0o555)
  })
anyTest.after.always(async () => {
  if (folder) await chmod(folder, 0o755)
})

function ask(...args: string[]) {
  const [command, ...rest] = [...asNobody, process.execPath, program, ...args, '--store', join(folder, 'snap.db')]
  const { status, stdout, stderr } = spawnSync(command!, rest, { cwd: '/', encoding: 'utf8', maxBuffer: 2 ** 26 })
  return { status, stdout, stderr }
}

test('questions are answered, and nothing is written beside the store', async (t) => {
  const before = (await stat(join(folder, 'snap.db'))).mtimeMs
  const { status, stdout, stderr } = ask('list', '-o', 'csv')
  t.is(status, 0, stderr)
  t.is(stdout.split('\n').length, 4)
  t.is(ask('sql', 'select count(distinct snapshot) as n from rules', '-o', 'csv').stdout, 'n\n2\n')
  t.regex(ask('check', 'NODE-DRIFT').stdout, /11 errors/)
  t.is((await stat(join(folder, 'snap.db'))).mtimeMs, before)
  t.is(execFileSync('ls', [folder], { encoding: 'utf8' }), 'snap.db\n')
})

test('a store that nobody may write is read as well', async (t) => {
  await chmod(join(folder, 'snap.db'), 0o444)
  const { status, stdout, stderr } = ask('list', '-o', 'csv')
  await chmod(join(folder, 'snap.db'), 0o644)
  t.is(status, 0, stderr)
  t.is(stdout.split('\n').length, 4)
})

test('what would write says that it cannot', (t) => {
  const { status, stderr } = ask('prune', '--keep', '1 daily', '--archive', '/nosuch')
  t.is(status, 2)
  t.regex(stderr, /^snap: the store: attempt to write a readonly database \(SQLITE_READONLY\w*\)\n$/)
})

test('what the file does not hold yet is not passed over', async (t) => {
  await chmod(folder, 0o755)
  await writeFile(join(folder, 'snap.db-wal'), 'x'.repeat(5000), { mode: 0o000 })
  await chmod(folder, 0o555)
  const { status, stderr } = ask('list')
  t.is(status, 2)
  t.regex(stderr, /snap\.db: is being written, or has changes in .*-wal that this user may not read/)
  await chmod(folder, 0o755)
  await chmod(join(folder, 'snap.db-wal'), 0o644)
  await truncate(join(folder, 'snap.db-wal'), 0)
})
