/** One dimension of an ipset's member. Kernel: net/netfilter/ipset/ip_set_getport.c and the types' own kadt functions. */
import { type Address, applyMask, compareAddresses, inNetwork, parseAddress, parseNetwork } from './address.ts'
import { inRange, parseNumber, parseRange, type Range } from './match/number.ts'
import { protocolNumber, TCP } from './protocol.ts'

/** What the packet brings for one dimension of a set. `null`: not known. */
export interface Probe {
  readonly address: Address | null
  readonly port: number | null
  readonly interface: string | null
  readonly protocol: number
  readonly mark: number | null
}

export interface Field {
  /** Undefined: cannot be said. */
  readonly holds: (probe: Probe) => boolean | undefined
  /** Which probes alone it can hold, as `bucketsOf` names them; absent: any. */
  readonly bucket?: string
  /** Of a network. */
  readonly mask?: Address
}

export interface FieldOptions {
  readonly markMask: number | undefined
  readonly wildcard: boolean
}

const UNKNOWN: Field = { holds: () => undefined }

export function parseField(kind: string, value: string, { markMask, wildcard }: FieldOptions): Field {
  switch (kind) {
    case 'ip':
    case 'net':
      return addressField(value)
    case 'port':
      return portField(value)
    case 'bare port':
      return barePortField(value)
    case 'iface':
      return interfaceField(value, wildcard)
    case 'mark':
      return markField(value, markMask ?? 0xffffffff)
    default:
      return UNKNOWN
  }
}

export function addressField(value: string): Field {
  const [from, to] = value.split('-').map(parseAddress)
  if (from && to) return { holds: (probe) => (probe.address ? between(probe.address, from, to) : undefined) }
  const network = parseNetwork(value)
  if (!network) return UNKNOWN
  const { base, mask } = network
  return {
    holds: (probe) => (probe.address ? inNetwork(probe.address, network) : undefined),
    bucket: bucketOf(base, mask),
    mask
  }
}

function between(address: Address, from: Address, to: Address): boolean {
  return address.length === from.length && compareAddresses(address, from) >= 0 && compareAddresses(address, to) <= 0
}

function bucketOf(base: Address, mask: Address): string {
  return `${base.join()}/${mask.join()}`
}

/** Of all networks with these masks those that the address is in; undefined where it is not known. */
export function bucketsOf({ address }: Probe, masks: readonly Address[]): string[] | undefined {
  if (masks.length === 0) return []
  if (!address) return undefined
  return masks.filter((mask) => mask.length === address.length).map((mask) => bucketOf(applyMask(address, mask), mask))
}

/** The narrower network first, in the first dimension in which they differ, as the kernel looks them up. */
export function compareSpecific(a: readonly Field[], b: readonly Field[]): number {
  for (let at = 0; at < a.length; at++) {
    const [first, second] = [a[at]!.mask, b[at]!.mask]
    const order = first && second && first.length === second.length ? compareAddresses(second, first) : 0
    if (order !== 0) return order
  }
  return 0
}

const [ICMP, UDP, ICMPV6, SCTP, UDPLITE] = [1, 17, 58, 132, 136]
const PORTED: ReadonlySet<number> = new Set([TCP, UDP, SCTP, UDPLITE])

/** `tcp:80`, `udp:1000-2000`, `icmp:echo-request`, `ospf:0`; a bare number means TCP. Protocols without ports have port 0. */
function portField(value: string): Field {
  const [first = '', second] = value.split(':')
  const protocol = second === undefined ? TCP : protocolNumber(first)
  if (protocol === undefined) return UNKNOWN
  const range: Range | undefined = parseRange(second ?? first, '-')
  return {
    holds: (probe) => {
      if (probe.protocol !== protocol) return false
      if (!range || protocol === ICMP || protocol === ICMPV6) return undefined
      if (!PORTED.has(protocol)) return inRange(0, range)
      return probe.port === null ? undefined : inRange(probe.port, range)
    }
  }
}

/** Of a bitmap:port: of TCP and UDP alone. */
function barePortField(value: string): Field {
  const range = parseRange(value, '-')
  return {
    holds: ({ protocol, port }) => {
      if (protocol !== TCP && protocol !== UDP) return false
      return port === null || !range ? undefined : inRange(port, range)
    }
  }
}

/** `physdev:eth0` asks for the port of a bridge. Where there is no device, nothing is in the set. */
function interfaceField(value: string, wildcard: boolean): Field {
  if (value === '' || value.includes(':')) return UNKNOWN
  return {
    holds: ({ interface: on }) =>
      on === null ? undefined : on !== '' && (wildcard ? on.startsWith(value) : on === value)
  }
}

function markField(value: string, mask: number): Field {
  const wanted = parseNumber(value)
  return wanted === undefined
    ? UNKNOWN
    : { holds: ({ mark }) => (mark === null ? undefined : (mark & mask) >>> 0 === wanted) }
}
