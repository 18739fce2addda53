import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'

export interface FlowRows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
  /** Why there may be less than there is in the cluster. */
  readonly remarks: readonly string[]
}

const FRONT = ['namespace', 'service', 'port_name', 'protocol', 'kind', 'address', 'port']
const FLOW = ['sender', 'destination', 'share', 'verdict', 'masqueraded', 'condition', 'why']

/**
 * The matrix of the snapshot that the store is scoped to and filled for: a flow is one row, with the nodes where it is so.
 * Throws: UserError for a node or Service that is not in the snapshot.
 */
export function flowRows(store: Store, { node, service }: { node?: string; service?: string }): FlowRows {
  const [, namespace, name] = /^(?:([^/]+)\/)?([^/]+)$/.exec(service ?? '') ?? []
  if (node !== undefined) requireAny(store, 'SELECT 1 FROM nodes WHERE node = ?', [node], `flows: no node ${node} in this snapshot`)
  if (service !== undefined) {
    const where = 'SELECT 1 FROM services WHERE service = ? AND namespace = coalesce(?, namespace)'
    requireAny(store, where, [name, namespace ?? null], `flows: no Service ${service} in this snapshot; give NAMESPACE/NAME`)
  }
  const fronts = store.prepare(
    `SELECT id, ${FRONT.join(', ')} FROM _flow_front WHERE service = coalesce(?, service) AND namespace = coalesce(?, namespace) ORDER BY id`
  ).raw().all(name ?? null, namespace ?? null) as [number, ...unknown[]][]
  const holdingOf = holdings(store, node)
  const flows = store.prepare(`SELECT computation, ${FLOW.join(', ')} FROM _flow WHERE front = ? ORDER BY computation, sender`).raw()
  const rows = fronts.flatMap(([id, ...front]) => rowsOf(front, flows.all(id) as [number, ...unknown[]][], (computation) => holdingOf(computation, id)))
  return { columns: ['family', ...FRONT, ...FLOW, 'nodes'], rows, remarks: remarks(store) }
}

/** The nodes where what was computed of a front holds; a computation is of one family. */
export interface Holding {
  readonly family: string
  readonly nodes: readonly { readonly id: number; readonly name: string }[]
}

/** Equal flows of several computations are one row. */
function rowsOf(front: readonly unknown[], flows: readonly [number, ...unknown[]][], holdingOf: (computation: number) => Holding | undefined): unknown[][] {
  const grouped = new Map<string, { family: string; flow: readonly unknown[]; names: string[] }>()
  for (const [computation, ...flow] of flows) {
    const holding = holdingOf(computation)
    if (!holding) continue
    const key = flow.join('\0') + holding.family
    const names = holding.nodes.map(({ name }) => name)
    const known = grouped.get(key)
    if (known) known.names.push(...names)
    else grouped.set(key, { family: holding.family, flow, names })
  }
  return [...grouped.values()].map(({ family, flow, names }) => [family, ...front, ...flow, names.sort().join(' ')])
}

/** Which nodes each computation holds for, front by front; `only`: of one node. */
export function holdings(store: Store, only: string | undefined): (computation: number, front: number) => Holding | undefined {
  const held = store.prepare(
    'SELECT h.computation, n.family, n.id, n.node AS name FROM _flow_holds h JOIN _flow_node n ON n.id = h.node WHERE n.node = coalesce(?, n.node)'
  ).all(only ?? null) as { computation: number; family: string; id: number; name: string }[]
  const except = new Set((store.prepare('SELECT computation, front, node FROM _flow_except').raw().all() as number[][]).map((key) => key.join(' ')))
  const all = new Map<number, { family: string; nodes: { id: number; name: string }[] }>()
  for (const { computation, family, id, name } of held) {
    const known = all.get(computation) ?? { family, nodes: [] }
    all.set(computation, known)
    known.nodes.push({ id, name })
  }
  return (computation, front) => {
    const holding = all.get(computation)
    if (!holding || except.size === 0) return holding
    const nodes = holding.nodes.filter(({ id }) => !except.has(`${computation} ${front} ${id}`))
    return nodes.length === 0 ? undefined : { ...holding, nodes }
  }
}

function requireAny(store: Store, sql: string, values: readonly unknown[], message: string): void {
  if (!store.prepare(sql).get(...values)) throw new UserError(message)
}

function remarks(store: Store): string[] {
  const services = store.prepare("SELECT status, detail FROM coverage WHERE subject = 'services'").get() as { status: string; detail: string | null } | undefined
  if (!services) return ['this snapshot has no list of Services: their flows are not known']
  if (services.status === 'complete') return []
  return [`the list of Services is ${services.status}${services.detail ? ` (${services.detail})` : ''}: the flows of others are not known`]
}
