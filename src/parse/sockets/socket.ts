import { isIP, SocketAddress } from 'node:net'
import type { ListenerFact, Protocol } from '../facts.ts'
import type { Problem } from '../iptables/rule.ts'

/** A listener with what only some listings show of it. */
export interface SocketFact extends ListenerFact {
  /** True: a `::` socket that takes no IPv4. Only ss tells; null where the listing does not. */
  readonly ipv6Only: boolean | null
  /** The device the socket is bound to, '' for none. Only ss tells; null where the listing does not. */
  readonly interface: string | null
}

/** What a socket listing says. */
export interface Sockets {
  readonly listeners: SocketFact[]
  /** Protocols the text itself shows to be listed in full; null where only the command that made it can tell. */
  readonly protocols: readonly Protocol[] | null
  readonly problems: Problem[]
}

/** An address in one spelling for all listings; null for what is no address. */
export function canonicalAddress(address: string): string | null {
  const version = isIP(address)
  if (version !== 6) return version === 4 ? address : null
  const { address: short } = new SocketAddress({ address, family: 'ipv6' })
  // A socket bound to an IPv4-mapped address takes IPv4 alone (RFC 3493 3.7), and net-tools prints it as IPv4.
  return short.startsWith('::ffff:') && short.includes('.') ? short.slice('::ffff:'.length) : short
}

/** `PORT` in decimal, 0 to 65535; null for anything else, a service name included. */
export function readPort(text: string): number | null {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65535 ? Number(text) : null
}

/** Splits `ADDRESS:PORT` at the last colon, which also serves `:::8087`. */
export function splitAtPort(text: string): { host: string; port: string } {
  const colon = text.lastIndexOf(':')
  return { host: text.slice(0, Math.max(colon, 0)), port: text.slice(colon + 1) }
}

/** Sentences that several listings need. */
export const sentences = {
  empty: 'an empty listing says nothing about sockets; the command printed nothing, not even its header',
  port: (port: string) => `the port '${port}' is not a number; list sockets with -n`,
  address: (address: string) => `'${address}' is not an IP address; list sockets with -n`,
  foreign: 'not a line of a socket listing'
}
