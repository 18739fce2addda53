import { isIP, isIPv6 } from 'node:net'
import { EXTERNAL_CLIENT, type Family } from '../../model/packet/packet.ts'
import { UserError } from '../../problem.ts'
import type { Cluster } from './cluster.ts'
import type { Target } from './target.ts'

/** Who sends the packet. */
export interface Sender {
  /** `an outside client`, `pod demo/web-1`, `node kube-master`, an address */
  readonly name: string
  /** Undefined: not known, and every rule that looks at it is undecided. */
  readonly address?: string
  /** The node it sends from; undefined for one outside. */
  readonly node?: string
}

/** The sender the user names. Throws: UserError for a pod or node that is not there or has no address of this family. */
export function namedSender(cluster: Cluster, from: string, family: Family): Sender {
  if (from === 'external') return outside(family)
  if (isIP(from) !== 0 && !from.includes('%')) return addressSender(cluster, from, family)
  const [kind, ...rest] = from.split('/')
  if (kind === 'node' && rest.length === 1) {
    const address = cluster.listedAddresses(rest[0]!).find((each) => isIPv6(each) === (family === 6))
    if (!address)
      throw new UserError(
        `trace: no IPv${family} address of node ${rest[0]} is in this snapshot; there are nodes ${cluster.nodes().join(', ')}`
      )
    return { name: `node ${rest[0]}`, address, node: rest[0]! }
  }
  if (kind === 'pod' && rest.length === 2) {
    const pod = cluster.podNamed(rest[0]!, rest[1]!)
    if (!pod?.node || pod.addresses.length === 0)
      throw new UserError(`trace: pod ${rest.join('/')} is not in this snapshot, or has no address yet`)
    const address = pod.addresses.find((each) => isIPv6(each) === (family === 6))
    if (address === undefined)
      throw new UserError(
        `trace: pod ${rest.join('/')} has no IPv${family} address in this snapshot, only ${pod.addresses.join(', ')}`
      )
    return { name: `pod ${rest.join('/')}`, address, node: pod.node }
  }
  throw new UserError(`trace: "${from}" is no sender: give pod/NAMESPACE/NAME, node/NAME, an address, or external`)
}

function addressSender(cluster: Cluster, address: string, family: Family): Sender {
  if (isIPv6(address) !== (family === 6))
    throw new UserError(`trace: ${address} cannot send to an IPv${family} address`)
  const pod = cluster.podAt(address)
  const node = pod?.node ?? cluster.nodeOf(address)
  return { name: pod ? `${address} (pod ${pod.namespace}/${pod.pod})` : address, address, ...(node && { node }) }
}

/** Who would send there: a pod of the node to a cluster IP, an outside client to every other frontend. */
export function usualSender(cluster: Cluster, target: Target, node: string, family: Family): Sender {
  const frontend = target.frontend ?? target.besides?.frontend
  if (frontend?.kind !== 'cluster-ip') return outside(family)
  const pod = cluster.somePodOn(node, frontend, family)
  return pod ? { name: `pod ${pod.namespace}/${pod.pod}`, address: pod.ip, node } : outside(family)
}

export function outside(family: Family): Sender {
  return { name: 'an outside client', address: EXTERNAL_CLIENT[family] }
}
