/** A host's addresses, routes and settings, parsed once, and the questions the kernel asks of them. */
import {
  type Address,
  applyMask,
  formatAddress,
  inNetwork,
  isLoopback,
  isMulticast,
  type Network,
  parseAddress,
  parseNetwork,
  prefixMask,
  sameAddress
} from './address.ts'
import type { HostView, ParsedRoute } from './host-view.ts'
import { type ParsedSet, parseSet } from './ipset.ts'
import { ask, type Truth } from './match/truth.ts'
import type { Host, Route } from './packet.ts'

interface OwnAddress {
  readonly address: Address
  readonly network: Network
  readonly prefix: number
  readonly interface?: string
}

const views = new WeakMap<Host, HostView>()

export function viewHost(host: Host): HostView {
  let view = views.get(host)
  if (!view) views.set(host, (view = buildView(host)))
  return view
}

function buildView(host: Host): HostView {
  const own = host.addresses.flatMap(parseOwn)
  const routes = host.routes?.flatMap(parseRoute).sort((a, b) => b.prefix - a.prefix || a.metric - b.metric)
  const sets = new Map<string, ParsedSet | undefined>()
  const known = host.addressesKnown ?? 'all'
  const parsed = (name: string): ParsedSet | undefined => {
    if (!sets.has(name)) {
      const set = host.ipset?.(name)
      sets.set(name, set && parseSet(set, parsed))
    }
    return sets.get(name)
  }
  // Of an interface whose addresses may not all be known, none can be said to be its first.
  const primary = (on: string, like: Address) => (known === 'all' ? primaries(own, on, like) : [])
  return {
    knowsRoutes: routes !== undefined,
    isOwn: (address, on) => isOwn(own, known, address, on),
    isBroadcast: (address) => isBroadcast(own, known, address),
    route: (address) => routes?.find((route) => inNetwork(address, route.network)),
    firstAddress: (on, like) => primary(on, like)[0]?.address,
    masqueradeAddress: (on, next) => {
      const choices = primary(on, next)
      // IPv6 source selection (RFC 6724) has more rules than this; one address needs none of them.
      if (next.length === 4) return choices.length === 1 ? choices[0]!.address : undefined
      const near = on === 'lo' ? undefined : choices.find((each) => inNetwork(next, each.network))
      return (near ?? choices[0])?.address
    },
    unread: host.unread ?? [],
    sysctl: (name) => host.sysctls?.get(name),
    set: parsed,
    setUnknown: (name) => {
      const type = host.ipset?.(name)?.type
      return type === undefined
        ? `the contents of set ${name} are not known`
        : `set ${name} is of a kind that is not looked into (${type})`
    }
  }
}

function parseOwn(each: Host['addresses'][number]): OwnAddress[] {
  const address = parseAddress(each.address)
  if (!address) return []
  const mask = prefixMask(each.prefix, address.length === 1 ? 4 : 6)
  const network = { base: applyMask(address, mask), mask }
  const on = each.interface === undefined ? {} : { interface: each.interface }
  return [{ address, network, prefix: each.prefix, ...on }]
}

function parseRoute(route: Route): ParsedRoute[] {
  const gateway = route.gateway === undefined ? undefined : parseAddress(route.gateway)
  const everything = ['0.0.0.0/0', '::/0'].filter((each) => !gateway || each.includes(':') === (gateway.length === 4))
  return (route.destination === 'default' ? everything : [route.destination]).flatMap((destination) => {
    const network = parseNetwork(destination)
    if (!network) return []
    const prefix = network.mask.reduce((bits, word) => bits + Math.clz32(~word), 0)
    return [
      {
        network,
        prefix,
        metric: route.metric ?? 0,
        type: route.type ?? 'unicast',
        ...(route.interface === undefined ? {} : { interface: route.interface }),
        ...(gateway === undefined ? {} : { gateway }),
        ...(route.source === undefined ? {} : { source: route.source })
      }
    ]
  })
}

function isOwn(own: readonly OwnAddress[], known: 'all' | 'some', address: Address, on?: string): Truth {
  if (isLoopback(address)) return on === undefined || on === 'lo'
  const found = own.filter((each) => sameAddress(each.address, address))
  const text = `${formatAddress(address)} is an address of the node`
  if (on === undefined) {
    if (found.length > 0) return true
    return known === 'all' ? false : ask({ id: text, text, reason: 'not all addresses of the node are known' })
  }
  if (found.some((each) => each.interface === on)) return true
  if (known === 'all' && found.every((each) => each.interface !== undefined)) return false
  const onThere = `${text}, on ${on}`
  return ask({ id: onThere, text: onThere, reason: 'the addresses of its interfaces are not all known' })
}

function isBroadcast(own: readonly OwnAddress[], known: 'all' | 'some', address: Address): Truth {
  if (address.length !== 1) return false
  if (address[0] === 0xffffffff || address[0]! >>> 24 === 0) return true
  const nets = own.filter((each) => each.address.length === 1 && each.prefix < 31).map(({ network }) => network)
  if (nets.some(({ base, mask }) => (base[0]! | ~mask[0]!) >>> 0 === address[0])) return true
  // The last address of a network is odd.
  if (known === 'all' || isMulticast(address) || address[0]! % 2 === 0) return false
  const text = `${formatAddress(address)} is a broadcast address of the node's networks`
  return ask({ id: text, text, reason: 'not all addresses of the node are known' })
}

/** Addresses of an interface without secondary ones: those in the subnet of an earlier address. */
function primaries(own: readonly OwnAddress[], on: string, like: Address): OwnAddress[] {
  const family = own.filter((each) => each.address.length === like.length && !isLoopback(each.address))
  if (on !== 'lo' && family.some((each) => each.interface === undefined)) return []
  const there = family.filter((each) => each.interface === on || on === 'lo')
  // IPv6 knows no secondary addresses, but link-local ones, which are for the link alone.
  if (like.length === 4) return there.filter((each) => !inNetwork(each.address, LINK_LOCAL))
  return there.filter((each, at) => !there.slice(0, at).some((earlier) => hasSecondary(earlier, each)))
}

const LINK_LOCAL = parseNetwork('fe80::/10')!

function hasSecondary(first: OwnAddress, other: OwnAddress): boolean {
  const together = first.prefix === other.prefix && first.interface === other.interface
  return together && inNetwork(other.address, first.network)
}
