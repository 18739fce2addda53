import test from 'ava'
import type { CheckResult } from '../../../src/ask/check/finding.ts'
import { type Cell, matrixOf } from '../../../src/report/findings/matrix.ts'
import { matrixText } from '../../../src/report/findings/matrix-text.ts'

function result(code: string, nodes: readonly (string | null)[], gaps: readonly string[] = []): CheckResult {
  const check = {
    code,
    severity: 'error',
    title: '',
    explanation: '',
    fix: '',
    needs: [],
    causes: [],
    source: '',
    sql: '',
    file: ''
  } as CheckResult['check']
  return {
    check,
    findings: nodes.map((node) => ({
      code,
      severity: 'error',
      object: 'x',
      node,
      message: '',
      unsure: '',
      evidence: {}
    })),
    explained: [],
    gaps: gaps.map((subject) => ({ subject, reason: '', ...nodeOf(subject) }))
  }
}

/** `rules of n2 (IPv6)`. */
function nodeOf(subject: string): { node?: string } {
  const node = /^rules of (\S+)/.exec(subject)?.[1]
  return node === undefined ? {} : { node }
}

const told = (cell: Cell) => (cell.state === 'found' ? `${cell.findings}` : cell.state)

function rows(results: readonly CheckResult[], nodes: readonly string[], about: readonly string[]): string[] {
  const { cluster, columns } = matrixOf(results, nodes, new Set(about))
  return [
    `cluster: ${cluster.map(told).join(' ')}`,
    ...columns.map((column) => `${column.nodes.join()}: ${column.cells.map(told).join(' ')}`)
  ]
}

test('a node is found, clean or not seen, and never clean where a check does not look at nodes', (t) => {
  t.deepEqual(
    rows(
      [
        result('A', ['n1', 'n1', null]),
        result('B', [], ['rules of n2 (IPv6)']),
        result('C', [], ['sockets of 3 of 4 endpoint pods']),
        result('D', [])
      ],
      ['n1', 'n2'],
      ['A', 'B', 'C']
    ),
    ['cluster: 3 not-seen not-seen clean', 'n1: 2 clean not-seen no-node', 'n2: clean not-seen not-seen no-node']
  )
})

test('a thousand nodes that are alike are one column, and the odd one stands out', (t) => {
  const nodes = Array.from({ length: 1000 }, (_, index) => `n${index}`)
  const { columns } = matrixOf([result('A', ['n7'])], nodes, new Set(['A']))
  t.deepEqual(
    columns.map((column) => [column.nodes.length, told(column.cells[0]!)]),
    [
      [999, 'clean'],
      [1, '1']
    ]
  )
})

test('a node that only a finding names is among the nodes', (t) => {
  t.deepEqual(rows([result('A', ['gone'])], ['n1'], ['A']), ['cluster: 1', 'n1: clean', 'gone: 1'])
})

function lines(results: readonly CheckResult[], nodes: readonly string[], width = 100): string[] {
  const text = matrixText(results, { nodes, aboutNodes: new Set(results.map(({ check }) => check.code)) }, width)
  return text === '' ? [] : text.split('\n').filter((line) => line.startsWith('  '))
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `node-${index}`)

test('terminal: found, clean and not seen, the node with the most findings first, and only checks that found something on a node', (t) => {
  const results = [
    result('SEP-STALE', ['n2', 'n2', 'n2']),
    result('QUIET', []),
    result('CLUSTER', [null]),
    result('NODE-DRIFT', ['n1'], ['rules of n3'])
  ]
  t.deepEqual(lines(results, ['n1', 'n2', 'n3', 'n4']), [
    '      SEP-STALE  NODE-DRIFT',
    '  n2  3          clean',
    '  n1  clean      1',
    '  n3  clean      not seen',
    '  n4  clean      clean'
  ])
})

for (const { name, results, nodes } of [
  { name: 'one node', results: [result('A', ['n1'])], nodes: ['n1'] },
  {
    name: 'no finding on a node',
    results: [result('A', [null]), result('B', [], ['rules of n1'])],
    nodes: ['n1', 'n2']
  },
  { name: 'the same on all nodes', results: [result('A', ['n1', 'n2'])], nodes: ['n1', 'n2'] }
]) {
  test(`terminal: nothing for ${name}`, (t) => t.deepEqual(lines(results, nodes), []))
}

test('terminal: of a thousand nodes the odd ones, and the rest in one line', (t) => {
  t.deepEqual(lines([result('SEP-STALE', ['node-7'])], numbered(1000)), [
    '                        SEP-STALE',
    '  node-7                1',
    '  node-0 and 998 alike  clean'
  ])
})

test('terminal: too many odd ones are counted, and those without findings still told', (t) => {
  const odd = numbered(30).flatMap((node, index) => Array.from({ length: index + 1 }, () => node))
  const told = lines([result('SEP-STALE', odd)], numbered(1000))
  t.is(told.length, 1 + 12 + 1)
  t.deepEqual(
    [told[1], ...told.slice(-2)],
    ['  node-29                30', '  node-30 and 969 alike  clean', '  … and 19 nodes more, unlike these']
  )
})

test('terminal: never wider than it, and what is left out is counted', (t) => {
  const results = numbered(9).map((_, index) => result(`LONG-CHECK-CODE-${index}`, ['n1']))
  for (const width of [60, 80, 100]) {
    const told = lines(results, ['n1', 'n2'], width)
    t.true(told.every(({ length }) => length <= width))
    t.is(told.at(-1), `  … and ${9 - told[0]!.match(/LONG/g)!.length} checks more`)
  }
  t.deepEqual(lines(results, ['n1', 'n'.repeat(63)], 60), [])
})
