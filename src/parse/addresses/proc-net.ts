import { isIPv4 } from 'node:net'
import type { InterfaceAddressFact, RouteFact } from '../facts.ts'
import type { Problem } from '../iptables/rule.ts'
import { boundedLinesOf, type Line, problemAt } from '../sockets/lines.ts'
import { fromHexBytes, fromHexWord, hexPrefix } from './hexadecimal.ts'
import { withInterfaces } from './own-interface.ts'

/** Kernel include/uapi/linux/route.h and ipv6_route.h. */
const RTF_UP = 0x1
const RTF_GATEWAY = 0x2
const RTF_REJECT = 0x200
const RTF_LOCAL = 0x80000000

const FILE = /^==> \/proc\/net\/(fib_trie|route|if_inet6|ipv6_route) <==$/
const ROUTE = /^(\S+)\s+([0-9A-F]{8})\s+([0-9A-F]{8})\s+([0-9A-F]{4})\s+\d+\s+\d+\s+\d+\s+([0-9A-F]{8})\s/
const IF_INET6 = /^([0-9a-f]{32}) [0-9a-f]{2} ([0-9a-f]{2}) ([0-9a-f]{2}) [0-9a-f]{2}\s+(\S+)$/
const IPV6_ROUTE =
  /^([0-9a-f]{32}) ([0-9a-f]{2}) [0-9a-f]{32} [0-9a-f]{2} ([0-9a-f]{32}) [0-9a-f]{8} [0-9a-f]{8} [0-9a-f]{8} ([0-9a-f]{8})\s+(\S+)$/

/** Kernel include/net/ipv6.h: IPV6_ADDR_LOOPBACK, LINKLOCAL and SITELOCAL, in words of `ip address`. */
const SCOPES = new Map([
  ['00', 'global'],
  ['10', 'host'],
  ['20', 'link'],
  ['40', 'site']
])

export interface ProcNetworks {
  readonly addresses: InterfaceAddressFact[]
  readonly addressProblems: readonly Problem[]
  readonly routes: RouteFact[]
  readonly routeProblems: readonly Problem[]
}

/**
 * Reads /proc/net/fib_trie, route, if_inet6 and ipv6_route, each after a line with its name, where an image has no `ip`.
 *
 * An IPv4 address comes without its interface: it gets that of the one directly connected network in which it is the node's only
 * address, else null. Of a route with several next hops /proc shows the first alone, and no preferred source. Little-endian machines
 * are assumed, as for sockets.
 */
export function readProcNetworks(text: string): ProcNetworks {
  const found: Found = { own: new Set(), addresses: [], addressProblems: [], routes: [], routeProblems: [] }
  const seen = new Set<string>()
  let file = ''
  let node = ''
  for (const line of boundedLinesOf(text, found.addressProblems)) {
    const next = FILE.exec(line.text)?.[1]
    if (next !== undefined) seen.add((file = next))
    else if (file === 'fib_trie') node = readTrie(line, node, found)
    else if (line.text.trim() !== '')
      READERS.get(file)?.(line, found) ?? found.addressProblems.push(problemAt(line, 'stands under no name of a file'))
  }
  if (!seen.has('fib_trie')) found.addressProblems.push(missing('fib_trie'))
  if (!seen.has('route')) found.routeProblems.push(missing('route'))
  const { own, addresses, addressProblems, routes, routeProblems } = found
  return { addresses: [...withInterfaces([...own], routes), ...addresses], addressProblems, routes, routeProblems }
}

function missing(file: string): Problem {
  return problemAt({ text: '', line: 1, offset: 0 }, `/proc/net/${file} is not in it`)
}

interface Found {
  /** The host's own IPv4 addresses, in the order of the trie. */
  readonly own: Set<string>
  readonly addresses: InterfaceAddressFact[]
  readonly addressProblems: Problem[]
  readonly routes: RouteFact[]
  readonly routeProblems: Problem[]
}

/** Each says whether it read the line or told what is wrong with it. */
const READERS: ReadonlyMap<string, (line: Line, found: Found) => true> = new Map(
  Object.entries<(line: Line, found: Found) => true>({
    route: (line, found) => told(readRoute(line, found), line, found.routeProblems),
    if_inet6: (line, found) => told(readAddress6(line, found), line, found.addressProblems),
    ipv6_route: (line, found) => told(readRoute6(line, found), line, found.routeProblems)
  })
)

function told(read: boolean, line: Line, problems: Problem[]): true {
  if (!read) problems.push(problemAt(line, 'not a line of this file of /proc/net'))
  return true
}

/** A leaf of the trie is an address, then what it is with each prefix. Returns the leaf. */
function readTrie({ text }: Line, node: string, { own }: Found): string {
  const leaf = /^\s*\|-- (\S+)$/.exec(text)?.[1]
  if (leaf !== undefined) return leaf
  if (/^\s*\/32 host LOCAL$/.test(text) && isIPv4(node)) own.add(node)
  return node
}

function readRoute(line: Line, found: Found): boolean {
  if (line.text.startsWith('Iface')) return true
  const [, on = '', destination = '', gateway = '', flags = '', mask = ''] = ROUTE.exec(line.text) ?? []
  const prefix = hexPrefix(mask)
  if (on === '' || prefix === null) return false
  addRoute(found, `${fromHexWord(destination)}/${prefix}`, fromHexWord(gateway), on, Number.parseInt(flags, 16))
  return true
}

function readAddress6(line: Line, found: Found): boolean {
  const [, address, prefix = '', scope = '', on] = IF_INET6.exec(line.text) ?? []
  if (address === undefined || on === undefined) return false
  found.addresses.push({
    interface: on,
    address: fromHexBytes(address),
    prefixLength: Number.parseInt(prefix, 16),
    scope: SCOPES.get(scope) ?? `0x${scope}`
  })
  return true
}

/** The file shows every table; the routes to the host itself and to multicast groups are not of the main one. */
function readRoute6(line: Line, found: Found): boolean {
  const [, destination, prefix = '', gateway = '', flags = '', on = ''] = IPV6_ROUTE.exec(line.text) ?? []
  if (destination === undefined) return false
  const bits = Number.parseInt(flags, 16)
  if ((bits & RTF_LOCAL) !== 0 || destination.startsWith('ff')) return true
  addRoute(found, `${fromHexBytes(destination)}/${Number.parseInt(prefix, 16)}`, fromHexBytes(gateway), on, bits)
  return true
}

/**
 * `reject`: blackhole, unreachable or prohibit, which /proc does not tell apart; of a blackhole it shows no more than the interface `*`.
 * The kernel's own rejecting default, on lo, is "no route".
 */
function addRoute({ routes }: Found, destination: string, gateway: string, on: string, flags: number): void {
  const rejects = (flags & RTF_REJECT) !== 0 || on === '*'
  if ((flags & RTF_UP) === 0 && !rejects) return
  if (rejects && on === 'lo' && destination === '::/0') return
  routes.push({
    destination,
    gateway: (flags & RTF_GATEWAY) === 0 ? '' : gateway,
    interface: rejects ? '' : on,
    type: rejects ? 'reject' : 'unicast',
    source: null
  })
}
