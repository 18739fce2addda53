import { type Address, applyMask, formatAddress, parseAddress, parseNetwork } from '../../model/packet/address.ts'
import { EXTERNAL_CLIENT, type Family } from '../../model/packet/packet.ts'
import type { Cluster } from '../trace/cluster.ts'

export type SenderKind = 'pod' | 'node' | 'outside'

/** The address that stands for each kind of sender at a node; absent where the snapshot tells none. */
export type Senders = { readonly [kind in SenderKind]: string | undefined }

export function sendersAt(cluster: Cluster, node: string, family: Family, own: readonly string[]): Senders {
  return { pod: podAddress(cluster, node, family), node: own[0], outside: EXTERNAL_CLIENT[family] }
}

/** An address of the node's pod network that no pod has, so that no rule is about this very pod; else any pod's. */
function podAddress(cluster: Cluster, node: string, family: Family): string | undefined {
  const taken = new Set(cluster.podAddressesOn(node))
  const networks = cluster
    .podCidrs(node)
    .filter((cidr) => cidr.includes(':') === (family === 6))
    .flatMap((cidr) => parseNetwork(cidr) ?? [])
  for (const { base, mask } of networks) {
    let address = below(last(base, mask))
    for (let tries = 0; tries <= taken.size; tries++, address = below(address)) {
      if (applyMask(address, mask).join() === base.join() && !taken.has(formatAddress(address)))
        return formatAddress(address)
    }
  }
  return [...taken].find((address) => address.includes(':') === (family === 6) && parseAddress(address))
}

function last(base: Address, mask: Address): Address {
  return base.map((word, at) => (word | ~mask[at]!) >>> 0)
}

function below(address: Address): Address {
  return [...address.slice(0, -1), address.at(-1)! - 1]
}
