import { decideMatcher } from '../../model/traefik-matchers.ts'
import { type Request, ruleTruth, valuesOf } from '../../model/traefik-rule.ts'
import type { EntryPoint } from './entry-points.ts'

/** A row of the view traefik_routes. */
export interface TraefikRoute {
  readonly namespace: string
  readonly route: string
  readonly kind: string
  /** JSON list */
  readonly entryPoints: string
  readonly tls: number
  readonly position: number
  readonly rule: string
  readonly priority: number
  /** JSON list */
  readonly middlewares: string
  readonly serviceKind: string
  readonly serviceNamespace: string
  readonly service: string
  readonly servicePort: string
  readonly weight: number | null
  readonly nativeLb: number | null
}

/** A route that takes a request, or may take it. */
export interface TakenRoute {
  /** One of each Service. */
  readonly rows: readonly TraefikRoute[]
  /** What has to be so for it; empty where it takes the request for sure. */
  readonly conditions: readonly string[]
  /** The highest goes first. */
  readonly priority: number
}

/** What arrives at Traefik. Without a request only TCP and UDP routes can be asked. */
export interface Arriving {
  readonly protocol: string
  readonly entryPoint: EntryPoint | undefined
  readonly request: Request | undefined
}

/** Routes that take, or may take, what arrives; TCP routes go before HTTP routes, then the highest priority. */
export function takenRoutes(rows: readonly TraefikRoute[], arriving: Arriving): TakenRoute[] {
  const routes = new Map<string, TraefikRoute[]>()
  for (const row of rows) {
    const key = `${row.kind} ${row.namespace}/${row.route} ${row.position}`
    const known = routes.get(key)
    if (known) known.push(row)
    else routes.set(key, [row])
  }
  const before = ({ rows: [row] }: TakenRoute) => Number(row!.kind !== 'IngressRouteTCP')
  return [...routes.values()]
    .flatMap((group) => taken(group, arriving))
    .sort((a, b) => before(a) - before(b) || b.priority - a.priority)
}

function taken(rows: readonly TraefikRoute[], arriving: Arriving): TakenRoute[] {
  const [row] = rows
  const { kind, rule, priority } = row!
  if ((kind === 'IngressRouteUDP') !== (arriving.protocol === 'udp')) return []
  const there = atEntryPoint(row!, arriving.entryPoint)
  const conditions = there === false ? false : meets(row!, arriving)
  if (there === false || conditions === false) return []
  const all = [there === true ? [] : [there], conditions].flat()
  return [{ rows, conditions: all, priority: priority || rule.length }]
}

/** Its condition where the entry point is not known. */
function atEntryPoint({ entryPoints }: TraefikRoute, entryPoint: EntryPoint | undefined): boolean | string {
  const named = (JSON.parse(entryPoints) as string[]).map((name) => name.toLowerCase())
  if (!entryPoint)
    return named.length === 0 ? 'this is a default entry point' : `this is entry point ${named.join(' or ')}`
  return named.length === 0 ? entryPoint.isDefault : named.includes(entryPoint.name.toLowerCase())
}

function meets({ kind, rule, tls }: TraefikRoute, { request }: Arriving): readonly string[] | false {
  if (kind === 'IngressRouteUDP') return []
  if (kind === 'IngressRouteTCP') return meetsTcp(rule, tls === 1, request)
  if (!request) return false
  // A router with TLS serves TLS only, and one without it only plain requests.
  if ((tls === 1) !== request.tls) return tls === 1 ? false : ['TLS ends before Traefik, or at its entry point']
  return open(ruleTruth(rule, request, decideMatcher), rule)
}

function meetsTcp(rule: string, tls: boolean, request: Request | undefined): readonly string[] | false {
  if (request) return tls && !request.tls ? false : open(ruleTruth(rule, request, decideMatcher), rule)
  const any = valuesOf(rule, 'HostSNI').includes('*')
  return any && !tls && !/[&|!]/.test(rule) ? [] : [`the connection meets ${rule}`]
}

function open(truth: ReturnType<typeof ruleTruth>, rule: string): readonly string[] | false {
  if (truth === undefined)
    return [
      rule === '' ? 'its rule, which the snapshot does not have, is met' : `${rule} is met, which snap cannot read`
    ]
  return truth === true ? [] : truth
}
