import type { EndpointMark, JudgedEndpoint } from './judge.ts'

/** A line of the picture: one endpoint, or many of a node that are alike. */
export interface Row {
  readonly endpoints: readonly JudgedEndpoint[]
  readonly mark: EndpointMark
}

/** The endpoints of one node; null where no object or pod tells the node. */
export interface NodeGroup {
  readonly node: string | null
  readonly rows: readonly Row[]
}

/** Above this many endpoints, those of a node that are alike are drawn as one. */
const ALONE = 30

export function nodeGroups(endpoints: readonly JudgedEndpoint[]): NodeGroup[] {
  const groups = new Map<string | null, JudgedEndpoint[]>()
  for (const each of endpoints) {
    const node = each.endpoint.node || null
    groups.set(node, [...(groups.get(node) ?? []), each])
  }
  const named = [...groups].sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1))
  return named.map(([node, its]) => ({
    node,
    rows: endpoints.length <= ALONE ? its.map((each) => ({ endpoints: [each], mark: each.mark })) : alikeRows(its)
  }))
}

function alikeRows(endpoints: readonly JudgedEndpoint[]): Row[] {
  const rows = new Map<string, JudgedEndpoint[]>()
  for (const each of endpoints) {
    const key = JSON.stringify([each.mark, each.reachedOn, each.missingOn])
    rows.set(key, [...(rows.get(key) ?? []), each])
  }
  return [...rows.values()].map((its) => ({ endpoints: its, mark: its[0]!.mark }))
}
