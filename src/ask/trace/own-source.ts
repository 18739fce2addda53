import { formatAddress, parseAddress } from '../../model/packet/address.ts'
import { viewHost } from '../../model/packet/host.ts'
import type { Family } from '../../model/packet/packet.ts'
import type { Cluster } from './cluster.ts'

/**
 * The address that a node's own packets to a destination have (ip_route_output_key): the route's, else the first of the interface it
 * leads out by. `listed`, the node's address in the API, where the routes do not tell or the interface has it.
 */
export function ownSource(cluster: Cluster, node: string, family: Family, destination: string, listed: string): string {
  const { host } = cluster.nodeHost(node, family, [], new Map())
  const view = viewHost(host)
  const address = parseAddress(destination)
  if (!address || view.isOwn(address) !== false) return listed
  const route = view.route(address)
  if (route?.source !== undefined) return route.source
  const on = route?.interface
  if (on === undefined || host.addresses.some((each) => each.interface === on && each.address === listed)) return listed
  const first = view.firstAddress(on, address)
  return first === undefined ? listed : formatAddress(first)
}
