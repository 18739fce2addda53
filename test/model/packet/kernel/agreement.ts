/** Whether what the evaluator said is what the kernel did. */
import type { Outcome } from '../../../../src/model/packet/outcome.ts'
import { PORTS, type Seen, WORLD } from './laboratory.ts'

/** One of the outcomes is what was seen, or none could be. */
export function agrees(outcomes: readonly Outcome[], seen: Seen | undefined, family: 4 | 6): boolean {
  return outcomes.some((outcome) => !observable(outcome, family) || matches(outcome, seen))
}

/** As `agrees`; where the answer is that nobody knows, anything may be seen. */
export function mayAgree(outcomes: readonly Outcome[], seen: Seen | undefined, family: 4 | 6): boolean {
  return outcomes.some(({ verdict }) => verdict === 'unknown') || agrees(outcomes, seen, family)
}

/** Someone listens where the packet goes. */
export function observable({ verdict, packet }: Outcome, family: 4 | 6): boolean {
  if (verdict !== 'accepted') return true
  const { client, node, loopback, server, virtual } = WORLD[family]
  const addresses: readonly string[] = [...client, ...node, ...loopback, ...server, ...virtual]
  const known = packet.destination === undefined || addresses.includes(packet.destination)
  return known && (packet.destinationPort === undefined || PORTS.some((port) => port === packet.destinationPort))
}

function matches({ verdict, packet, sourceNat }: Outcome, seen: Seen | undefined): boolean {
  if (verdict !== 'accepted') return seen?.arrived === undefined
  if (!seen?.arrived) return false
  const { at, from } = seen.arrived
  return (
    (packet.destination === undefined || packet.destination === at[0]) &&
    (packet.destinationPort === undefined || packet.destinationPort === at[1]) &&
    (packet.source === undefined || packet.source === from[0]) &&
    (packet.sourcePort === undefined || packet.sourcePort === from[1] || sourceNat !== undefined)
  )
}
