import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import test from 'ava'
import { inputStream, readInput } from '../src/input-file.ts'
import { importedSamples, snap } from './support/cli.ts'

let folder: string
const server = createServer().unref()
test.before(async () => {
  folder = await importedSamples()
  execFileSync('mkfifo', [join(folder, 'fifo')])
  server.listen(join(folder, 'socket'))
  await once(server, 'listening')
})
test.after.always(() => server.close())

test('what is no file is refused before it is opened', (t) => {
  for (const [name, kind] of [
    ['fifo', 'a FIFO'],
    ['socket', 'a socket'],
    ['/dev/zero', 'a device'],
    ['.', 'a folder']
  ] as const) {
    const path = name.startsWith('/') ? name : join(folder, name)
    t.throws(() => readInput(path), { message: `it is ${kind}, not a file` })
    t.throws(() => inputStream(path), { message: `it is ${kind}, not a file` })
  }
})

/** Every option and argument that names a file to be read. */
const READERS: Readonly<Record<string, (file: string) => readonly string[]>> = {
  'import --text': (file) => ['import', '--text', file],
  'trace --dump': (file) => ['trace', '10.43.0.1:80', '--dump', file],
  'trace --ip6-dump': (file) => ['trace', '10.43.0.1:80', '--ip6-dump', file],
  'trace --batch': (file) => ['trace', '--batch', file],
  'rules --dump': (file) => ['rules', '--dump', file],
  'check --suppress': (file) => ['check', '--suppress', file],
  'check --baseline': (file) => ['check', '--baseline', file],
  '--config': (file) => ['check', '--config', file]
}

for (const [reader, command] of Object.entries(READERS))
  test(`${reader} names a FIFO and does not wait for it`, async (t) => {
    const { status, stderr } = await snap(folder, command('fifo'))
    t.is(status, 2, stderr)
    t.regex(stderr, /fifo.*it is a FIFO, not a file/)
  })

test('a FIFO in place of a snapshot, or within a folder of checks, of a snapshot or of dumps', async (t) => {
  for (const name of ['checks', 'snapshot', 'dumps']) mkdirSync(join(folder, name))
  execFileSync('mkfifo', [
    join(folder, 'checks', 'a.sql'),
    join(folder, 'snapshot', 'manifest.json'),
    join(folder, 'dumps', 'node-a-iptables-save.txt')
  ])
  t.is((await snap(folder, ['import', 'fifo'])).status, 2)
  t.is((await snap(folder, ['check', '--checks', 'checks'])).status, 2)
  t.is((await snap(folder, ['import', 'snapshot'])).status, 2)
  t.is((await snap(folder, ['import', 'dumps'])).status, 2)
})

test('a pipe of the shell and standard input are read', (t) => {
  const dump = join(folder, 'dump')
  writeFileSync(dump, '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n')
  const program = join(import.meta.dirname, '../bin/snap.js')
  for (const shell of [`"$0" "$1" rules --dump <(cat ${dump})`, `cat ${dump} | "$0" "$1" rules --dump /dev/stdin`])
    t.true(execFileSync('bash', ['-c', shell, process.execPath, program], { encoding: 'utf8' }).includes('*nat'), shell)
})
