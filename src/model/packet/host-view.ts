import type { Address, Network } from './address.ts'
import type { ParsedSet } from './ipset.ts'
import type { Truth } from './match/truth.ts'
import type { UnreadHook } from './packet.ts'

export interface HostView {
  /** LOCAL to addrtype and to routing. With `on`: an address of that interface. */
  isOwn(address: Address, on?: string): Truth
  isBroadcast(address: Address): Truth
  readonly knowsRoutes: boolean
  /** The main table's best route. */
  route(address: Address): ParsedRoute | undefined
  /** First address of an interface, which REDIRECT sends to; undefined: not known. */
  firstAddress(on: string, like: Address): Address | undefined
  /** The address MASQUERADE takes on an interface towards `next`; undefined: not known. */
  masqueradeAddress(on: string, next: Address): Address | undefined
  sysctl(name: string): string | undefined
  readonly unread: readonly UnreadHook[]
  /** Undefined: nothing is known of it. */
  set(name: string): ParsedSet | undefined
  /** Why that is so. */
  setUnknown(name: string): string
}

export interface ParsedRoute {
  readonly network: Network
  readonly prefix: number
  readonly interface?: string
  readonly gateway?: Address
  /** As it is written. */
  readonly source?: string
  readonly metric: number
  readonly type: string
}
