import { answerOf, signature, type TraceAnswer } from './answer.ts'
import type { NodeTrace, Trace } from './trace.ts'

/**
 * What `snap trace -o json` prints, an object always: the answer that most nodes give, which nodes they are, and the
 * answers of the others. docs/trace.md is the contract.
 */
export interface TraceDocument extends TraceAnswer {
  /** The other nodes, or destinations, with the same answer. */
  readonly sameFor: readonly Entry[]
  /** Answers that differ from this one. */
  readonly others: readonly (TraceAnswer & { readonly sameFor: readonly Entry[] })[]
  /** Where nothing can be followed: why. */
  readonly remark?: string
}

/** One of several ways into the cluster. */
export interface Entry {
  readonly node: string | null
  readonly from: string
  readonly destination: string
}

export function documentOf(trace: Trace): TraceDocument {
  const [first, ...others] = alike(trace.nodes).map(groupAnswer)
  if (first) return { ...first, others }
  const { asked, protocol, remark } = trace
  return {
    destination: asked,
    protocol,
    from: '',
    node: null,
    outcomes: [],
    steps: [],
    sameFor: [],
    others: [],
    ...(remark !== undefined && { remark })
  }
}

/** Nodes that do the same with the packet, the many first. */
export function alike(nodes: readonly NodeTrace[]): NodeTrace[][] {
  const groups = new Map<string, NodeTrace[]>()
  for (const each of nodes) {
    const key = signature(each)
    const group = groups.get(key)
    if (group) group.push(each)
    else groups.set(key, [each])
  }
  return [...groups.values()].sort((a, b) => b.length - a.length)
}

function groupAnswer([first, ...rest]: readonly NodeTrace[]): TraceAnswer & { sameFor: Entry[] } {
  return {
    ...answerOf(first!),
    sameFor: rest.map(answerOf).map(({ node, from, destination }) => ({ node, from, destination }))
  }
}
