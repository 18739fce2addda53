import type { Outcome } from '../../model/packet/outcome.ts'
import type { Packet } from '../../model/packet/packet.ts'

const WHY_NOT =
  'it runs in another mode, whose rules (nft, ipvs) snap does not read, another proxy serves, or they were flushed'

/** Why it is not known what becomes of a packet to a Service that a node's iptables leave as it is. */
export const WITHOUT_PROXY = `the node's iptables do not hold kube-proxy's rules: ${WHY_NOT}`

/** The same of all nodes. */
export const NOWHERE_PROXY = `no iptables of a node in this snapshot hold kube-proxy's rules: ${WHY_NOT}`

/**
 * Whether the outcome may be another where something other than iptables translates the destination: iptables did not,
 * and no table before nat ended its way.
 */
export function isLeftToOthers(sent: Packet, { packet, steps }: Outcome): boolean {
  const last = steps.at(-1)
  const endedBefore =
    (last?.kind === 'verdict' || last?.kind === 'policy') &&
    (last.table === 'raw' || (last.table === 'mangle' && last.hook === 'PREROUTING'))
  return !endedBefore && packet.destination === sent.destination && packet.destinationPort === sent.destinationPort
}
