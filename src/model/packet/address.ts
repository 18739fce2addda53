/** IPv4 and IPv6 addresses as 32-bit words, most significant first: one word or four. */
import type { Family } from './packet.ts'

export type Address = readonly number[]

export interface Network {
  readonly base: Address
  readonly mask: Address
}

export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

function parseIpv4(text: string): Address | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (!match) return undefined
  const octets = match.slice(1).map(Number)
  if (octets.some((octet) => octet > 255)) return undefined
  return [octets.reduce((word, octet) => word * 256 + octet, 0)]
}

function parseIpv6(text: string): Address | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half) => (half === '' ? [] : groups(half)))
  if (!head || (halves.length === 2 && !tail)) return undefined
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const all = [...head, ...Array<number>(missing).fill(0), ...(tail ?? [])]
  return [0, 2, 4, 6].map((at) => all[at]! * 65536 + all[at + 1]!)
}

function groups(text: string): number[] | undefined {
  const parts = text.split(':')
  const embedded = parts.at(-1)!.includes('.') ? parseIpv4(parts.pop()!)?.[0] : undefined
  if (!parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined
  const words = parts.map((part) => Number.parseInt(part, 16))
  return embedded === undefined ? words : [...words, Math.floor(embedded / 65536), embedded % 65536]
}

/** IPv6 as RFC 5952 writes it. */
export function formatAddress(address: Address): string {
  const [first = 0] = address
  if (address.length === 1) return `${first >>> 24}.${(first >>> 16) & 255}.${(first >>> 8) & 255}.${first & 255}`
  const words = address.flatMap((word) => [word >>> 16, word & 65535])
  const text = words.map((word) => word.toString(16)).join(':')
  const zeros = [...text.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)].sort((a, b) => b[0].length - a[0].length)[0]
  if (!zeros) return text
  const before = text.slice(0, zeros.index).replace(/:$/, '')
  return `${before}::${text.slice(zeros.index + zeros[0].length).replace(/^:/, '')}`
}

export function formatEndpoint(address: Address | null, port: number | null): string {
  const host = address ? formatAddress(address) : 'unknown'
  if (port === null) return host
  return address?.length === 4 ? `[${host}]:${port}` : `${host}:${port}`
}

export function prefixMask(length: number, family: Family): Address {
  const words = family === 4 ? [0] : [0, 32, 64, 96]
  return words.map((start) => {
    const bits = Math.min(32, Math.max(0, length - start))
    return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
  })
}

/** `10.0.0.0/8`, `10.0.0.1`, `192.168.0.0/255.255.0.0`, `fd00::/8`. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/')
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (!address) return undefined
  const family = address.length === 1 ? 4 : 6
  const size = slash < 0 ? `${family === 4 ? 32 : 128}` : text.slice(slash + 1)
  const mask = /^\d{1,3}$/.test(size) ? prefixMask(Number(size), family) : parseAddress(size)
  if (!mask || mask.length !== address.length) return undefined
  return { base: applyMask(address, mask), mask }
}

export function applyMask(address: Address, mask: Address): Address {
  return address.map((word, at) => (word & mask[at]!) >>> 0)
}

export function inNetwork(address: Address, network: Network): boolean {
  const { base, mask } = network
  if (base.length !== address.length) return false
  for (let at = 0; at < base.length; at++) {
    if ((address[at]! & mask[at]!) >>> 0 !== base[at]) return false
  }
  return true
}

export function compareAddresses(a: Address, b: Address): number {
  for (let at = 0; at < a.length; at++) {
    if (a[at] !== b[at]) return a[at]! - b[at]!
  }
  return 0
}

export function sameAddress(a: Address | null, b: Address | null): boolean {
  return a === b || (a !== null && b !== null && a.length === b.length && compareAddresses(a, b) === 0)
}

/** The single address a network stands for, when it is one (`/32`, `/128`). */
export function onlyAddress(network: Network): Address | undefined {
  return network.mask.every((word) => word === 0xffffffff) ? network.base : undefined
}

export function nextAddress(address: Address): Address {
  const next = [...address]
  for (let at = next.length - 1; at >= 0; at--) {
    next[at] = (next[at]! + 1) >>> 0
    if (next[at] !== 0) break
  }
  return next
}

const LOOPBACK_V4 = parseNetwork('127.0.0.0/8')!
const LOOPBACK_V6 = parseNetwork('::1/128')!
const MULTICAST_V4 = parseNetwork('224.0.0.0/4')!
const MULTICAST_V6 = parseNetwork('ff00::/8')!

export function isLoopback(address: Address): boolean {
  return inNetwork(address, LOOPBACK_V4) || inNetwork(address, LOOPBACK_V6)
}

export function isMulticast(address: Address): boolean {
  return inNetwork(address, MULTICAST_V4) || inNetwork(address, MULTICAST_V6)
}
