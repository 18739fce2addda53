/** Whatever a snapshot holds in whatever field, each output stays what it is for its reader: a terminal, an XML, YAML, JSON or CSV parser, a browser. */

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { KINDS } from '../../src/ask/get/kinds.ts'
import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import { openStore } from '../../src/store/open.ts'
import { root, temporaryFolder } from '../support/cli.ts'
import { HOSTILE, withHostileTwins } from '../support/hostile.ts'
import { snapInside } from '../support/inside.ts'
import { sampleItems } from '../support/sample.ts'
import { memorySnapshot } from '../support/snapshot.ts'

const FIRST = '2026-11-22T12-00-00Z'
const TABLES = ['table', 'csv', 'tsv', 'json', 'jsonl', 'markdown']
const ROWS = ['table', 'csv', 'tsv', 'json', 'jsonl', 'markdown']

let folder: string
let store: string
test.before(async () => {
  folder = await temporaryFolder()
  store = join(folder, 'snap.db')
  const items = await sampleItems(FIRST)
  const open = openStore(store)
  for (const [hour, taken] of [
    ['12', items],
    ['13', withHostileTwins(items)],
    ['14', items]
  ] as const) {
    const at = `2026-11-22T${hour}:00:00.000Z`
    const facts = { cluster: { name: `lab${HOSTILE}`, uid: null }, tool: `snap${HOSTILE}`, startedAt: at, endedAt: at }
    await importSnapshot(open, memorySnapshot(facts, taken), new Date(at))
  }
  open.close()
  writeFileSync(join(folder, 'dump.txt'), DUMP)
})

const NAME = HOSTILE.replaceAll(/[\s"'\\]/g, '')
const DUMP = `*nat
:PREROUTING ACCEPT [0:0]
:${NAME} - [0:0]
-A PREROUTING -d 10.9.9.9/32 -p tcp -m comment --comment "${HOSTILE.replaceAll(/[\n\r"\\]/g, ' ')}" -m tcp --dport 80 -j ${NAME}
-A ${NAME} -p tcp -j DNAT --to-destination 10.1.1.1:80
COMMIT
`

/** What the output is said to be, by how it was asked for. */
type Reader = 'terminal' | 'csv' | 'tsv' | 'json' | 'jsonl' | 'yaml' | 'xml' | 'html' | 'github'

const readerOf = (output: string): Reader =>
  (({ junit: 'xml', svg: 'xml', sarif: 'json' }) as Record<string, Reader>)[output] ??
  (['csv', 'tsv', 'json', 'jsonl', 'yaml', 'html', 'github'].includes(output) ? (output as Reader) : 'terminal')

const LATER = '2026-11-22T13-00-00Z'
const each = (words: readonly string[], outputs: readonly string[]): [string[], Reader][] =>
  outputs.map((output) => [[...words, '-o', output], readerOf(output)])

const COMMANDS: [words: string[], reader: Reader][] = [
  ...KINDS.flatMap(({ name }) =>
    each(name === 'snapshots' ? ['get', name] : ['get', name, '-s', LATER], [...TABLES, 'wide', 'name', 'yaml'])
  ),
  ...each(['get', 'services', '-s', LATER], ['custom-columns=N:service,L:labels']),
  ...each(['check', '-s', LATER], [...TABLES, 'junit', 'sarif', 'prometheus', 'github']),
  ...each(['check', '-s', LATER, '--compare', FIRST], [...TABLES, 'junit', 'sarif', 'prometheus', 'github']),
  ...each(['diff', FIRST, LATER, '--rules'], [...TABLES, 'html']),
  ...each(['diff', LATER, FIRST], [...TABLES, 'html']),
  ...each(['log', 'node/kube-master'], TABLES),
  ...each(['log', 'service/demo/extip', '--rules'], TABLES),
  ...each(['blame', 'KUBE-SERVICES'], TABLES),
  ...each(['trace', 'service/demo/extip:http', '-s', LATER], ['text', 'json', 'mermaid', 'dot', 'svg']),
  ...each(['trace', 'http://kube-master:8087', '-s', LATER], ['text', 'json', 'mermaid', 'dot', 'svg']),
  ...each(['trace', '10.9.9.9:80', '--dump', 'DUMP'], ['text', 'json', 'mermaid', 'dot', 'svg']),
  ...each(['rules', '--dump', 'DUMP'], ROWS),
  ...each(['rules', '--node', 'kube-master', '-s', LATER], ROWS),
  ...each(['sql', 'select * from issues'], ROWS),
  ...each(
    [
      'sql',
      `select '${HOSTILE.replaceAll("'", "''").replace('\0', '')}' as "a${HOSTILE.replaceAll('"', '').replace('\0', '')}"`
    ],
    ROWS
  ),
  ...each(['flows', '-s', LATER], ROWS),
  ...each(['list'], ROWS),
  ...each(['checks'], ROWS),
  ...each(['schema', 'rules'], ROWS),
  ...each(['show', 'namespace', 'demo', '-s', LATER], ['table', 'json', 'yaml']),
  ...each(['show', 'service', 'demo/extip', '-s', LATER], ['table', 'json', 'yaml']),
  ...each(['show', 'node', 'kube-master', '-s', LATER], ['table', 'json', 'yaml']),
  ...each(['show', 'snapshot', LATER], ['table', 'json', 'yaml']),
  [['explain'], 'terminal'],
  [['fsck'], 'terminal']
]

/** Of the outputs that Python's readers are asked about, all at once. */
const forPython: [title: string, format: string, text: string][] = []

for (const [words, reader] of COMMANDS) {
  const title = words.map((word) => (word.startsWith('select ') ? word.slice(0, 12) : word)).join(' ')
  test.serial(`${title}`, async (t) => {
    const args = [...words.map((word) => (word === 'DUMP' ? join(folder, 'dump.txt') : word)), '--store', store]
    const { status, stdout, stderr } = await snapInside(args)
    t.true([0, 1, 3].includes(status), stderr)
    t.regex(
      stderr,
      /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*(\n[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*)*$/u,
      'what is told beside it'
    )
    t.is(unshown(stdout, reader), null)
    if (reader !== 'csv') t.notRegex(stdout, /^(ERROR {2})?FORGED/m, 'a line of its own')
    if (reader === 'html') t.notRegex(stdout, /<img|<\/script><img/)
    if (reader === 'github')
      for (const line of stdout.trimEnd().split('\n')) t.regex(line, /^::(error|warning|notice) title=[^:\n]*::/)
    if (reader === 'yaml') t.notThrows(() => parse(stdout))
    if (reader === 'jsonl') for (const line of stdout.trimEnd().split('\n')) t.notThrows(() => line && JSON.parse(line))
    if (reader === 'tsv')
      t.is(
        new Set(
          stdout
            .replace(/\n$/, '')
            .split('\n')
            .map((line) => line.split('\t').length)
        ).size,
        1
      )
    if (['csv', 'json', 'xml'].includes(reader)) forPython.push([title, reader, stdout])
  })
}

/** The first character that no reader of it should meet, where it stands. Readers of CSV and TSV split at TAB or take it for blank space. */
function unshown(text: string, reader: Reader): string | null {
  const allowed = reader === 'csv' || reader === 'tsv' ? '\n\t' : '\n'
  for (const { 0: character, index } of text.matchAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu))
    if (!allowed.includes(character))
      return `U+${character.codePointAt(0)!.toString(16)} in ${JSON.stringify(text.slice(Math.max(0, index - 60), index + 20))}`
  return null
}

test.serial('rules as iptables-save has them: its bytes for a program, visible ones for a terminal', async (t) => {
  const terminal = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY')
  Object.defineProperty(process.stdout, 'isTTY', { value: true, configurable: true })
  try {
    for (const which of [
      ['--dump', join(folder, 'dump.txt')],
      ['--node', 'kube-master', '-s', LATER, '--store', store]
    ]) {
      const { status, stdout, stderr } = await snapInside(['rules', ...which])
      t.is(status, 0, stderr)
      t.is(unshown(stdout, 'terminal'), null)
    }
  } finally {
    if (terminal) Object.defineProperty(process.stdout, 'isTTY', terminal)
    else Reflect.deleteProperty(process.stdout, 'isTTY')
  }
})

test.serial('colours add nothing but their own sequences', async (t) => {
  for (const words of [
    ['check', '-s', LATER],
    ['diff', FIRST, LATER, '--rules'],
    ['log', 'node/kube-master'],
    ['blame', 'KUBE-SERVICES']
  ]) {
    const plain = await snapInside([...words, '--store', store])
    const coloured = await snapInside([...words, '--store', store, '--color', 'always'])
    t.is(coloured.stdout.replaceAll(/\x1b\[\d{1,2}m/g, ''), plain.stdout)
  }
  await snapInside(['list', '--store', store, '--color', 'never'])
})

test.serial('one list is the same in JSON, JSON lines and YAML', async (t) => {
  const read = async (output: string) =>
    (await snapInside(['get', 'services', '-s', LATER, '-o', output, '--store', store])).stdout
  const json = JSON.parse(await read('json')) as object[]
  t.true(json.length > 6)
  t.true(JSON.stringify(json).includes('<img'))
  const same = JSON.stringify(json)
  // JSON has an escape for half of a surrogate pair, YAML none that readers take.
  t.is(JSON.stringify(parse(await read('yaml'))), same.replaceAll('\\ud800', '\ufffd'))
  t.is(
    JSON.stringify(
      (await read('jsonl'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    ),
    same
  )
})

test.serial('the page, and the lists of nodes in it that its script reads', async (t) => {
  const file = join(folder, 'page.html')
  const { status, stderr } = await snapInside(['report', '--html', file, '-s', LATER, '--store', store])
  t.is(status, 0, stderr)
  const page = readFileSync(file, 'utf8')
  const data = page.replaceAll(/<(script|style)\b[^>]*>[^]*?<\/\1>/g, '')
  t.is(unshown(data, 'html'), null)
  t.notRegex(data, /<img/)
  for (const [, nodes] of data.matchAll(/data-nodes="([^"]*)"/g))
    t.notThrows(
      () => JSON.parse(nodes!.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))),
      nodes
    )
})

test.serial('tables for an audit', async (t) => {
  const csv = join(folder, 'audit')
  const { status, stdout, stderr } = await snapInside(['report', '--csv', csv, '-s', LATER, '--store', store])
  t.is(status, 0, stderr)
  t.is(unshown(stdout, 'terminal'), null)
  for (const name of readdirSync(csv)) {
    const text = readFileSync(join(csv, name), 'utf8')
    t.is(unshown(text, 'csv'), null, name)
    forPython.push([name, 'csv', text])
  }
})

const hasPython = spawnSync('python3', ['--version']).status === 0
const withPython = hasPython ? test.serial : test.serial.skip
withPython("Python's readers of CSV, JSON and XML take all of them", (t) => {
  const { stdout, stderr } = spawnSync('python3', [join(root, 'test/support/readers.py')], {
    input: JSON.stringify(forPython.map(([, format, text]) => [format, text])),
    encoding: 'utf8',
    maxBuffer: 2 ** 28
  })
  t.is(stderr, '')
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { read?: unknown; error?: string })
  t.is(answers.length, forPython.length)
  answers.forEach(({ read, error }, at) => {
    const [title, format] = forPython[at]!
    t.is(error, undefined, title)
    if (format === 'csv')
      t.true(new Set((read as unknown[][]).map((row) => row.length)).size <= 1, `${title}: rows of one length`)
  })
})
