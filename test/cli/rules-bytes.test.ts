import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { root, temporaryFolder } from '../support/cli.ts'

/** Bytes in, bytes out: `rules -o save` into a file or a pipe is what iptables-save printed, whatever stands in a comment; a terminal sees escapes. */

const COMMENTS: readonly [string, Buffer][] = [
  ['Latin-1', Buffer.from('caf\xe9', 'latin1')],
  ['UTF-8', Buffer.from('café ☃')],
  ['UTF-8 that is cut', Buffer.from([0x61, 0xe2, 0x98])],
  ['a tab', Buffer.from('a\tb')],
  ['a carriage return', Buffer.from('a\rb')],
  ['a bell', Buffer.from('a\x07b')],
  ['an escape sequence', Buffer.from('a\x1b[31mb')],
  ['a blank without width', Buffer.from('a\u200bb')],
  ['a C1 control', Buffer.from([0x61, 0x9b, 0x62])]
]

const CONTENT = Buffer.concat([
  Buffer.from('*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n'),
  ...COMMENTS.flatMap(([, comment]) => [
    Buffer.from('-A INPUT -m comment --comment "x '),
    comment,
    Buffer.from(' y" -j ACCEPT\n')
  ]),
  Buffer.from('COMMIT\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n')
])
const FILE = join('d', 'iptables-save-node-a.txt')

let folder: string
test.before(async () => {
  folder = await temporaryFolder()
  mkdirSync(join(folder, 'd'))
  writeFileSync(join(folder, FILE), CONTENT)
})

const snapBytes = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'dist/bin/snap.js'), ...args], { cwd: folder }).stdout

const rulesOf = (bytes: Buffer) =>
  bytes
    .toString('latin1')
    .split('\n')
    .filter((line) => line.includes('-A INPUT'))

/** Each by what stands in its comment. */
const expected = COMMENTS.map(([what], index) => [what, rulesOf(CONTENT)[index]])
const printed = (bytes: Buffer) => COMMENTS.map(([what], index) => [what, rulesOf(bytes)[index]])

test('a dump comes back byte for byte', (t) => {
  t.deepEqual(printed(snapBytes('rules', '--dump', FILE, '-o', 'save')), expected)
})

test('from the store too', (t) => {
  snapBytes('import', 'd', '--at', '2026-11-22T10:00Z', '--store', 'snap.db')
  t.deepEqual(printed(snapBytes('rules', '--node', 'node-a', '--store', 'snap.db', '-o', 'save')), expected)
})

const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux')

const onTerminal = hasScript ? test : test.skip

onTerminal('towards a terminal what it would act on is escaped', (t) => {
  const command = `${process.execPath} ${join(root, 'dist/bin/snap.js')} rules --dump ${FILE} -o save`
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { cwd: folder })
  for (const [what, rule] of printed(stdout).filter(([what]) => /tab|return|bell|escape|width/.test(what!))) {
    t.regex(rule!.replace(/\r$/, ''), /^[\x20-\x7e]+ "x a\\\S+b y" -j ACCEPT$/, what)
  }
})
