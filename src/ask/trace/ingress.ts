import type { Request } from '../../model/traefik-rule.ts'
import { valuesOf } from '../../model/traefik-rule.ts'
import type { Cluster } from './cluster.ts'
import { type EntryPoint, entryPointAt, type TraefikContainer, turnsOn } from './entry-points.ts'
import { hostMatches, type IngressRule, ingressPriority, matching } from './ingress-rule.ts'
import { type TakenRoute, type TraefikRoute, takenRoutes } from './traefik-routes.ts'

/** What an ingress controller does with the request it got: a connection of its own to an endpoint. */
export interface Beyond {
  /** `Traefik in traefik-ns/traefik-59cfdc49c7-dmm58` */
  readonly by: string
  /** Rules that take the request, the one that goes first in front; of several Services of one rule each is its own. */
  readonly routes: readonly IngressRoute[]
  /** What is not known, and may send the request elsewhere. */
  readonly unknown: readonly string[]
}

export interface IngressRoute {
  readonly kind: 'Ingress' | 'IngressRoute' | 'IngressRouteTCP' | 'IngressRouteUDP'
  /** `namespace/name` of the object */
  readonly ingress: string
  /** Of an Ingress; '' for the others, whose `rule` says it. */
  readonly host: string
  readonly path: string
  readonly rule: string
  /** What has to be so for it to take the request, and is not known. */
  readonly conditions: readonly string[]
  readonly service: string
  readonly port: string
  /** Part of what the rule takes that this Service gets. */
  readonly share: number
  /** Dialled directly, in turn: no kube-proxy in between. */
  readonly endpoints: readonly {
    readonly address: string
    readonly share: number
    readonly pod: string | null
    readonly node: string | null
  }[]
  /** Why there are no endpoints; '' where there are some. */
  readonly note: string
}

/** What the client asked for, as far as it is known. */
export interface Asked {
  readonly url?: { readonly scheme: string; readonly host: string; readonly path: string; readonly query: string }
  readonly protocol: string
  /** The source address that the controller sees; null where it cannot be told. */
  readonly seenSource: string | null
}

const OWN =
  "Traefik's own configuration (files, other providers, middlewares) is not in the snapshot: it may send the request elsewhere"

/** The way on from a pod at `IP:port`; undefined where it is no ingress controller that snap knows. */
export function beyond(cluster: Cluster, endpoint: string, { url, protocol, seenSource }: Asked): Beyond | undefined {
  const [, address = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(endpoint) ?? []
  const pod = cluster.podAt(address)
  if (!pod?.isTraefik) return undefined
  const containers = cluster.containersOf(pod.namespace, pod.pod)
  const entryPoint = entryPointAt(containers, Number(port), protocol)
  const request = url && {
    host: url.host.toLowerCase(),
    path: url.path,
    query: url.query,
    tls: url.scheme === 'https',
    ...(seenSource !== null && { client: seenSource })
  }
  const [routed, ruled] = [
    fromRoutes(cluster, containers, { protocol, entryPoint, request }),
    fromIngresses(cluster, containers, entryPoint, request)
  ]
  const routes = [...routed.routes, ...ruled.routes].sort(
    (a, b) => Number(a.kind !== 'IngressRouteTCP') - Number(b.kind !== 'IngressRouteTCP') || b.priority - a.priority
  )
  const none =
    !url && protocol === 'tcp' && routes.length === 0
      ? ['where it sends a request depends on host and path: trace a URL']
      : []
  const told =
    url && routes.length === 0 && !routed.unknown && !ruled.unknown
      ? [`no rule in the snapshot takes host ${url.host} and path ${url.path}`]
      : []
  const assumed = entryPoint
    ? [entryPoint.assumed]
    : [`which entry point its port ${port} is the snapshot does not say`]
  return {
    by: `Traefik in ${pod.namespace}/${pod.pod}`,
    routes: routes.map(({ priority: _, ...route }) => route),
    unknown: [...none, ...told, routed.unknown, ruled.unknown, ...(routes.length > 0 ? assumed : []), OWN].filter(
      (text) => text !== undefined && text !== ''
    ) as string[]
  }
}

interface Ranked extends IngressRoute {
  readonly priority: number
}

interface Found {
  readonly routes: readonly Ranked[]
  readonly unknown: string | undefined
}

type Arriving = Parameters<typeof takenRoutes>[1]

function fromRoutes(cluster: Cluster, containers: readonly TraefikContainer[], arriving: Arriving): Found {
  const rows = cluster.traefikRoutes()
  const unlisted = cluster.unlisted('ingressroutes')
  const unknown = unlisted?.replace(/^ingressroutes/, 'IngressRoute objects')
  const off = offCondition(turnsOn(containers, 'kubernetescrd'), 'kubernetesCRD')
  return { routes: takenRoutes(rows, arriving).flatMap((taken) => routesOf(cluster, taken, off)), unknown }
}

function offCondition(on: boolean | undefined, provider: string): string[] {
  return on === false ? [`Traefik reads them, which its arguments do not say (--providers.${provider})`] : []
}

/** Weights of Services that have none are 1. */
function routesOf(cluster: Cluster, { rows, conditions, priority }: TakenRoute, off: readonly string[]): Ranked[] {
  const total = rows.reduce((sum, { weight }) => sum + (weight ?? 1), 0)
  return rows.map((row) => ({
    kind: row.kind as IngressRoute['kind'],
    ingress: `${row.namespace}/${row.route}`,
    host: '',
    path: '',
    rule: row.rule,
    priority,
    conditions: [...conditions, ...off],
    service: `${row.serviceNamespace}/${row.service}`,
    port: row.servicePort,
    share: total === 0 ? 0 : (row.weight ?? 1) / total,
    ...dialled(cluster, row)
  }))
}

type Dialled = Pick<IngressRoute, 'endpoints' | 'note'>

function dialled(
  cluster: Cluster,
  {
    serviceKind,
    serviceNamespace,
    service,
    servicePort,
    nativeLb
  }: Pick<TraefikRoute, 'serviceKind' | 'serviceNamespace' | 'service' | 'servicePort' | 'nativeLb'>
): Dialled {
  const nothing = (note: string): Dialled => ({ endpoints: [], note })
  if (serviceKind === '') return nothing('the route names no Service')
  if (serviceKind !== 'Service') return nothing(`where ${serviceKind} ${service} leads is not in the snapshot`)
  const known = cluster.service(serviceNamespace, service)
  if (!known) return nothing(cluster.unlisted('services', serviceNamespace) ?? 'there is no such Service')
  if (known.type === 'ExternalName')
    return nothing(`it dials ${known.externalName}, an ExternalName, as DNS resolves it`)
  if (nativeLb === 1)
    return nothing(
      `it dials the cluster IP ${known.clusterIp}, and the node's rules choose the endpoint: trace service/${serviceNamespace}/${service}`
    )
  const endpoints = cluster.readyEndpoints(serviceNamespace, service, servicePort)
  return {
    endpoints: endpoints.map((each) => ({ ...each, share: 1 / endpoints.length })),
    note: endpoints.length > 0 ? '' : 'which has no ready endpoint'
  }
}

function fromIngresses(
  cluster: Cluster,
  containers: readonly TraefikContainer[],
  entryPoint: EntryPoint | undefined,
  request: Request | undefined
): Found {
  const rules = cluster.ingressRules()
  if (!rules) return { routes: [], unknown: 'the Ingress objects are not in this snapshot' }
  if (!request || entryPoint?.isDefault === false) return { routes: [], unknown: undefined }
  const off = offCondition(turnsOn(containers, 'kubernetesingress'), 'kubernetesIngress')
  return { routes: matching(rules, request).map((rule) => ofIngress(cluster, rule, off)), unknown: undefined }
}

function ofIngress(cluster: Cluster, rule: IngressRule, conditions: readonly string[]): Ranked {
  const { namespace, service, port } = rule
  const target = {
    serviceKind: 'Service',
    serviceNamespace: namespace,
    service: service ?? '',
    servicePort: port ?? '',
    nativeLb: null
  }
  return {
    kind: 'Ingress',
    ingress: `${namespace}/${rule.ingress}`,
    host: rule.host ?? '',
    path: rule.path ?? '',
    rule: '',
    priority: ingressPriority(rule),
    conditions,
    service: `${namespace}/${service}`,
    port: port ?? '',
    share: 1,
    ...dialled(cluster, target)
  }
}

/** Whether a rule of an Ingress or IngressRoute names the host. */
export function namesHost(cluster: Cluster, host: string): boolean {
  const asked = host.toLowerCase()
  return (
    (cluster.ingressRules() ?? []).some(
      (rule) => rule.host !== null && rule.host !== '' && hostMatches(rule.host, asked)
    ) ||
    cluster
      .traefikRoutes()
      .some(({ rule }) =>
        [...valuesOf(rule, 'Host'), ...valuesOf(rule, 'HostSNI')].some((each) => each.toLowerCase() === asked)
      )
  )
}
