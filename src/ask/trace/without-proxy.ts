import type { Outcome } from '../../model/packet/outcome.ts'
import type { Packet } from '../../model/packet/packet.ts'

/** Why it is not known what becomes of a packet to a Service that the iptables rules leave as it is. */
export const WITHOUT_PROXY =
  'no iptables of a node in this snapshot hold kube-proxy\'s rules: it runs in another mode, whose rules (nft, ipvs) snap does not read, another proxy serves, or they were flushed'

/**
 * Whether the outcome may be another where something other than iptables translates the destination: iptables did not,
 * and no table before nat ended its way.
 */
export function isLeftToOthers(sent: Packet, { packet, steps }: Outcome): boolean {
  const last = steps.at(-1)
  const endedBefore = (last?.kind === 'verdict' || last?.kind === 'policy') && (last.table === 'raw' || (last.table === 'mangle' && last.hook === 'PREROUTING'))
  return !endedBefore && packet.destination === sent.destination && packet.destinationPort === sent.destinationPort
}
