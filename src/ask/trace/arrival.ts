import type { PacketAfter, Verdict } from '../../model/packet/outcome.ts'
import type { Cluster, PodAddress } from './cluster.ts'

/** Where a packet's way ends. */
export interface Arrival {
  /** `delivered`: a socket listens there. `accepted`: it gets there, and whether anybody listens the snapshot does not say. */
  readonly verdict: Verdict | 'delivered'
  /** `IP:PORT`, `[IPv6]:PORT`; null where it never got an address. */
  readonly address: string | null
  readonly node?: string
  /** `namespace/name` */
  readonly pod?: string
  readonly why: string
}

/** At a node's own address: do the node's sockets answer? */
export function arriveAtNode(cluster: Cluster, node: string, packet: PacketAfter): Arrival {
  return { ...listening(packet, cluster.listeners({ node }), `node ${node}`), node }
}

/** At an address beyond the node: a pod's, or nobody's that the snapshot knows. */
export function arriveAtPod(
  cluster: Cluster,
  pod: PodAddress | undefined,
  packet: PacketAfter,
  gateway?: string
): Arrival {
  if (pod) {
    const name = `${pod.namespace}/${pod.pod}`
    const where = `pod ${name}${pod.node ? ` on ${pod.node}` : ''}`
    return { ...listening(packet, cluster.listeners(pod), where), pod: name, ...(pod.node && { node: pod.node }) }
  }
  const address = text(packet)
  const by = gateway === undefined ? '' : ` by the gateway ${gateway}`
  return cluster.allPodsKnown()
    ? {
        verdict: 'accepted',
        address,
        why: `goes out to ${address}${by}, which is no address of a pod or node in the snapshot: whether anybody has it, and answers, is not known`
      }
    : { verdict: 'accepted', address, why: `goes to ${address}${by}; whose address that is the snapshot does not say` }
}

function listening(packet: PacketAfter, known: ReturnType<Cluster['listeners']>, where: string): Arrival {
  const address = text(packet)
  const port = packet.destinationPort
  const here =
    known?.sockets.filter((socket) => socket.port === port && socket.protocol.toLowerCase() === packet.protocol) ?? []
  const open = here.find((socket) => accepts(socket.address, packet.destination!))
  if (open) {
    const process = open.process ? ` (${open.process})` : ''
    return {
      verdict: 'delivered',
      address,
      why: `reaches ${where}, which listens on ${open.address}:${open.port}${process}`
    }
  }
  if (!known?.inFull.includes(packet.protocol.toUpperCase())) {
    return {
      verdict: 'accepted',
      address,
      why: `reaches ${where}; whether it listens on port ${port} the snapshot does not say`
    }
  }
  const elsewhere =
    here.length > 0 ? `, only on ${here.map((socket) => `${socket.address}:${socket.port}`).join(', ')}` : ''
  return {
    verdict: 'rejected',
    address,
    why: `reaches ${where}, where nobody listens on ${address}/${packet.protocol}${elsewhere}`
  }
}

function accepts(bound: string, destination: string): boolean {
  // A socket on :: takes IPv4 as well unless it was told not to (bindv6only is off by default).
  return bound === destination || bound === '::' || (bound === '0.0.0.0' && !destination.includes(':'))
}

function text({ destination, destinationPort }: PacketAfter): string {
  return `${destination!.includes(':') ? `[${destination}]` : destination}:${destinationPort}`
}
