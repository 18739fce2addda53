/** Contents of an ipset, as `ipset save` writes them, and whether a packet's parts are in it. */
import { compareAddresses, inNetwork, parseAddress, parseNetwork, type Address, type Network } from './address.ts'
import { inRange, parseMasked, parseRange, type Range } from './match/number.ts'
import type { IpSet } from './packet.ts'
import { protocolNumber } from './protocol.ts'

/** What the packet brings for one dimension of a set. `null`: not known. */
export interface Probe {
  readonly address: Address | null
  readonly port: number | null
  readonly interface: string | null
  readonly protocol: number
  readonly mark: number | null
}

export interface ParsedSet {
  readonly dimensions: number
  /** Undefined: cannot be said. */
  contains(probes: readonly Probe[]): boolean | undefined
}

type Field = (probe: Probe) => boolean | undefined

interface Member {
  readonly fields: readonly Field[]
  readonly nomatch: boolean
}

/** Undefined when the type or an entry is not understood: nothing may then be said about membership. */
export function parseSet(set: IpSet): ParsedSet | undefined {
  const [method, kinds = ''] = set.type.split(':')
  const dimensions = kinds.split(',').map((kind) => (method === 'bitmap' && kind === 'port' ? 'bare port' : kind))
  if (method === 'list') return undefined
  const members = set.members.map((text) => parseMember(text, dimensions))
  if (members.includes(undefined)) return undefined
  return { dimensions: dimensions.length, contains: (probes) => contains(members as Member[], probes) }
}

function contains(members: readonly Member[], probes: readonly Probe[]): boolean | undefined {
  const answers = members.map((member) => ({ nomatch: member.nomatch, in: holds(member, probes) }))
  if (answers.some((each) => each.nomatch && each.in !== false)) return undefined
  if (answers.some((each) => each.in === true)) return true
  return answers.some((each) => each.in === undefined) ? undefined : false
}

function holds(member: Member, probes: readonly Probe[]): boolean | undefined {
  let known = true
  for (let at = 0; at < member.fields.length; at++) {
    const answer = member.fields[at]!(probes[at]!)
    if (answer === false) return false
    if (answer === undefined) known = false
  }
  return known ? true : undefined
}

function parseMember(text: string, dimensions: readonly string[]): Member | undefined {
  const [entry = '', ...options] = text.trim().split(/\s+/)
  const values = entry.split(',')
  if (values.length !== dimensions.length) return undefined
  const fields = dimensions.map((kind, at) => parseField(kind, values[at]!))
  return fields.includes(undefined) ? undefined : { fields: fields as Field[], nomatch: options.includes('nomatch') }
}

function parseField(kind: string, value: string): Field | undefined {
  switch (kind) {
    case 'ip':
    case 'net':
      return addressField(value)
    case 'port':
      return portField(value, 6)
    case 'bare port':
      return portField(value)
    case 'iface':
      return (probe) => (probe.interface === null ? undefined : probe.interface === value)
    case 'mark':
      return markField(value)
    default:
      return undefined
  }
}

function addressField(value: string): Field | undefined {
  const [from, to] = value.split('-').map(parseAddress)
  if (from && to) return (probe) => (probe.address ? between(probe.address, from, to) : undefined)
  const network: Network | undefined = parseNetwork(value)
  return network && ((probe) => (probe.address ? inNetwork(probe.address, network) : undefined))
}

function between(address: Address, from: Address, to: Address): boolean {
  return address.length === from.length && compareAddresses(address, from) >= 0 && compareAddresses(address, to) <= 0
}

/** `tcp:80`, `udp:1000-2000`; a bare number means TCP to `ipset`, and every protocol in a bitmap:port. */
function portField(value: string, usual?: number): Field | undefined {
  const [first = '', second] = value.split(':')
  const protocol = second === undefined ? usual : protocolNumber(first)
  const range: Range | undefined = parseRange(second ?? first, '-')
  if (!range || (second !== undefined && protocol === undefined)) return undefined
  return (probe) => {
    if (protocol !== undefined && probe.protocol !== protocol) return false
    return probe.port === null ? undefined : inRange(probe.port, range)
  }
}

function markField(value: string): Field | undefined {
  const wanted = parseMasked(value)
  return wanted && ((probe) => (probe.mark === null ? undefined : probe.mark === wanted.value))
}
