/** What a selector reads of a packet. Kernel: net/netfilter/nft_meta.c, nft_payload.c, nft_ct.c, nft_fib.c. */
import type { Conntrack, Expression, Fib, Literal, Meta, Payload, RawPayload } from '../../../parse/nft/expression.ts'
import { printExpression } from '../../../parse/nft/print-expression.ts'
import { words } from '../../../words.ts'
import { type Address, isMulticast } from '../address.ts'
import { endsOf } from '../flow.ts'
import { isTracked, tupleSide } from '../match/connection.ts'
import { inDevice, outDevice } from '../match/interface.ts'
import type { Situation } from '../match/part.ts'
import type { Question } from '../match/truth.ts'
import { ICMP, ICMPV6, protocolNumber, WITH_PORTS } from '../protocol.ts'
import { type Datum, datumOf, type Type } from './constant.ts'

/** Not known. Equal ids: equal values. */
export interface Unknown {
  readonly id: string
  readonly reason: string
  /** The values it can have: from 0 (and the offset) on. */
  readonly domain?: { readonly from: number; readonly count: number }
}

/** One of so many numbers, each as likely. */
export interface Draw {
  readonly from: number
  readonly count: number
}

/** `absent`: the packet has no such thing, and the rule does not match. */
export type Field =
  | { readonly value: Datum }
  | { readonly unknown: Unknown }
  | { readonly draw: Draw }
  | { readonly question: Question; readonly yes: Field; readonly no: Field }
  | 'absent'

export function typeOf(expression: Expression): Type {
  if (typeof expression !== 'object') return 'number'
  switch (expression.kind) {
    case 'payload':
      return payloadType(expression)
    case 'raw':
      return 'number'
    case 'meta':
      return META_TYPES[expression.key] ?? 'number'
    case 'ct':
      return CT_TYPES[expression.key] ?? 'number'
    case 'fib':
      return expression.result === 'type' ? 'address type' : 'device'
    case 'binary':
      return typeOf(expression.left)
    default:
      return 'number'
  }
}

const META_TYPES: Readonly<Record<string, Type>> = words({
  iif: 'device',
  oif: 'device',
  iifname: 'device',
  oifname: 'device',
  l4proto: 'protocol',
  nfproto: 'family',
  protocol: 'ether type',
  pkttype: 'packet type'
})

const CT_TYPES: Readonly<Record<string, Type>> = words({
  state: 'state',
  status: 'status',
  direction: 'direction',
  protocol: 'protocol',
  l3proto: 'family',
  saddr: 'address',
  daddr: 'address',
  'ip saddr': 'address',
  'ip daddr': 'address',
  'ip6 saddr': 'address',
  'ip6 daddr': 'address',
  'proto-src': 'port',
  'proto-dst': 'port'
})

function payloadType({ protocol, field }: Payload): Type {
  if (field === 'saddr' || field === 'daddr') return protocol === 'ip' || protocol === 'ip6' ? 'address' : 'number'
  if (field === 'sport' || field === 'dport') return 'port'
  if (field === 'protocol' || field === 'nexthdr') return 'protocol'
  if (field === 'flags' && protocol === 'tcp') return 'flags'
  if (field === 'type' && protocol === 'icmp') return 'icmp type'
  if (field === 'type' && protocol === 'icmpv6') return 'icmpv6 type'
  return 'number'
}

export function readField(expression: Expression, situation: Situation): Field {
  if (typeof expression !== 'object') return literalField(expression)
  switch (expression.kind) {
    case 'payload':
      return payload(expression, situation)
    case 'raw':
      return raw(expression, situation)
    case 'meta':
      return meta(expression, situation)
    case 'ct':
      return conntrack(expression, situation)
    case 'fib':
      return fib(expression, situation)
    case 'numgen': {
      const { modulus, offset } = expression
      return { draw: { from: offset, count: modulus } }
    }
    case 'jhash':
    case 'symhash': {
      const domain = { from: expression.offset, count: expression.modulus }
      const id = `${printExpression(expression)} of ${endsOf(situation.flow)}`
      return { unknown: { id, reason: 'it is a hash, with a seed of the kernel’s own', domain } }
    }
    default:
      return notKnown(expression, situation, 'what it reads is not looked into')
  }
}

function literalField(literal: Literal): Field {
  if (typeof literal === 'number') return { value: [literal >>> 0] }
  const address = typeof literal === 'string' ? datumOf(literal, 'address') : undefined
  return address ? { value: address } : { unknown: { id: `${literal}`, reason: 'what this name means is not known' } }
}

function notKnown(expression: Expression, { flow }: Situation, reason: string): Field {
  const id = `${printExpression(expression)} of ${endsOf(flow)} ${flow.headerChanges}`
  return { unknown: { id, reason } }
}

function known(expression: Expression, value: Datum | null, situation: Situation, reason: string): Field {
  return value === null ? notKnown(expression, situation, reason) : { value }
}

function payload(expression: Payload, situation: Situation): Field {
  const { protocol, field } = expression
  const { flow, sent } = situation
  if (protocol === 'ip' || protocol === 'ip6') {
    if (versionOf(situation) !== (protocol === 'ip' ? 4 : 6)) return 'absent'
    return network(expression, situation)
  }
  if (protocol === 'th') {
    return WITH_PORTS.has(flow.protocol)
      ? port(expression, situation)
      : notKnown(expression, situation, 'it has no ports')
  }
  const number = protocol === 'icmpv6' ? ICMPV6 : protocolNumber(protocol)
  if (number === undefined) return notKnown(expression, situation, 'this header is not looked into')
  if (flow.protocol !== number) return 'absent'
  if (field === 'sport' || field === 'dport') return port(expression, situation)
  if (protocol === 'tcp' && field === 'flags') return tcpFlags(expression, situation)
  if (number === ICMP || number === ICMPV6) {
    const value = field === 'type' ? sent.icmpType : field === 'code' ? sent.icmpCode : undefined
    return known(expression, value === undefined ? null : [value], situation, 'the ICMP type is not given')
  }
  return notKnown(expression, situation, 'depends on the packet’s contents')
}

function versionOf({ sent }: Situation): 4 | 6 {
  return sent.flow.destination?.length === 4 ? 6 : 4
}

function network(expression: Payload, situation: Situation): Field {
  const { flow } = situation
  switch (expression.field) {
    case 'saddr':
      return known(expression, flow.source, situation, 'the source address is not known')
    case 'daddr':
      return known(expression, flow.destination, situation, 'the destination address is not known')
    case 'protocol':
    case 'nexthdr':
      return { value: [flow.protocol] }
    case 'version':
      return { value: [versionOf(situation)] }
    default:
      return notKnown(expression, situation, 'depends on the packet’s header')
  }
}

function port(expression: Payload, situation: Situation): Field {
  const { flow } = situation
  const value = expression.field === 'sport' ? flow.sourcePort : flow.destinationPort
  const reason = `the ${expression.field === 'sport' ? 'source' : 'destination'} port is not known`
  return known(expression, value === null ? null : [value], situation, reason)
}

const FLAG_BITS: Readonly<Record<string, number>> = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 }

function tcpFlags(expression: Payload, situation: Situation): Field {
  const { tcpFlags: given } = situation.sent
  if (!given) return notKnown(expression, situation, 'the packet’s TCP flags are not given')
  return { value: [[...given].reduce((bits, flag) => bits | (FLAG_BITS[flag] ?? 0), 0)] }
}

/** Of the transport header the ports; of IPv4 its addresses. */
function raw(expression: RawPayload, situation: Situation): Field {
  const { base, offset, length } = expression
  const of = (protocol: string, field: string) => readField({ kind: 'payload', protocol, field }, situation)
  if (base === 'th' && length === 16 && (offset === 0 || offset === 16))
    return of('th', offset === 0 ? 'sport' : 'dport')
  if (base === 'nh' && length === 32 && versionOf(situation) === 4 && (offset === 96 || offset === 128))
    return of('ip', offset === 96 ? 'saddr' : 'daddr')
  return notKnown(expression, situation, 'depends on the packet’s contents')
}

function meta(expression: Meta, situation: Situation): Field {
  const { flow, host, hook } = situation
  switch (expression.key) {
    case 'mark':
      return known(expression, flow.mark === null ? null : [flow.mark], situation, 'the packet’s mark is not known')
    case 'l4proto':
      return { value: [flow.protocol] }
    case 'nfproto':
      return { value: [versionOf(situation) === 4 ? 2 : 10] }
    case 'protocol':
      return { value: [versionOf(situation) === 4 ? 0x0800 : 0x86dd] }
    case 'iif':
    case 'iifname':
      return known(expression, inDevice(situation), situation, 'the interface is not known')
    case 'oif':
    case 'oifname':
      return known(expression, outDevice(situation), situation, 'the interface is not known')
    case 'skuid':
    case 'skgid':
    case 'cgroup': {
      // Only what a socket of the host sends has one; early demultiplexing gives one to what comes in, after PREROUTING.
      const never = !flow.fromHost && hook !== 'INPUT'
      return never ? 'absent' : perPlace(expression, situation, 'depends on the sending process')
    }
    case 'pkttype': {
      if (flow.destination && isMulticast(flow.destination)) return { value: [2] }
      const broadcast = flow.destination ? host.isBroadcast(flow.destination) : false
      if (typeof broadcast === 'boolean') return { value: [broadcast ? 1 : 0] }
      return notKnown(expression, situation, 'not all addresses of the node are known')
    }
    default:
      return perPlace(expression, situation, 'depends on more than the packet’s addresses')
  }
}

/** Another time another answer. */
function perPlace(expression: Expression, situation: Situation, reason: string): Field {
  return { unknown: { id: `${printExpression(expression)} at ${situation.place()}`, reason } }
}

const STATES = { INVALID: 1, ESTABLISHED: 2, RELATED: 4, NEW: 8, UNTRACKED: 64 } as const

/** A new connection is confirmed when its first packet leaves POSTROUTING: nft_ct_get_eval. */
function conntrack(expression: Conntrack, situation: Situation): Field {
  const { flow, sent, table } = situation
  const tracked = isTracked(situation)
  if (expression.key === 'state') {
    // The raw table stands for whatever comes before connection tracking.
    if (!tracked)
      return { value: [table === 'raw' && flow.state !== 'UNTRACKED' ? STATES.INVALID : STATES[flow.state]] }
    return { value: [STATES[flow.state]] }
  }
  if (!tracked) return 'absent'
  switch (expression.key) {
    case 'status': {
      if (flow.state !== 'NEW') return notKnown(expression, situation, 'depends on the connection’s history')
      return { value: [(flow.looped ? 8 : 0) | (flow.sourceChanged ? 16 : 0) | (flow.destinationChanged ? 32 : 0)] }
    }
    case 'direction':
      return { value: [sent.reply ? 1 : 0] }
    case 'mark': {
      const mark = flow.connectionMark
      return known(expression, mark === null ? null : [mark], situation, 'the connection’s mark is not known')
    }
    case 'protocol':
      return { value: [flow.protocol] }
    case 'l3proto':
      return { value: [versionOf(situation) === 4 ? 2 : 10] }
    default:
      return tuple(expression, situation)
  }
}

function tuple(expression: Conntrack, situation: Situation): Field {
  const found = /^(?:(ip6?) )?(saddr|daddr|proto-src|proto-dst)$/.exec(expression.key)
  if (!found || !expression.direction) return notKnown(expression, situation, 'the connection is not known')
  const [, family, what = ''] = found
  if (family !== undefined && versionOf(situation) !== (family === 'ip' ? 4 : 6)) return 'absent'
  const end = what === 'saddr' || what === 'proto-src' ? 'src' : 'dst'
  const side = tupleSide(expression.direction === 'original' ? 'orig' : 'repl', end, situation)
  const value = what.endsWith('addr') ? side?.address : typeof side?.port === 'number' ? [side.port] : undefined
  return known(expression, value ?? null, situation, 'the conntrack entry is not known')
}

const UNICAST: Field = { value: [1] }
const LOCAL: Field = { value: [2] }

function fib(expression: Fib, situation: Situation): Field {
  const { flow, host } = situation
  const { flags, result } = expression
  const address = flags.includes('saddr') ? flow.source : flow.destination
  if (result !== 'type' || flags.includes('mark')) return oif(expression, address, situation)
  if (!address) {
    const own = flags.includes('saddr') ? flow.masqueraded : flow.toHost
    return own ? LOCAL : notKnown(expression, situation, 'the address is not known')
  }
  const device = flags.includes('iif') ? inDevice(situation) : flags.includes('oif') ? outDevice(situation) : undefined
  if (device === null) return notKnown(expression, situation, 'the interface is not known')
  const broadcast = host.isBroadcast(address)
  if (broadcast === true) return { value: [3] }
  if (isMulticast(address)) return { value: [5] }
  // A device that is not there restricts nothing.
  const own = host.isOwn(address, device === '' ? undefined : device)
  const otherwise: Field =
    broadcast === false ? UNICAST : notKnown(expression, situation, 'not all addresses of the node are known')
  if (typeof own === 'boolean') return own ? LOCAL : otherwise
  if ('chance' in own) return notKnown(expression, situation, 'not all addresses of the node are known')
  const [yes, no] = own.answer ? [LOCAL, otherwise] : [otherwise, LOCAL]
  return { question: own.question, yes, no }
}

/** The device that the route leads to, or none. Of the host's own addresses nobody can say. */
function oif(expression: Fib, address: Address | null, situation: Situation): Field {
  const { host } = situation
  const { flags } = expression
  if (!host.knowsRoutes || !address || flags.includes('mark') || host.isOwn(address) !== false)
    return notKnown(expression, situation, 'which route is taken is not known')
  const route = host.route(address)
  if (!route || route.type !== 'unicast') return { value: '' }
  const device = flags.includes('iif') ? inDevice(situation) : flags.includes('oif') ? outDevice(situation) : undefined
  if (device === null || route.interface === undefined)
    return notKnown(expression, situation, 'the interface is not known')
  return { value: device === undefined || device === '' || device === route.interface ? route.interface : '' }
}
