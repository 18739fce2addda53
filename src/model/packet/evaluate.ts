/** What happens to a packet on a node: every outcome with its share and conditions. */
import type { Outcome } from './outcome.ts'
import type { Host, Packet, Rules } from './packet.ts'

export function evaluate(_rules: Rules, _host: Host, _packet: Packet): readonly Outcome[] {
  throw new Error('not yet')
}
