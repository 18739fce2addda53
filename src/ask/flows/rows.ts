import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'
import { destinationOf, type PatternRow, Patterns } from './patterns.ts'

export interface FlowRows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
  /** Why there may be less than there is in the cluster. */
  readonly remarks: readonly string[]
}

const FRONTEND = ['namespace', 'service', 'port_name', 'protocol', 'kind', 'address', 'port']
const FLOW = ['sender', 'destinations', 'share', 'verdict', 'masqueraded', 'condition', 'why']

/**
 * The matrix of the snapshot that the store is scoped to and filled for. Flows that differ only in where they lead are
 * one row, with the nodes where they are so; `share` is that of each destination.
 * Throws: UserError for a node or Service that is not in the snapshot.
 */
export function flowRows(store: Store, { node, service }: { node?: string; service?: string }): FlowRows {
  const [, namespace, name] = /^(?:([^/]+)\/)?([^/]+)$/.exec(service ?? '') ?? []
  if (node !== undefined)
    requireAny(store, 'SELECT 1 FROM nodes WHERE node = ?', [node], `flows: no node ${node} in this snapshot`)
  if (service !== undefined) {
    const where = 'SELECT 1 FROM services WHERE service = ? AND namespace = coalesce(?, namespace)'
    requireAny(
      store,
      where,
      [name, namespace ?? null],
      `flows: no Service ${service} in this snapshot; give NAMESPACE/NAME`
    )
  }
  const frontends = store
    .prepare(
      `SELECT id, ${FRONTEND.join(', ')} FROM _flow_frontend WHERE service = coalesce(?, service) AND namespace = coalesce(?, namespace) ORDER BY id`
    )
    .raw()
    .all(name ?? null, namespace ?? null) as [number, ...unknown[]][]
  const [holdingOf, said] = [holdings(store, node), new Classes(store)]
  const of = store
    .prepare(
      'SELECT o.computation, o.class, l.list FROM _flow_of o LEFT JOIN _flow_addresses l ON l.id = o.addresses WHERE o.frontend = ? ORDER BY o.computation'
    )
    .raw()
  const rows = frontends.flatMap(([id, ...frontend]) => {
    const computed = of.all(id) as [computation: number, id: number, addresses: string | null][]
    return rowsOf(
      frontend,
      computed.map(([computation, ...flows]) => ({ flows: said.of(...flows), holding: holdingOf(computation, id) }))
    )
  })
  return {
    columns: ['family', ...FRONTEND, ...FLOW, 'nodes'],
    rows,
    remarks: [...withoutFrontend(service, frontends.length), ...remarks(store)]
  }
}

/** Without a row nothing else would tell a Service that has no address of one whose addresses are unknown. */
function withoutFrontend(service: string | undefined, frontends: number): string[] {
  return service === undefined || frontends > 0
    ? []
    : [
        `no address and port of Service ${service} is in this snapshot: it is headless, an ExternalName, or they are unknown ("snap show service/${service}" tells)`
      ]
}

/** A line of the matrix without its nodes: the columns of FLOW. */
type FlowCells = readonly unknown[]

/** What classes of frontends have for flows. */
class Classes {
  private readonly classes = new Map<number, { sender: string; places: PatternRow[]; rest: unknown[] }[]>()
  private readonly patterns: Patterns

  constructor(store: Store) {
    this.patterns = new Patterns(store)
  }

  of(id: number, list: string | null): FlowCells[] {
    let flows = this.classes.get(id)
    if (!flows) this.classes.set(id, (flows = together(this.patterns.of(id))))
    const addresses = JSON.parse(list ?? '[]') as string[]
    return flows.map(({ sender, places, rest }) => {
      const destinations = places.map((place) => destinationOf(place, addresses))
      return [sender, destinations[0] === null ? null : destinations.join(' '), ...rest]
    })
  }
}

/** Equal but for the destination: together. */
function together(patterns: readonly PatternRow[]): { sender: string; places: PatternRow[]; rest: unknown[] }[] {
  const flows = new Map<string, { sender: string; places: PatternRow[]; rest: unknown[] }>()
  for (const pattern of patterns) {
    const { sender, destination, share, verdict, masqueraded, condition, why } = pattern
    // kube-proxy writes its chances with eleven digits: of ten endpoints no two have quite the same.
    const rest = [Number(share.toFixed(9)), verdict, masqueraded, condition, why]
    const key = JSON.stringify([sender, destination === null, ...rest])
    const known = flows.get(key)
    if (known) known.places.push(pattern)
    else flows.set(key, { sender, places: [pattern], rest })
  }
  return [...flows.values()]
}

/** The nodes where what was computed of a frontend holds; a computation is of one family. */
export interface Holding {
  readonly family: string
  readonly nodes: readonly { readonly id: number; readonly name: string }[]
}

/** Equal flows of several computations are one row. */
function rowsOf(
  frontend: readonly unknown[],
  computed: readonly { flows: readonly FlowCells[]; holding: Holding | undefined }[]
): unknown[][] {
  const grouped = new Map<string, { family: string; flow: FlowCells; names: string[] }>()
  for (const { flows, holding } of computed) {
    if (!holding) continue
    const names = holding.nodes.map(({ name }) => name)
    for (const flow of flows) {
      const key = flow.join('\0') + holding.family
      const known = grouped.get(key)
      if (known) known.names.push(...names)
      else grouped.set(key, { family: holding.family, flow, names: [...names] })
    }
  }
  return [...grouped.values()].map(({ family, flow, names }) => [family, ...frontend, ...flow, names.sort().join(' ')])
}

/** Which nodes each computation holds for, frontend by frontend; `only`: of one node. */
export function holdings(
  store: Store,
  only: string | undefined
): (computation: number, frontend: number) => Holding | undefined {
  const held = store
    .prepare(
      'SELECT h.computation, n.family, n.id, n.node AS name FROM _flow_holds h JOIN _flow_node n ON n.id = h.node WHERE n.node = coalesce(?, n.node)'
    )
    .all(only ?? null) as { computation: number; family: string; id: number; name: string }[]
  const except = new Set(
    (store.prepare('SELECT computation, frontend, node FROM _flow_except').raw().all() as number[][]).map((key) =>
      key.join(' ')
    )
  )
  const all = new Map<number, { family: string; nodes: { id: number; name: string }[] }>()
  for (const { computation, family, id, name } of held) {
    const known = all.get(computation) ?? { family, nodes: [] }
    all.set(computation, known)
    known.nodes.push({ id, name })
  }
  return (computation, frontend) => {
    const holding = all.get(computation)
    if (!holding || except.size === 0) return holding
    const nodes = holding.nodes.filter(({ id }) => !except.has(`${computation} ${frontend} ${id}`))
    return nodes.length === 0 ? undefined : { ...holding, nodes }
  }
}

function requireAny(store: Store, sql: string, values: readonly unknown[], message: string): void {
  if (!store.prepare(sql).get(...values)) throw new UserError(message)
}

function remarks(store: Store): string[] {
  const services = store.prepare("SELECT status, detail FROM coverage WHERE subject = 'services'").get() as
    | { status: string; detail: string | null }
    | undefined
  if (!services) return ['this snapshot has no list of Services: their flows are not known']
  if (services.status === 'complete') return []
  return [
    `the list of Services is ${services.status}${services.detail ? ` (${services.detail})` : ''}: the flows of others are not known`
  ]
}
