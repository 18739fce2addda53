/** -m addrtype. Kernel: net/netfilter/xt_addrtype.c, inet_addr_type(), which looks at the local table alone. */
import type { Match, Option } from '../../../parse/iptables/rule.ts'
import { type Address, isMulticast } from '../address.ts'
import type { Flow } from '../flow.ts'
import type { HostView } from '../host-view.ts'
import { inDevice, outDevice } from './interface.ts'
import { matchWords, type Part, type Situation, undecided } from './part.ts'
import { ask, not, type Truth } from './truth.ts'

export function addressTypeParts(match: Match): Part[] {
  const limit = match.options.find((option) => option.name.startsWith('--limit-iface-'))
  const device = limit && (limit.name === '--limit-iface-in' ? inDevice : outDevice)
  return match.options
    .filter((option) => option !== limit)
    .map((option): Part => {
      if (!/^--(src|dst)-type$/.test(option.name)) return undecided(match, option, 'option not known')
      const types = new Set(option.args[0]?.split(','))
      const words = matchWords(match, option)
      const check = (situation: Situation): Truth => typeTruth(types, option, words, device?.(situation), situation)
      return { check: option.negated ? (situation) => not(check(situation)) : check }
    })
}

/** `on`: LOCAL means an address of this interface; null: of one we do not know. */
function typeTruth(
  types: ReadonlySet<string>,
  option: Option,
  words: string,
  on: string | null | undefined,
  { flow, host, sent }: Situation
): Truth {
  const source = option.name === '--src-type'
  const address = source ? flow.source : flow.destination
  const doubt = (reason: string): Truth => ask({ id: `${words} ${address} ${on}`, text: `${words} matches`, reason })
  if (on === null) return doubt('the interface is not known')
  const version6 = sent.flow.destination?.length === 4
  if (!address) return unknownAddress(types, source ? ownSource(flow) : flow.toHost, version6, doubt)
  return version6 ? allOf(types, address, on, host) : anyOf(types, address, on, host, doubt)
}

/** Whether an address we do not know is the host's own; undefined where SNAT picked it from a range. */
function ownSource(flow: Flow): boolean | undefined {
  if (flow.masqueraded) return true
  return flow.sourceNat ? undefined : false
}

type Doubt = (reason: string) => Truth
type Types = ReadonlySet<string>

function unknownAddress(types: Types, own: boolean | undefined, version6: boolean, doubt: Doubt): Truth {
  const [local, unicast] = [types.has('LOCAL'), types.has('UNICAST')]
  if (local === unicast) return local
  if (unicast && version6) return true
  return own === undefined ? doubt('the address is not known') : own === local
}

/** IPv4: an address has one type; those the local table never holds (BLACKHOLE, PROHIBIT, …) do not match. */
function anyOf(types: Types, address: Address, on: string | undefined, host: HostView, doubt: Doubt): Truth {
  const broadcast = host.isBroadcast(address)
  if (broadcast === true) return types.has('BROADCAST')
  if (isMulticast(address)) return types.has('MULTICAST')
  const own = host.isOwn(address, on)
  if (own === true) return types.has('LOCAL')
  const [local, unicast] = [types.has('LOCAL'), types.has('UNICAST')]
  if (broadcast !== false && types.has('BROADCAST') !== unicast) return doubt('not all addresses of the node are known')
  if (local === unicast) return local
  return local ? own : not(own)
}

/** IPv6: the kernel asks for every type named; LOCAL is a question to the routes, UNICAST includes LOCAL. */
function allOf(types: Types, address: Address, on: string | undefined, host: HostView): Truth {
  const multicast = isMulticast(address)
  if (types.has('MULTICAST') && !multicast) return false
  if (types.has('UNICAST') && multicast) return false
  if (types.has('UNSPEC') && address.some((word) => word !== 0)) return false
  if (types.has('LOCAL')) return multicast ? false : host.isOwn(address, on)
  return !types.has('ANYCAST') && !types.has('UNREACHABLE')
}
