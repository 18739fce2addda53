import { type Deviation, deviations, type Observed } from '../../model/intent/compare.ts'
import type { Intended, Sender } from '../../model/intent/intent.ts'
import { inNetwork, parseAddress, parseNetwork } from '../../model/packet/address.ts'
import type { Store } from '../../store/open.ts'
import type { Frontend } from '../flows/frontend.ts'
import { destinationOf, type PatternRow, Patterns } from '../flows/patterns.ts'
import { Balancers } from './balancers.ts'
import type { FilledNode } from './filled-node.ts'
import type { FrontendIds } from './frontend-ids.ts'
import { InFlux } from './in-flux.ts'
import { type Intents, SENDERS } from './intents.ts'

/** What was computed of a frontend. */
interface FrontendFlows {
  readonly computation: number
  readonly frontend: number
  readonly patterns: readonly PatternRow[]
  /** Of the frontend, as its patterns name them. */
  readonly addresses: readonly string[]
  /** Equal for computations that say the same of the frontend. */
  readonly said: string
}

/** Compares each computed flow with what is meant, once for nodes that share both. The tables of flows are filled. */
export function deviate(
  store: Store,
  snapshot: string,
  intents: Intents,
  nodes: readonly FilledNode[],
  ids: FrontendIds
): void {
  const comparison = new Comparison(store, intents, ids, new Balancers(store, snapshot))
  const frontends = flowFrontends(store)
  const holding = new Holding(store, snapshot, nodes)
  for (const flows of computed(store, snapshot)) {
    const holders = holding.of(flows.computation, flows.frontend)
    if (holders.length > 0) comparison.compare(flows, frontends.get(flows.frontend)!, holders)
  }
}

function flowFrontends(store: Store): Map<number, Frontend> {
  const rows = store
    .prepare('SELECT id, namespace, service, port_name AS portName, protocol, kind, address, port FROM _flow_frontend')
    .all() as (Frontend & { id: number })[]
  return new Map(rows.map((row) => [row.id, row]))
}

/** Frontend by frontend: the flows of all at once are a million. */
function* computed(store: Store, snapshot: string): Generator<FrontendFlows> {
  const computations = store
    .prepare(
      'SELECT DISTINCT h.computation FROM _flow_holds h JOIN _flow_node n ON n.id = h.node WHERE n.snapshot = ? ORDER BY 1'
    )
    .pluck()
    .all(snapshot) as number[]
  const patterns = new Patterns(store)
  const lists = new Map(
    (store.prepare('SELECT id, list FROM _flow_addresses').raw().all() as [number, string][]).map(([id, list]) => [
      id,
      JSON.parse(list) as string[]
    ])
  )
  const frontends = store
    .prepare('SELECT frontend, class, addresses FROM _flow_of WHERE computation = ? ORDER BY frontend')
    .raw()
  for (const computation of computations) {
    for (const [frontend, of, list] of frontends.all(computation) as [number, number, number | null][]) {
      const addresses = list === null ? [] : lists.get(list)!
      yield { computation, frontend, patterns: patterns.of(of), addresses, said: `${frontend} ${of} ${list}` }
    }
  }
}

/** For which nodes a computation holds. Of a node without kube-proxy's rules nothing can be asked. */
class Holding {
  private readonly nodes = new Map<number, FilledNode[]>()
  private readonly except: ReadonlySet<string>

  constructor(store: Store, snapshot: string, filled: readonly FilledNode[]) {
    const byName = new Map(
      filled.filter(({ proxy }) => proxy.mode === 'iptables').map((node) => [`${node.place.node} ${node.family}`, node])
    )
    const rows = store
      .prepare(
        `SELECT h.computation, n.node || ' ' || iif(n.family = 'ipv6', 6, 4) FROM _flow_holds h JOIN _flow_node n ON n.id = h.node WHERE n.snapshot = ?`
      )
      .raw()
      .all(snapshot) as [number, string][]
    for (const [computation, name] of rows) {
      const node = byName.get(name)
      if (node) this.nodes.set(computation, [...(this.nodes.get(computation) ?? []), node])
    }
    const except = store
      .prepare(
        'SELECT e.computation, e.frontend, n.node, n.family FROM _flow_except e JOIN _flow_node n ON n.id = e.node'
      )
      .raw()
      .all() as [number, number, string, string][]
    this.except = new Set(
      except.map(
        ([computation, frontend, node, family]) => `${computation} ${frontend} ${node} ${family === 'ipv6' ? 6 : 4}`
      )
    )
  }

  of(computation: number, frontend: number): FilledNode[] {
    const nodes = this.nodes.get(computation) ?? []
    return this.except.size === 0
      ? nodes
      : nodes.filter(({ place, family }) => !this.except.has(`${computation} ${frontend} ${place.node} ${family}`))
  }
}

class Comparison {
  private readonly intents: Intents
  private readonly ids: FrontendIds
  private readonly flux: InFlux
  private readonly balancers: Balancers
  private readonly insert: (...values: unknown[]) => void
  /** What was found right, and is so for every node of the same likeness: nodes with rules of their own still do most alike. */
  private readonly right = new Set<string>()

  constructor(store: Store, intents: Intents, ids: FrontendIds, balancers: Balancers) {
    this.balancers = balancers
    this.intents = intents
    this.ids = ids
    this.flux = new InFlux(store, intents)
    const statement = store.prepare('INSERT INTO _deviation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.insert = (...values) => void statement.run(...values)
  }

  compare(flows: FrontendFlows, frontend: Frontend, holders: readonly FilledNode[]): void {
    const own = frontend.address === '' || this.intents.isOwn(frontend, holders[0]!.family)
    const groups = new Map<string, FilledNode[]>()
    for (const node of holders) {
      const key = own ? String(node.id) : node.likeness
      groups.set(key, [...(groups.get(key) ?? []), node])
    }
    for (const [likeness, nodes] of groups) {
      const alike =
        own || this.isBalanced(flows) || nodes.some((node) => concerns(node, flows))
          ? undefined
          : `${flows.said} ${likeness}`
      if (alike !== undefined && this.right.has(alike)) continue
      const isRight = SENDERS.map((sender) => this.isRightFrom(sender, flows, frontend, nodes))
      if (alike !== undefined && !isRight.includes(false)) this.right.add(alike)
    }
  }

  /** What a svclb pod sends on is its node's own affair. */
  private isBalanced({ patterns, addresses }: FrontendFlows): boolean {
    return patterns.some((pattern) => {
      const destination = destinationOf(pattern, addresses)
      return destination !== null && this.balancers.mayGoOn(addressOf(destination))
    })
  }

  /** Writes down what is not. */
  private isRightFrom(
    sender: Sender,
    { patterns, addresses }: FrontendFlows,
    frontend: Frontend,
    nodes: readonly FilledNode[]
  ): boolean {
    const [node] = nodes as [FilledNode]
    const asked = `${bracketed(frontend.address || (node.address ?? ''))}:${frontend.port}`
    const ended = patterns
      .filter((pattern) => pattern.sender === sender)
      .map((pattern) => observedAt(node, pattern, addresses))
    const observed = this.balancers.through(node.place.node, frontend, ended)
    if (observed.length === 0) return true
    const intents = this.intents.of(node, frontend, sender)
    const found = deviations(observed, intents, asked).filter((each) => !isOfTheNetwork(each, sender, node))
    for (const each of found.length === 0 ? [] : nodes) {
      const flux = this.flux.explains(found, { observed, asked, node: each, frontend, sender })
      for (const deviation of found) this.add(each, frontend, sender, deviation, intents, flux)
    }
    return found.length === 0
  }

  private add(
    node: FilledNode,
    frontend: Frontend,
    sender: Sender,
    { kind, what, share, condition }: Deviation,
    intents: readonly Intended[],
    flux: boolean
  ): void {
    this.insert(
      node.id,
      this.ids.of(frontend),
      sender,
      kind,
      JSON.stringify(what),
      share,
      expected(intents),
      condition,
      Number(flux),
      this.flux.unsure(node, intents)
    )
  }
}

/** Whether an address that the packets are sent to is the node's own, or a sender's. */
function concerns(node: FilledNode, { patterns, addresses }: FrontendFlows): boolean {
  const isIts = (address: string): boolean => SENDERS.some((sender) => isOwnAffair(address, sender, node))
  return (
    addresses.some((each) => isIts(unbracketed(each))) ||
    patterns.some(
      ({ address, destination }) => address === null && destination !== null && isIts(addressOf(destination))
    )
  )
}

function observedAt(node: FilledNode, pattern: PatternRow, addresses: readonly string[]): Observed {
  const { share, verdict, masqueraded, condition, why } = pattern
  const destination = destinationOf(pattern, addresses)
  const isOwn = destination !== null && isOwnAffair(addressOf(destination), pattern.sender, node)
  return {
    destination,
    share,
    verdict,
    masqueraded: masqueraded === null || isOwn ? null : masqueraded === 1,
    condition,
    why
  }
}

/** A packet for the node itself passes no POSTROUTING, and one that comes back to its sender is always masqueraded. */
function isOwnAffair(address: string, sender: Sender, { own, senders }: FilledNode): boolean {
  return own.has(address) || senders[sender] === address
}

/** What a pod sends out of the pod network a CNI plugin masquerades, rightly. */
function isOfTheNetwork(
  { kind, what }: Deviation,
  sender: Sender,
  {
    proxy: {
      settings: { podNetwork }
    }
  }: FilledNode
): boolean {
  const network = parseNetwork(podNetwork)
  const inside = (destination: string): boolean => {
    const address = parseAddress(addressOf(destination))
    return address !== undefined && network !== undefined && inNetwork(address, network)
  }
  return kind === 'needless' && sender === 'pod' && !what.some(inside)
}

/** Of `10.42.1.3:8080` or `[fd00::3]:8080`. */
function addressOf(destination: string): string {
  return unbracketed(destination.slice(0, destination.lastIndexOf(':')))
}

function unbracketed(address: string): string {
  return address.startsWith('[') ? address.slice(1, -1) : address
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

function expected(intents: readonly Intended[]): string {
  return [
    ...new Set(intents.map(({ verdict, destinations }) => (verdict === 'accepted' ? destinations.join(' ') : verdict)))
  ].join(', or ')
}
