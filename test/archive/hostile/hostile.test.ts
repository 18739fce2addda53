import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { root, snap, temporaryFolder } from '../../support/cli.ts'
import { GOOD, HOSTILE } from './cases.ts'

const file = (index: number): string => `${String(index).padStart(3, '0')}.tar.gz`
const listing = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

test('each hostile archive is refused in one line that names it and the entry, nothing is written, the store is as it was', async (t) => {
  t.true(HOSTILE.length > 100, `${HOSTILE.length} archives`)
  const folder = await temporaryFolder()
  const temporary = join(folder, 'tmp')
  const work = join(folder, 'a/b/c')
  for (const made of [temporary, work]) mkdirSync(made, { recursive: true })
  HOSTILE.forEach(({ file: content }, index) => writeFileSync(join(work, file(index)), content))
  writeFileSync(join(work, 'good.tar.gz'), GOOD)
  const env = { TMPDIR: temporary, NODE_OPTIONS: '--max-old-space-size=96' }
  const imported = await snap(work, ['import', 'good.tar.gz'], env)
  t.is(imported.status, 0, imported.stderr)
  const [before, store] = [listing(folder), digest(join(work, 'snap.db'))]

  const { status, stdout, stderr } = await snap(work, ['import', ...HOSTILE.map((_, index) => file(index))], env)
  t.is(status, 2, stderr)
  t.is(stdout, '')
  const lines = stderr.trimEnd().split('\n')
  t.is(lines.length, HOSTILE.length, stderr)
  for (const [index, { title, says }] of HOSTILE.entries()) {
    const line = lines[index] ?? ''
    t.true(line.startsWith(`snap: ${file(index)}: `), `${title}: ${line}`)
    t.regex(line, says, title)
    t.notRegex(line, /[\p{Cc}\p{Cf}]/u, title)
    t.true(line.length < 800, title)
  }
  t.deepEqual(listing(folder), before, 'nothing was written anywhere')
  t.is(digest(join(work, 'snap.db')), store)
})

test('alone each is exit 2, one line', async (t) => {
  const folder = await temporaryFolder()
  for (const index of [0, 30, 60, 90]) {
    const { file: content, says } = HOSTILE[index]!
    writeFileSync(join(folder, 'x.tar.gz'), content)
    const { status, stderr } = await snap(folder, ['import', 'x.tar.gz'])
    t.is(status, 2, stderr)
    t.regex(stderr, says)
    t.is(stderr.trimEnd().split('\n').length, 1)
  }
  t.deepEqual(readdirSync(folder), ['x.tar.gz'], 'not even an empty store')
})

test('the sample snapshots pass the same bounds', async (t) => {
  const folder = await temporaryFolder()
  const { status, stderr } = await snap(folder, ['import', '--archive', join(root, 'snapshots')])
  t.is(status, 0, stderr)
})
