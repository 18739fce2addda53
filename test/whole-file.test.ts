/** A file is whole or as it was: no space, a limit, a folder that is not there, a device, a link. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import { UserError } from '../src/problem.ts'
import { writeWhole } from '../src/whole-file.ts'
import { root, temporaryFolder } from './support/cli.ts'

test('written, with its mode, over what was there', async (t) => {
  const file = join(await temporaryFolder(), 'page.html')
  for (const content of ['old', 'new, and longer']) {
    writeWhole(file, content, 0o600)
    t.is(readFileSync(file, 'utf8'), content)
  }
  t.is(statSync(file).mode & 0o777, 0o600)
})

test('a link of that name is replaced, not followed', async (t) => {
  const folder = await temporaryFolder()
  writeFileSync(join(folder, 'other'), 'kept')
  symlinkSync(join(folder, 'other'), join(folder, 'page.html'))
  writeWhole(join(folder, 'page.html'), 'page', 0o600)
  t.true(lstatSync(join(folder, 'page.html')).isFile())
  t.is(readFileSync(join(folder, 'other'), 'utf8'), 'kept')
})

test('what cannot be written is named, and nothing is left', async (t) => {
  const folder = await temporaryFolder()
  mkdirSync(join(folder, 'taken'))
  for (const name of ['nosuch/page.html', 'taken', '/dev/null', `${'x'.repeat(300)}.html`]) {
    const file = name.startsWith('/') ? name : join(folder, name)
    const error = t.throws(() => writeWhole(file, 'page', 0o600), { instanceOf: UserError })
    t.true(error.message.startsWith(`${file}: cannot be written: `), error.message)
  }
  t.deepEqual(readdirSync(folder), ['taken'])
  t.true(existsSync('/dev/null') && lstatSync('/dev/null').isCharacterDevice())
})

test('a limit that is met half-way leaves the old file, and no other', async (t) => {
  const folder = await temporaryFolder()
  const file = join(folder, 'page.html')
  writeFileSync(file, 'old')
  const module = pathToFileURL(join(root, 'dist/src/whole-file.js')).href
  const script = `import(${JSON.stringify(module)}).then(({ writeWhole }) => writeWhole(process.argv[1], 'x'.repeat(1e6))).catch((error) => { console.error(error.message); process.exit(2) })`
  // SIGXFSZ ignored, the limit is an error of write(2) as a full disk is.
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', `trap '' XFSZ; ulimit -f 64; exec "$0" -e "$1" "$2"`, process.execPath, script, file],
    {
      encoding: 'utf8'
    }
  )
  t.is(status, 2)
  t.regex(stderr, /page\.html: cannot be written: EFBIG/)
  t.is(readFileSync(file, 'utf8'), 'old')
  t.deepEqual(readdirSync(folder), ['page.html'])
})
