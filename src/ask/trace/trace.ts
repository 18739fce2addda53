import { isIPv6 } from 'node:net'
import type { Family, Packet } from '../../model/packet/packet.ts'
import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'
import { Cluster } from './cluster.ts'
import { type Destination, parseDestination, type TransportProtocol } from './destination.ts'
import { beyond } from './ingress.ts'
import { ownSource } from './own-source.ts'
import { RulesSource } from './rules-source.ts'
import { namedSender, type Sender, usualSender } from './sender.ts'
import { findTargets, type Target } from './target.ts'
import { type Way, walk } from './walk.ts'

export interface TraceRequest {
  readonly destination: string
  readonly protocol?: TransportProtocol
  /** `pod/NS/NAME`, `node/NAME`, an address or `external`; who would usually send there without. */
  readonly from?: string
  /** The node the packet enters; without, the one the address belongs to, or each. */
  readonly node?: string
  /** The interface it comes in by; without, the one the routes name, if they are known. */
  readonly inInterface?: string
}

/** What happens to the packet on one node it may enter. */
export interface NodeTrace {
  /** Null for a dump whose node has no name. */
  readonly node: string | null
  readonly sender: Sender
  readonly target: Target
  readonly ways: readonly Way[]
}

export interface Trace {
  readonly asked: string
  readonly protocol: TransportProtocol
  /** A sentence where there is nothing to follow: ExternalName, headless. */
  readonly remark?: string
  readonly nodes: readonly NodeTrace[]
}

/** Answers one request after the other. Throws: UserError for words without meaning there. */
export type Tracer = (request: TraceRequest) => Trace

/** Traces packets in the one snapshot that the store is scoped to; what one packet made it read serves the next. */
export function snapshotTracer(cluster: Cluster, rules: RulesSource): Tracer {
  return (request) => {
    const asked = request.destination
    const protocol = request.protocol ?? 'tcp'
    const wanted = parseDestination(asked, protocol)
    const targets = findTargets(cluster, wanted, request.from)
    if (typeof targets === 'string') return { asked, protocol, remark: targets, nodes: [] }
    return {
      asked,
      protocol,
      nodes: targets
        .flatMap((target) => traceTarget(cluster, rules, target, request))
        .map((node) => onward(cluster, node, wanted))
    }
  }
}

/** One packet in the one snapshot that the store is scoped to. Throws as the tracer does. */
export function trace(store: Store, snapshot: string, request: TraceRequest): Trace {
  return snapshotTracer(new Cluster(store), new RulesSource(store, snapshot))(request)
}

export function familyOf({ target }: Pick<NodeTrace, 'target'>): Family {
  return familyAt(target)
}

function familyAt({ address }: Target): Family {
  return isIPv6(address) ? 6 : 4
}

function traceTarget(cluster: Cluster, rules: RulesSource, target: Target, request: TraceRequest): NodeTrace[] {
  const family = familyAt(target)
  const named = request.from === undefined ? undefined : namedSender(cluster, request.from, family)
  refuseLoopback(target, request.from)
  return entryNodes(cluster, target, request, named).map((node) => {
    const sender = named ? sendingTo(cluster, named, target, family) : usualSender(cluster, target, node, family)
    const packet: Packet = {
      protocol: target.protocol,
      destination: target.address,
      destinationPort: target.port,
      ...(sender.address !== undefined && { source: sender.address }),
      ...(request.inInterface !== undefined && { inInterface: request.inInterface })
    }
    const ways = walk(cluster, rules, {
      node,
      packet,
      family,
      ...(target.ofNode === node && { ownAddress: target.address })
    })
    return {
      node,
      sender,
      target,
      ways: ways.map((way) => ({ ...way, assumptions: [...target.assumptions, ...way.assumptions] }))
    }
  })
}

/** A node that is named sends from the address that its route to the destination has. */
function sendingTo(cluster: Cluster, sender: Sender, { address }: Target, family: Family): Sender {
  if (sender.name !== `node ${sender.node}` || sender.address === undefined) return sender
  return { ...sender, address: ownSource(cluster, sender.node!, family, address, sender.address) }
}

/** A kernel drops what comes to it from elsewhere for a loopback address (a martian): only the node itself sends there. */
function refuseLoopback({ address }: Target, from: string | undefined): void {
  if ((address === '::1' || /^127\./.test(address)) && !from?.startsWith('node/')) {
    throw new UserError(
      `trace: ${address} is loopback: a kernel drops what comes for it from elsewhere; give --from node/NAME for what the node sends itself`
    )
  }
}

/** From an ingress controller on, the request is sent by its own rules. */
function onward(cluster: Cluster, node: NodeTrace, { url, protocol }: Destination): NodeTrace {
  const ways = node.ways.map((way): Way => {
    const { verdict, pod, address } = way.arrival
    if (pod === undefined || address === null || (verdict !== 'delivered' && verdict !== 'accepted')) return way
    const further = beyond(cluster, address, { ...(url && { url }), protocol, seenSource: way.seenSource })
    return further ? { ...way, beyond: further } : way
  })
  return { ...node, ways }
}

function entryNodes(cluster: Cluster, target: Target, { node }: TraceRequest, sender: Sender | undefined): string[] {
  const nodes = cluster.nodes()
  if (node !== undefined && !nodes.includes(node)) {
    throw new UserError(`trace: no node ${node} in this snapshot; there are ${nodes.join(', ') || 'none'}`)
  }
  const entered = node ?? sender?.node ?? target.ofNode ?? cluster.nodeOf(target.address)
  if (entered !== undefined) return [entered]
  if (nodes.length === 0) throw new UserError('trace: this snapshot names no nodes')
  return nodes
}
