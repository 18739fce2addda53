import type { CheckResult } from '../../ask/check/finding.ts'

/**
 * found      so many findings
 * clean      none, and the check saw all it needs
 * not-seen   none, but it could not see everything there
 * no-node    the check never names a node
 */
export type Cell =
  | { readonly state: 'found'; readonly findings: number }
  | { readonly state: 'clean' | 'not-seen' | 'no-node' }

/** Nodes on which every check came to the same. */
export interface Column {
  readonly nodes: readonly string[]
  readonly cells: readonly Cell[]
}

export interface Matrix {
  /** Of the whole cluster, one a check: all of its findings. */
  readonly cluster: readonly Cell[]
  readonly columns: readonly Column[]
}

/** Nodes × checks in three values; of a thousand nodes the few that differ are columns of their own. */
export function matrixOf(
  results: readonly CheckResult[],
  known: readonly string[],
  aboutNodes: ReadonlySet<string>
): Matrix {
  // A node may be gone, and its pods still be there.
  const nodes = [
    ...new Set([...known, ...results.flatMap(({ findings }) => findings.flatMap(({ node }) => node ?? []))])
  ]
  const alike = new Map<string, { nodes: string[]; cells: readonly Cell[] }>()
  const counted = results.map(({ findings }) => countByNode(findings))
  const gaps = results.map(({ gaps: its }) => nodesOfGaps(its))
  for (const node of nodes) {
    const cells = results.map(({ check }, index): Cell => {
      const findings = counted[index]!.get(node) ?? 0
      if (findings > 0) return { state: 'found', findings }
      if (!aboutNodes.has(check.code)) return { state: 'no-node' }
      return { state: gaps[index]!(node) ? 'not-seen' : 'clean' }
    })
    const key = JSON.stringify(cells)
    const column = alike.get(key) ?? { nodes: [], cells }
    column.nodes.push(node)
    alike.set(key, column)
  }
  const cluster = results.map(
    ({ findings, gaps: its }): Cell =>
      findings.length > 0
        ? { state: 'found', findings: findings.length }
        : { state: its.length > 0 ? 'not-seen' : 'clean' }
  )
  return { cluster, columns: [...alike.values()] }
}

function countByNode(findings: CheckResult['findings']): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { node } of findings) if (node !== null) counts.set(node, (counts.get(node) ?? 0) + 1)
  return counts
}

/** One that names no node may be any node's. */
function nodesOfGaps(gaps: CheckResult['gaps']): (node: string) => boolean {
  return (node) => gaps.some((gap) => gap.node === undefined || gap.node === node)
}
