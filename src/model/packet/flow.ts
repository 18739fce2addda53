/** The packet on its way: what it looks like now, and what is remembered about its connection. */
import { type Address, sameAddress } from './address.ts'
import type { ConnectionState } from './packet.ts'

/** Immutable. `null`: cannot be known. */
export interface Flow {
  readonly protocol: number
  readonly source: Address | null
  readonly sourcePort: number | null
  readonly destination: Address | null
  readonly destinationPort: number | null
  readonly state: ConnectionState
  readonly mark: number | null
  readonly connectionMark: number | null
  /** Sent by the host itself. */
  readonly fromHost: boolean
  /** Sent by the host to itself: back through PREROUTING and INPUT. */
  readonly looped: boolean
  /** Where it came in; null: not known, but not `lo` unless looped. */
  readonly arrival: string | null
  /** Where it will go out; null: not known, but not `lo`. */
  readonly departure: string | null
  /** The destination is the host's own although its address is not known (REDIRECT). */
  readonly toHost: boolean
  /** The kernel's IPS_DST_NAT and IPS_SRC_NAT: set only when something really changed. */
  readonly destinationChanged: boolean
  readonly sourceChanged: boolean
  /** A NAT target took the packet, whether it changed anything or not. */
  readonly destinationNat: boolean
  readonly sourceNat: boolean
  readonly masqueraded: boolean
  /** How often its header was changed otherwise than by NAT: by TTL, DSCP and the like, and by being forwarded. */
  readonly headerChanges: number
  /** Entries of `-m recent` lists made (`+`) or removed (`-`) by this very packet. */
  readonly recent: readonly string[]
  /** ipsets that rules on its way added to or removed from. */
  readonly setsChanged: readonly string[]
}

const keys = new WeakMap<Flow, string>()

/** Equal for flows no rule can tell apart. */
export function flowKey(flow: Flow): string {
  let key = keys.get(flow)
  if (key === undefined) {
    key = Object.values(flow).join('|')
    keys.set(flow, key)
  }
  return key
}

/** Both ends, for questions whose answer NAT may change. */
export function endsOf({ source, sourcePort, destination, destinationPort }: Flow): string {
  return [source, sourcePort, destination, destinationPort].join(' ')
}

export function sameFlow(a: Flow, b: Flow): boolean {
  if (a === b) return true
  if (a.destination !== b.destination && !sameAddress(a.destination, b.destination)) return false
  return a.destinationPort === b.destinationPort && a.mark === b.mark && flowKey(a) === flowKey(b)
}

export function headerChanged(flow: Flow): Flow {
  return { ...flow, headerChanges: flow.headerChanges + 1 }
}
