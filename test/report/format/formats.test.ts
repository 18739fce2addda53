import test from 'ava'
import fc from 'fast-check'
import type { Rows } from '../../../src/report/format/cell.ts'
import { formats } from '../../../src/report/format/formats.ts'

const format = (name: string, rows: Rows, options?: { width?: number }) => formats.get(name)!(rows, options)

const SERVICES: Rows = {
  columns: ['service', 'port', 'node_port', 'selector'],
  rows: [
    ['traefik', 8087, 30158, { app: 'traefik' }],
    ['web', 80, null, ''], // node port unknown, selector known to be none
    ['?', 443, 0, null]
  ]
}

const EXPECTED: Record<string, string> = {
  table: [
    'service  port  node_port  selector',
    'traefik  8087      30158  {"app":"traefik"}',
    'web        80          ?',
    '"?"       443          0  ?',
    ''
  ].join('\n'),
  csv: [
    'service,port,node_port,selector',
    'traefik,8087,30158,"{""app"":""traefik""}"',
    'web,80,?,',
    '"""?""",443,0,?',
    ''
  ].join('\n'),
  tsv: [
    'service\tport\tnode_port\tselector',
    'traefik\t8087\t30158\t{"app":"traefik"}',
    'web\t80\t?\t',
    '"?"\t443\t0\t?',
    ''
  ].join('\n'),
  json: [
    '[',
    '{"service":"traefik","port":8087,"node_port":30158,"selector":{"app":"traefik"}},',
    '{"service":"web","port":80,"node_port":null,"selector":""},',
    '{"service":"?","port":443,"node_port":0,"selector":null}',
    ']',
    ''
  ].join('\n'),
  jsonl: [
    '{"service":"traefik","port":8087,"node_port":30158,"selector":{"app":"traefik"}}',
    '{"service":"web","port":80,"node_port":null,"selector":""}',
    '{"service":"?","port":443,"node_port":0,"selector":null}',
    ''
  ].join('\n'),
  markdown: [
    '| service | port | node_port | selector |',
    '| --- | --- | --- | --- |',
    '| traefik | 8087 | 30158 | {"app":"traefik"} |',
    '| web | 80 | ? |  |',
    '| "?" | 443 | 0 | ? |',
    ''
  ].join('\n')
}

for (const [name, expected] of Object.entries(EXPECTED)) {
  test(`${name}: unknown, empty, zero and a question mark are four things`, (t) =>
    t.is(format(name, SERVICES), expected))
}

test('every format is covered above', (t) => t.deepEqual([...formats.keys()], Object.keys(EXPECTED)))

const NONE: Record<string, string> = {
  table: 'a  b\n(no rows)\n',
  csv: 'a,b\n',
  tsv: 'a\tb\n',
  json: '[]\n',
  jsonl: '',
  markdown: '| a | b |\n| --- | --- |\n'
}

for (const [name, expected] of Object.entries(NONE)) {
  test(`${name}: no rows`, (t) => t.is(format(name, { columns: ['a', 'b'], rows: [] }), expected))
}

const one = (name: string, value: unknown) =>
  format(name, { columns: ['x'], rows: [[value]] })
    .split('\n')
    .slice(name === 'markdown' ? 2 : 1, -1)
    .join('\n')

const CELLS: [name: string, value: unknown, expected: string][] = [
  ['table', 'a\u001b[31mb\nc\td\r\u0085\u202e', 'a\\x1b[31mb\\nc\\td\\r\\x85\\u202e'],
  ['markdown', 'a\u001b[31mb\nc|d', '| a\\x1b\\[31mb\\nc\\|d |'],
  ['markdown', '<none> & `x` *y* a\\|b', '| \\<none\\> \\& \\`x\\` \\*y\\* a\\\\\\|b |'],
  ['markdown', 'node_port _x_', '| node_port \\_x\\_ |'],
  ['csv', 'two\nlines', '"two\nlines"'],
  ['csv', 'a,b "c"', '"a,b ""c"""'],
  ['csv', 'a\u001b[31mb', 'a\\x1b[31mb'],
  ['csv', '=1+1', "'=1+1"],
  ['csv', '+49', '+49'],
  ['csv', '+cmd', "'+cmd"],
  ['csv', '-1.5e3', '-1.5e3'],
  ['csv', -1, '-1'],
  ['csv', '-s 10.42.0.0/16 -j ACCEPT', "'-s 10.42.0.0/16 -j ACCEPT"],
  ['csv', '-1+cmd|x', "'-1+cmd|x"],
  ['csv', '@SUM(A1)', "'@SUM(A1)"],
  ['csv', '\tx', "'\tx"],
  ['csv', '\rx', '\\rx'],
  ['tsv', 'a\tb\\c\nd\u001b', 'a\\tb\\\\c\\nd\\x1b'],
  ['tsv', '-s 10.42.0.0/16', '-s 10.42.0.0/16'],
  ['table', 18446744073709551615n, '18446744073709551615'],
  ['table', ['a', 'b'], '["a","b"]'],
  ['table', true, 'true'],
  ['table', new Uint8Array([1, 255]), "x'01ff'"],
  ['table', new Date(0), '1970-01-01T00:00:00.000Z']
]

for (const [name, value, expected] of CELLS) {
  test(`${name} cell: ${expected}`, (t) => t.is(one(name, value).trimEnd(), expected))
}

test('a column name is a cell too', (t) => {
  t.is(format('csv', { columns: ['=cmd()'], rows: [] }), "'=cmd()\n")
  t.is(format('table', { columns: ['a\u001b'], rows: [] }), 'a\\x1b\n(no rows)\n')
})

test('JSON keeps every column, whatever its name, and order', (t) => {
  const rows = { columns: ['name', '1', '__proto__', 'name'], rows: [['a', 'b', 'c', 'd']] }
  t.is(format('jsonl', rows), '{"name":"a","1":"b","__proto__":"c","name_2":"d"}\n')
})

test('JSON shows a terminal no control character, and means the same', (t) => {
  const text = 'a\u001b\u009b\u202e\u2028"\\'
  const json = format('jsonl', { columns: ['x'], rows: [[text]] })
  t.notRegex(json.trimEnd(), /[\u0000-\u001f\u007f-\u009f\u202e\u2028]/)
  t.deepEqual(JSON.parse(json), { x: text })
})

test('JSON writes what it has no number for as text', (t) => {
  const json = format('jsonl', { columns: ['a', 'b', 'c'], rows: [[2n ** 64n - 1n, 7n, Infinity]] })
  t.is(json, '{"a":"18446744073709551615","b":7,"c":"Infinity"}\n')
})

const WIDE: Rows = {
  columns: ['ns', 'service', 'note'],
  rows: [
    ['traefik-ns', 'a-very-long-service-name', 'short'],
    ['demo', 'b', 'x'.repeat(30)]
  ]
}

test('only a terminal cuts, and the widest columns first', (t) => {
  t.is(
    format('table', WIDE, { width: 50 }),
    [
      'ns          service             note',
      'traefik-ns  a-very-long-servi…  short',
      'demo        b                   xxxxxxxxxxxxxxxxx…',
      ''
    ].join('\n')
  )
  t.true(format('table', WIDE).includes('x'.repeat(30)))
})

test('on a narrow terminal the name is what survives', (t) => {
  const columns = ['id', 'snapshot', 'cluster', 'items', 'failed', 'source']
  const table = format(
    'table',
    { columns, rows: [[2, '2026-11-23T12-00-00Z', 'kubernetes-at-home', 38, 1, 'snapshots/2026-11-23T12-00-00Z']] },
    { width: 50 }
  )
  t.deepEqual(
    table.split('\n').map((line) => line.length <= 50),
    [true, true, true]
  )
  t.regex(table, /^ 2 {2}2026-11-23T12-00-00Z {2}\S/m)
})

test('where many columns leave no room for a name, rows stand one below the other', (t) => {
  const columns = ['id', 'snapshot', 'cluster', 'items', 'failed', 'issues', 'pasted', 'source']
  const table = format(
    'table',
    {
      columns,
      rows: [
        [2, '2026-11-23T12-00-00Z', 'k3s', 38, 1, 1, 0, 'snapshots/2026-11-23T12-00-00Z'],
        [1, 'b', 'k3s', 38, 1, 1, 0, '']
      ]
    },
    { width: 36 }
  )
  t.deepEqual(table.split('\n').slice(0, 9), [
    'id        2',
    'snapshot  2026-11-23T12-00-00Z',
    'cluster   k3s',
    'items     38',
    'failed    1',
    'issues    1',
    'pasted    0',
    'source    snapshots/2026-11-23T12-0…',
    ''
  ])
})

test('no column is cut below what can be read while another can give', (t) => {
  const table = format(
    'table',
    { columns: ['a', 'b', 'c'], rows: [['x'.repeat(20), 'y'.repeat(20), 'z'.repeat(90)]] },
    { width: 50 }
  )
  t.is(table.split('\n')[1], `${'x'.repeat(20)}  ${'y'.repeat(12)}…  ${'z'.repeat(12)}…`)
})

test('a table fits its terminal, and is not cut where it fits', (t) => {
  const cell = fc.string({ maxLength: 40 }).map((text) => text.replace(/[^ -~]|\?/g, 'x'))
  const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(table, fc.integer({ min: 16, max: 140 }), (rows, width) => {
      const data = { columns: ['a', 'b', 'c'], rows }
      const needs = [0, 1, 2].reduce((sum, index) => sum + Math.max(1, ...rows.map((row) => row[index]!.length)), 4)
      const cut = format('table', data, { width })
      t.true(Math.max(...cut.split('\n').map((line) => line.length)) <= width)
      t.is(cut === format('table', data), needs <= width)
      t.is(cut.includes('…'), needs > width)
    })
  )
})
