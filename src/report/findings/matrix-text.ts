import type { CheckResult } from '../../ask/check/finding.ts'
import { plural } from '../diff/words.ts'
import { visible } from '../format/cell.ts'
import { formatTable } from '../format/table.ts'
import { wrap } from '../format/wrap.ts'
import { type Cell, type Column, matrixOf } from './matrix.ts'

/** The nodes that a matrix is about. */
export interface MatrixNodes {
  readonly nodes: readonly string[]
  /** Codes of the checks whose findings name a node. */
  readonly aboutNodes: ReadonlySet<string>
}

/** So many nodes, or groups of them, are lines of their own; the rest is counted. */
const LINES = 12

/**
 * Checks that found something on nodes, by node, in words and numbers: a line for nodes that are alike, those with the most findings first.
 * A terminal has more lines than columns, so nodes go down. '' where it would tell nothing: nodes that are all alike, or one.
 */
export function matrixText(results: readonly CheckResult[], { nodes, aboutNodes }: MatrixNodes, width: number): string {
  const found = results.filter(({ findings }) => findings.some(({ node }) => node !== null))
  const groups = matrixOf(found, nodes, aboutNodes).columns.toSorted((a, b) => count(b) - count(a))
  if (groups.length < 2) return ''
  const shown = groups.length > LINES ? [...groups.slice(0, LINES - 1), groups.at(-1)!] : groups
  const heads = shown.map(headOf)
  const fitting = checksThatFit(found, width - INDENT.length - Math.max(...heads.map(({ length }) => length)))
  if (fitting === 0) return ''
  const table = formatTable({
    columns: ['', ...found.slice(0, fitting).map(({ check }) => check.code)],
    rows: shown.map(({ cells }, index) => [heads[index]!, ...cells.slice(0, fitting).map(said)])
  })
  const left = [
    ...(groups.length > shown.length
      ? [`${plural(sum(groups.slice(LINES - 1, -1).map((group) => group.nodes.length)), 'node')} more, unlike these`]
      : []),
    ...(fitting < found.length ? [`${plural(found.length - fitting, 'check')} more`] : [])
  ]
  const lines = [
    ...wrap(TITLE, width),
    ...table
      .trimEnd()
      .split('\n')
      .map((line) => INDENT + line),
    ...left.map((line) => `${INDENT}… and ${line}`)
  ]
  return lines.join('\n')
}

/** What stood in another snapshot, is suppressed or is told with its cause has no finding here, so clean says no more than this. */
const TITLE = 'BY NODE  How many findings; clean: all was seen, and none above names the node'

const INDENT = '  '
const GAP = 2

function headOf({ nodes }: Column): string {
  return visible(nodes.length === 1 ? nodes[0]! : `${nodes[0]} and ${nodes.length - 1} alike`)
}

function said(cell: Cell): string {
  return cell.state === 'found' ? String(cell.findings) : cell.state.replace('-', ' ')
}

function count({ cells }: Column): number {
  return sum(cells.map((cell) => (cell.state === 'found' ? cell.findings : 0)))
}

function checksThatFit(checks: readonly CheckResult[], room: number): number {
  const ends = checks.map((_, last) =>
    sum(checks.slice(0, last + 1).map(({ check }) => GAP + Math.max(check.code.length, 'not seen'.length)))
  )
  return ends.filter((end) => end <= room).length
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
