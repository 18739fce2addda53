import { formatAddress, inNetwork, parseAddress, parseNetwork } from '../../model/packet/address.ts'
import { viewHost } from '../../model/packet/host.ts'
import type { Host } from '../../model/packet/packet.ts'
import type { Cluster } from './cluster.ts'

/** Where a node's route sends a packet that leaves it. */
export type NextHop =
  /** To the address itself, on a link of the node; so it is taken to be where its routes are not known. */
  | { readonly kind: 'link' }
  | { readonly kind: 'node'; readonly node: string }
  /** `10.0.0.254 on eth0`: a gateway that is no node of the snapshot. */
  | { readonly kind: 'gateway'; readonly gateway: string }

export function nextHop(cluster: Cluster, host: Host, destination: string): NextHop {
  const view = viewHost(host)
  const address = parseAddress(destination)
  const route = address && view.route(address)
  // A gateway that is the node's own address is a device that decides by other means (cilium_host).
  if (!route?.gateway || view.isOwn(route.gateway) === true) return { kind: 'link' }
  const gateway = formatAddress(route.gateway)
  const node = cluster.nodeOf(gateway) ?? nodeOfNetwork(cluster, gateway)
  if (node !== undefined) return { kind: 'node', node }
  return { kind: 'gateway', gateway: `${gateway}${route.interface === undefined ? '' : ` on ${route.interface}`}` }
}

/** flannel's device on a node has the first address of the node's pod network, and is a gateway to the others. */
function nodeOfNetwork(cluster: Cluster, gateway: string): string | undefined {
  const address = parseAddress(gateway)!
  return cluster.nodes().find((node) =>
    cluster.podCidrs(node).some((cidr) => {
      const network = parseNetwork(cidr)
      return network !== undefined && network.base.length === address.length && inNetwork(address, network)
    })
  )
}
