/** -m addrtype. Kernel: net/netfilter/xt_addrtype.c, inet_addr_type(), which looks at the local table alone. */
import type { Match, Option } from '../../../parse/iptables/rule.ts'
import { isMulticast, type Address } from '../address.ts'
import type { Flow } from '../flow.ts'
import { inDevice, outDevice } from './interface.ts'
import { ask, matchWords, not, undecided, type Part, type Situation, type Truth } from './part.ts'

export function addressTypeParts(match: Match): Part[] {
  const limit = match.options.find((option) => option.name.startsWith('--limit-iface-'))
  const device = limit && (limit.name === '--limit-iface-in' ? inDevice : outDevice)
  return match.options
    .filter((option) => option !== limit)
    .map((option): Part => {
      if (option.name !== '--src-type' && option.name !== '--dst-type') return undecided(match, option, 'option not known')
      const words = matchWords(match, option)
      return { check: (situation) => typeTruth(option, words, device, situation) }
    })
}

function typeTruth(option: Option, words: string, device: typeof inDevice | undefined, situation: Situation): Truth {
  const { flow } = situation
  const source = option.name === '--src-type'
  const address = source ? flow.source : flow.destination
  const on = device?.(situation)
  const types = option.args[0]?.split(',') ?? []
  const truth =
    on === null
      ? ask({ id: words, text: `${words} matches`, reason: 'the interface is not known' })
      : address
        ? address.length === 1 ? anyOf(types, address, on, words, situation) : allOf(types, address, on, situation)
        : unknownAddress(types, source ? ownSource(flow) : flow.toHost, situation.sent.flow.destination?.length === 4 ? 6 : 4, words)
  return option.negated ? not(truth) : truth
}

/** Of an address we do not know, undefined where SNAT picked it from a range. */
function ownSource(flow: Flow): boolean | undefined {
  if (flow.masqueraded) return true
  return flow.sourceNat ? undefined : false
}

function unknownAddress(types: readonly string[], own: boolean | undefined, family: 4 | 6, words: string): Truth {
  const [local, unicast] = [types.includes('LOCAL'), types.includes('UNICAST')]
  if (local === unicast) return local
  if (unicast && family === 6) return true
  if (own === undefined) return ask({ id: words, text: `${words} matches`, reason: 'the address is not known' })
  return own === local
}

/** IPv4: an address has one type; those the local table never holds (BLACKHOLE, PROHIBIT, …) do not match. */
function anyOf(types: readonly string[], address: Address, on: string | undefined, words: string, { host }: Situation): Truth {
  const broadcast = host.isBroadcast(address)
  if (broadcast === true) return types.includes('BROADCAST')
  if (isMulticast(address)) return types.includes('MULTICAST')
  const own = host.isOwn(address, on)
  if (own === true) return types.includes('LOCAL')
  const [local, unicast] = [types.includes('LOCAL'), types.includes('UNICAST')]
  if (broadcast !== false && types.includes('BROADCAST') !== unicast) return ask({ id: words, text: `${words} matches`, reason: 'not all addresses of the node are known' })
  if (local === unicast) return local
  return local ? own : not(own)
}

/** IPv6: the kernel asks for every type named; LOCAL is a question to the routes, UNICAST includes LOCAL. */
function allOf(types: readonly string[], address: Address, on: string | undefined, { host }: Situation): Truth {
  const multicast = isMulticast(address)
  if (types.includes('MULTICAST') && !multicast) return false
  if (types.includes('UNICAST') && multicast) return false
  if (types.includes('UNSPEC') && address.some((word) => word !== 0)) return false
  if (types.includes('LOCAL')) return multicast ? false : host.isOwn(address, on)
  return !types.some((type) => type === 'ANYCAST' || type === 'UNREACHABLE')
}
