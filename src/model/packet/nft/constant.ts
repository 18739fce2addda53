/** Values that rules write down, as bits: what a name, a number or an address means for a selector. */
import type { Expression, Literal } from '../../../parse/nft/expression.ts'
import { type Address, compareAddresses, parseAddress, prefixMask } from '../address.ts'
import { protocolNumber } from '../protocol.ts'

/** 32-bit words, most significant first; a number is one word; a device is its name. */
export type Datum = readonly number[] | string

export type Type =
  | 'address'
  | 'device'
  | 'protocol'
  | 'port'
  | 'state'
  | 'status'
  | 'direction'
  | 'flags'
  | 'address type'
  | 'packet type'
  | 'icmp type'
  | 'icmpv6 type'
  | 'family'
  | 'ether type'
  | 'number'

const NAMES: Readonly<Partial<Record<Type, Readonly<Record<string, number>>>>> = {
  port: { domain: 53, http: 80, https: 443, ssh: 22 },
  state: { invalid: 1, established: 2, related: 4, new: 8, untracked: 64 },
  status: { expected: 1, 'seen-reply': 2, assured: 4, confirmed: 8, snat: 16, dnat: 32, dying: 512 },
  direction: { original: 0, reply: 1 },
  flags: { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ecn: 64, cwr: 128 },
  'address type': {
    unspec: 0,
    unicast: 1,
    local: 2,
    broadcast: 3,
    anycast: 4,
    multicast: 5,
    blackhole: 6,
    unreachable: 7,
    prohibit: 8
  },
  'packet type': { host: 0, unicast: 0, broadcast: 1, multicast: 2, other: 3 },
  'icmp type': {
    'echo-reply': 0,
    'destination-unreachable': 3,
    'source-quench': 4,
    redirect: 5,
    'echo-request': 8,
    'router-advertisement': 9,
    'router-solicitation': 10,
    'time-exceeded': 11,
    'parameter-problem': 12,
    'timestamp-request': 13,
    'timestamp-reply': 14
  },
  'icmpv6 type': {
    'destination-unreachable': 1,
    'packet-too-big': 2,
    'time-exceeded': 3,
    'parameter-problem': 4,
    'echo-request': 128,
    'echo-reply': 129,
    'mld-listener-query': 130,
    'mld-listener-report': 131,
    'mld-listener-done': 132,
    'nd-router-solicit': 133,
    'nd-router-advert': 134,
    'nd-neighbor-solicit': 135,
    'nd-neighbor-advert': 136,
    'nd-redirect': 137
  },
  family: { ipv4: 2, ipv6: 10 },
  'ether type': { ip: 0x0800, ip6: 0x86dd, arp: 0x0806, vlan: 0x8100 }
}

/** Undefined: what it means is not known. */
export function datumOf(literal: Literal, type: Type): Datum | undefined {
  if (typeof literal === 'number') return type === 'address' || type === 'device' ? undefined : [literal >>> 0]
  if (typeof literal === 'boolean') return undefined
  if (type === 'device') return literal
  if (type === 'address') return parseAddress(literal)
  if (type === 'protocol') {
    const protocol = protocolNumber(literal)
    return protocol === undefined ? undefined : [protocol]
  }
  const names = NAMES[type] ?? {}
  return Object.hasOwn(names, literal) ? [names[literal]!] : undefined
}

/** All bits of a list. */
export function bitsOf(expression: Expression, type: Type): number | undefined {
  const items =
    typeof expression !== 'object' ? [expression] : expression.kind === 'list' ? expression.items : undefined
  let bits = 0
  for (const item of items ?? []) {
    const datum = datumOf(item, type)
    if (typeof datum !== 'object') return undefined
    bits |= datum[0]!
  }
  return items && bits >>> 0
}

/** The order of two values; undefined where they have none: devices, addresses of two families. */
export function compare(a: Datum, b: Datum): number | undefined {
  if (typeof a === 'string' || typeof b === 'string') return a === b ? 0 : undefined
  return a.length === b.length ? compareAddresses(a, b) : undefined
}

/** Whether a value is what is written down: a literal, a prefix, a range. Undefined: it cannot be said. */
export function holds(value: Datum, constant: Expression, type: Type): boolean | undefined {
  if (typeof constant !== 'object') {
    if (constant === '*') return true
    if (type === 'device' && typeof constant === 'string' && constant.endsWith('*'))
      return typeof value === 'string' ? value.startsWith(constant.slice(0, -1)) : undefined
    const wanted = datumOf(constant, type)
    return wanted === undefined ? undefined : compare(value, wanted) === 0
  }
  if (constant.kind === 'prefix') return inPrefix(value, datumOf(constant.address, type), constant.length, type)
  if (constant.kind === 'list') {
    const bits = bitsOf(constant, type)
    return bits === undefined ? undefined : compare(value, [bits]) === 0
  }
  if (constant.kind !== 'range') return undefined
  const [from, to] = [datumOf(constant.from, type), datumOf(constant.to, type)]
  if (from === undefined || to === undefined) return undefined
  const [low, high] = [compare(value, from), compare(value, to)]
  return low !== undefined && high !== undefined && low >= 0 && high <= 0
}

function inPrefix(value: Datum, base: Datum | undefined, length: number, type: Type): boolean | undefined {
  if (type !== 'address' || typeof base !== 'object') return undefined
  if (typeof value !== 'object' || value.length !== base.length) return false
  const mask: Address = prefixMask(length, value.length === 1 ? 4 : 6)
  return value.every((word, at) => (word & mask[at]!) >>> 0 === (base[at]! & mask[at]!) >>> 0)
}

/** A key that finds equal values. */
export function keyOf(parts: readonly Datum[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : part.join(':'))).join(' ')
}
