/** DNAT, SNAT, REDIRECT, MASQUERADE, NETMAP. Kernel: net/netfilter/nf_nat_core.c, get_unique_tuple(). */
import type { Target } from '../../../parse/iptables/rule.ts'
import {
  type Address,
  compareAddresses,
  formatAddress,
  type Network,
  nextAddress,
  parseAddress,
  parseNetwork,
  sameAddress
} from '../address.ts'
import type { Flow } from '../flow.ts'
import { inRange, parseRange, type Range } from '../match/number.ts'
import type { Situation } from '../match/part.ts'
import type { Question } from '../match/truth.ts'

export interface Nat {
  readonly target: 'DNAT' | 'SNAT' | 'REDIRECT' | 'MASQUERADE' | 'NETMAP'
  readonly from?: Address
  readonly to?: Address
  readonly ports?: Range
  /** Ports are shifted: the first of `ports` answers for this one (`--to-destination :8000-8009/80`). */
  readonly base?: number
  readonly random: boolean
  readonly network?: Network
}

export interface Rewritten {
  readonly flow: Flow
  /** What must have been answered so for this rewrite. */
  readonly given: readonly { readonly question: Question; readonly answer: boolean }[]
}

/** More addresses than this are not told apart. */
const MAX_ADDRESSES = 16

export function parseNat(target: Target): Nat | undefined {
  const random = target.options.some((option) => option.name === '--random' || option.name === '--random-fully')
  const find = (...names: string[]) => target.options.filter((option) => names.includes(option.name))
  const name = target.name as Nat['target']
  if (name === 'NETMAP') {
    const network = parseNetwork(find('--to')[0]?.args[0] ?? '')
    return network && { target: name, network, random: false }
  }
  if (name === 'REDIRECT' || name === 'MASQUERADE') {
    const [option] = find('--to-ports')
    const ports = option && parseRange(option.args[0] ?? '', '-')
    return option && !ports ? undefined : { target: name, random, ...(ports && { ports }) }
  }
  const to = find('--to-destination', '--to-source')
  const place = to.length === 1 ? parsePlace(to[0]!.args[0] ?? '') : undefined
  return place && { target: name, random, ...place }
}

/** `10.0.0.1-10.0.0.9:80-90/8080`, `[fd00::1]:80`, `fd00::1`, `:8080`. */
function parsePlace(text: string): Pick<Nat, 'from' | 'to' | 'ports' | 'base'> | undefined {
  const bare6 = !text.startsWith('[') && text.split(':').length > 2
  const [, inBrackets, plain, after] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(text) ?? []
  const [addresses, portText] = bare6 ? [text, undefined] : [inBrackets ?? plain ?? '', after]
  const [from, to] = addresses === '' ? [] : addresses.split('-').map(parseAddress)
  const [rangeText, baseText] = portText?.split('/') ?? []
  const ports = rangeText === undefined ? undefined : parseRange(rangeText, '-')
  const addressesRead = addresses === '' || (from && (to || !addresses.includes('-')))
  if (!addressesRead || (portText !== undefined && !ports)) return undefined
  return {
    ...(from && { from, to: to ?? from }),
    ...(ports && { ports }),
    ...(baseText === undefined ? {} : { base: Number(baseText) })
  }
}

/** The ways a packet can come out; a string: what cannot be known, so nothing more can be said. */
export function rewrite(nat: Nat, flow: Flow, situation: Situation): readonly Rewritten[] | string {
  switch (nat.target) {
    case 'DNAT':
      return toRange(nat, flow)
    case 'REDIRECT':
      return only(toDestination(flow, redirectAddress(flow, situation), destinationPort(nat, flow), true))
    case 'SNAT':
      return only(fromRange(nat, flow))
    case 'MASQUERADE':
      return only({ ...toSource(flow, masqueradeAddress(flow, situation), sourcePort(nat, flow)), masqueraded: true })
    case 'NETMAP':
      return netmap(nat.network!, flow, situation)
  }
}

function only(flow: Flow): readonly Rewritten[] {
  return [{ flow, given: [] }]
}

function toRange(nat: Nat, flow: Flow): readonly Rewritten[] | string {
  const changed = destinationPort(nat, flow)
  if (!nat.from || !nat.to) return only(toDestination(flow, flow.destination, changed, flow.toHost))
  const addresses = listAddresses(nat.from, nat.to)
  const range = `${formatAddress(nat.from)}-${formatAddress(nat.to)}`
  if (!addresses) return `which address of ${range} the kernel picks is not known`
  return addresses.map((address, at) => ({
    flow: toDestination(flow, address, changed, false),
    given: addresses.slice(0, Math.min(at + 1, addresses.length - 1)).map((each, earlier) => ({
      question: picked(each, range),
      answer: earlier === at
    }))
  }))
}

function listAddresses(from: Address, to: Address): Address[] | undefined {
  const list = [from]
  while (compareAddresses(list.at(-1)!, to) < 0 && list.length <= MAX_ADDRESSES) list.push(nextAddress(list.at(-1)!))
  return list.length > MAX_ADDRESSES ? undefined : list
}

function picked(address: Address, range: string): Question {
  const text = `the kernel picks ${formatAddress(address)} of ${range} for this client`
  return { id: text, text, reason: 'it picks by a hash with a secret of its own' }
}

/** The kernel keeps a source that already lies in the range, else picks by hash. */
function fromRange(nat: Nat, flow: Flow): Flow {
  const { from, to } = nat
  const port = sourcePort(nat, flow)
  if (!from || !to) return toSource(flow, flow.source, port)
  if (sameAddress(from, to)) return toSource(flow, from, port)
  const inside = flow.source && compareAddresses(flow.source, from) >= 0 && compareAddresses(flow.source, to) <= 0
  return toSource(flow, inside && !nat.random ? flow.source : null, port)
}

/**
 * A port in the range is kept, another becomes the range's first. Of a new connection alone: with others to the same
 * ends the kernel looks further, and drops the packet when it finds no free port.
 */
function destinationPort({ ports, base, random }: Nat, { destinationPort: current }: Flow): number | null {
  if (!ports) return current
  if (ports.from === ports.to) return ports.from
  if (current === null) return null
  if (base !== undefined) return ports.from + (((current - base) & 65535) % (ports.to - ports.from + 1))
  if (random) return null
  return inRange(current, ports) ? current : ports.from
}

/** A port in the range is kept, another becomes any of the range; without range it is kept while it is free. */
function sourcePort({ ports, random }: Nat, { sourcePort: current }: Flow): number | null {
  if (ports?.from === ports?.to) return ports?.from ?? (random ? null : current)
  return !random && ports && current !== null && inRange(current, ports) ? current : null
}

/** REDIRECT: the loopback for what the host sends, else the first address of the interface it came in by. */
function redirectAddress(flow: Flow, { hook, host, sent }: Situation): Address | null {
  const like = flow.destination ?? sent.flow.destination!
  if (hook === 'OUTPUT') return like.length === 4 ? [0, 0, 0, 1] : [0x7f000001]
  return flow.arrival ? (host.firstAddress(flow.arrival, like) ?? null) : null
}

function masqueradeAddress(flow: Flow, { host }: Situation): Address | null {
  if (!flow.destination || flow.departure === null) return null
  const next = host.route(flow.destination)?.gateway ?? flow.destination
  return host.masqueradeAddress(flow.departure, next) ?? null
}

/** NETMAP swaps the network part: of the source after routing, of the destination before. */
function netmap(network: Network, flow: Flow, { hook }: Situation): readonly Rewritten[] | string {
  const ofSource = hook === 'POSTROUTING' || hook === 'INPUT'
  const old = ofSource ? flow.source : flow.destination
  if (!old) return 'the address NETMAP maps is not known'
  const mapped = old.map((word, at) => ((word & ~network.mask[at]!) | network.base[at]!) >>> 0)
  if (ofSource) return only(toSource(flow, mapped, flow.sourcePort))
  return only(toDestination(flow, mapped, flow.destinationPort, false))
}

function toDestination(flow: Flow, destination: Address | null, port: number | null, toHost: boolean): Flow {
  const changed = !sameAddress(flow.destination, destination) || flow.destinationPort !== port
  const destinationChanged = flow.destinationChanged || changed
  return { ...flow, destination, destinationPort: port, toHost, destinationNat: true, destinationChanged }
}

function toSource(flow: Flow, source: Address | null, port: number | null): Flow {
  const changed = !sameAddress(flow.source, source) || flow.sourcePort !== port
  return { ...flow, source, sourcePort: port, sourceNat: true, sourceChanged: flow.sourceChanged || changed }
}
