/** The packet asked about, made ready to be sent. */
import { parseAddress } from './address.ts'
import type { Flow } from './flow.ts'
import type { Sent } from './match/part.ts'
import type { Family, Packet } from './packet.ts'
import { protocolNumber, TCP } from './protocol.ts'

/** Throws a RangeError: see evaluate. */
export function readPacket(family: Family, packet: Packet): Sent {
  const protocol = protocolNumber(packet.protocol)
  if (protocol === undefined) throw new RangeError(`protocol ${packet.protocol} is not known`)
  const address = (text: string) => {
    const parsed = parseAddress(text)
    if (parsed?.length === (family === 4 ? 1 : 4)) return parsed
    throw new RangeError(`${text} is not an IPv${family} address`)
  }
  const state = packet.state ?? 'NEW'
  const flow: Flow = {
    protocol,
    source: packet.source === undefined ? null : address(packet.source),
    sourcePort: packet.sourcePort ?? null,
    destination: address(packet.destination),
    destinationPort: packet.destinationPort ?? null,
    state,
    mark: packet.mark ?? 0,
    connectionMark: packet.connectionMark ?? (state === 'NEW' ? 0 : null),
    fromHost: false,
    looped: false,
    arrival: packet.inInterface ?? null,
    departure: null,
    toHost: false,
    destinationChanged: false,
    sourceChanged: false,
    destinationNat: false,
    sourceNat: false,
    masqueraded: false,
    headerChanges: 0,
    recent: [],
    setsChanged: []
  }
  const tcpFlags = packet.tcpFlags ?? (protocol === TCP && state === 'NEW' ? ['SYN'] : undefined)
  return {
    flow,
    reply: packet.reply ?? false,
    ...(tcpFlags && { tcpFlags: new Set<string>(tcpFlags) }),
    ...(packet.icmpType === undefined ? {} : { icmpType: packet.icmpType }),
    ...(packet.icmpCode === undefined ? {} : { icmpCode: packet.icmpCode })
  }
}
