import { isIP } from 'node:net'
import * as v from 'valibot'
import type { RouteFact } from '../facts.ts'
import type { Problem } from '../iptables/rule.ts'
import { readEntries } from './ip-json.ts'

const Hop = v.object({
  gateway: v.optional(v.string()),
  /** The gateway of a route whose next hop is of the other family. */
  via: v.optional(v.object({ host: v.string() })),
  dev: v.optional(v.string()),
  flags: v.optional(v.array(v.string()), [])
})

const Route = v.object({
  ...Hop.entries,
  dst: v.string(),
  type: v.optional(v.string(), 'unicast'),
  table: v.optional(v.string(), 'main'),
  prefsrc: v.optional(v.string(), ''),
  /** Router preference: iproute2 prints it for IPv6 routes only. */
  pref: v.optional(v.string()),
  nexthops: v.optional(v.array(Hop))
})

type Route = v.InferOutput<typeof Route>

/**
 * Reads `ip -json route`: one row a next hop, so a multipath route is several rows to one destination.
 * Routes of other tables and dead next hops, which the kernel passes over, are problems, not rows.
 */
export function readIpRoute(text: string): { routes: RouteFact[]; problems: Problem[] } {
  const routes: RouteFact[] = []
  const problems = readEntries(text, 'ip -json route', Route, (route) => {
    const destination = cidr(route)
    if (destination === null) return `'${route.dst}' is not a destination`
    if (route.table !== 'main') return `left out, it stands in table ${route.table}`
    const hops = route.nexthops ?? [route]
    const dead = hops.filter(({ flags }) => flags.includes('dead'))
    for (const hop of hops.filter((candidate) => !dead.includes(candidate))) {
      routes.push({
        destination,
        type: route.type,
        source: route.prefsrc,
        gateway: hop.gateway ?? hop.via?.host ?? '',
        interface: hop.dev ?? ''
      })
    }
    return dead.length === 0
      ? undefined
      : `left out, dead: ${destination} via ${dead.map((hop) => hop.gateway ?? hop.dev ?? '?').join(', ')}`
  })
  return { routes, problems }
}

/** `default` and single hosts written as CIDR; null for what is neither. */
function cidr(route: Route): string | null {
  if (route.dst === 'default') return isIpv6(route) ? '::/0' : '0.0.0.0/0'
  const [address = '', length] = route.dst.split('/')
  const version = isIP(address)
  const longest = version === 6 ? 128 : 32
  if (version === 0 || (length !== undefined && !(/^\d{1,3}$/.test(length) && Number(length) <= longest))) return null
  return length === undefined ? `${address}/${longest}` : route.dst
}

/** A default route names its family only by its neighbours. `via` is of the other family, so it does not count. */
function isIpv6({ pref, gateway, prefsrc, nexthops = [] }: Route): boolean {
  return (
    pref !== undefined ||
    [gateway, prefsrc, ...nexthops.map((hop) => hop.gateway)].some((address) => address?.includes(':'))
  )
}
