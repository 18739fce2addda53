import test from 'ava'
import type { CheckResult } from '../../../src/ask/check/run.ts'
import { matrixOf, type Cell } from '../../../src/report/html/matrix.ts'

function result(code: string, nodes: readonly (string | null)[], gaps: readonly string[] = []): CheckResult {
  const check = { code, severity: 'error', title: '', explanation: '', fix: '', needs: [], causes: [], source: '', sql: '', file: '' } as CheckResult['check']
  return { check, findings: nodes.map((node) => ({ code, severity: 'error', object: 'x', node, message: '', unsure: '', evidence: {} })), gaps: gaps.map((subject) => ({ subject, reason: '' })) }
}

const told = (cell: Cell) => (cell.state === 'found' ? `${cell.findings}` : cell.state)

function rows(results: readonly CheckResult[], nodes: readonly string[], about: readonly string[]): string[] {
  const { cluster, columns } = matrixOf(results, nodes, new Set(about))
  return [`cluster: ${cluster.map(told).join(' ')}`, ...columns.map((column) => `${column.nodes.join()}: ${column.cells.map(told).join(' ')}`)]
}

test('a node is found, clean or not seen, and never clean where a check does not look at nodes', (t) => {
  t.deepEqual(rows([result('A', ['n1', 'n1', null]), result('B', [], ['rules of n2 (IPv6)']), result('C', [], ['sockets of 3 of 4 endpoint pods']), result('D', [])], ['n1', 'n2'], ['A', 'B', 'C']), [
    'cluster: 3 not-seen not-seen clean', 'n1: 2 clean not-seen no-node', 'n2: clean not-seen not-seen no-node'
  ])
})

test('a thousand nodes that are alike are one column, and the odd one stands out', (t) => {
  const nodes = Array.from({ length: 1000 }, (_, index) => `n${index}`)
  const { columns } = matrixOf([result('A', ['n7'])], nodes, new Set(['A']))
  t.deepEqual(columns.map((column) => [column.nodes.length, told(column.cells[0]!)]), [[999, 'clean'], [1, '1']])
})
