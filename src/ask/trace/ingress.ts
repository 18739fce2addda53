import type { Cluster } from './cluster.ts'

/** What an ingress controller does with the request it got: a connection of its own to an endpoint. */
export interface Beyond {
  /** `Traefik in traefik-ns/traefik-59cfdc49c7-dmm58` */
  readonly by: string
  /** Rules of Ingress objects that take the request, the one that goes first in front. */
  readonly routes: readonly IngressRoute[]
  /** What is not known, and may send the request elsewhere. */
  readonly unknown: readonly string[]
}

export interface IngressRoute {
  /** `namespace/name` */
  readonly ingress: string
  readonly host: string
  readonly path: string
  readonly service: string
  readonly port: string
  /** Dialled directly, in turn: no kube-proxy in between. */
  readonly endpoints: readonly { readonly address: string; readonly share: number; readonly pod: string | null; readonly node: string | null }[]
}

export interface IngressRule {
  readonly namespace: string
  readonly ingress: string
  readonly class: string | null
  readonly host: string | null
  readonly path: string | null
  readonly pathType: string | null
  readonly service: string | null
  readonly port: string | null
}

/** The way on from a pod at `IP:port`; undefined where it is no ingress controller that snap knows. `url`: what the client asked for. */
export function beyond(cluster: Cluster, endpoint: string, url: { host: string; path: string } | undefined): Beyond | undefined {
  const [, address = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(endpoint) ?? []
  const pod = cluster.podAt(address)
  if (!pod?.isTraefik) return undefined
  const by = `Traefik in ${pod.namespace}/${pod.pod}`
  const notCollected = 'IngressRoute and IngressRouteTCP objects and Traefik\'s own configuration are not collected: they may send the request elsewhere'
  if (!url) return { by, routes: [], unknown: ['where it sends a request depends on host and path: trace a URL', notCollected] }
  const rules = cluster.ingressRules()
  if (!rules) return { by, routes: [], unknown: ['the Ingress objects are not in this snapshot', notCollected] }
  const routes = matching(rules, url).map((rule) => routeOf(cluster, rule))
  const unknown = routes.length === 0 ? [`no Ingress in the snapshot takes host ${url.host} and path ${url.path}`] : [`its entry point at port ${port} is taken to serve Ingress rules`]
  return { by, routes, unknown: [...unknown, notCollected] }
}

/** Traefik tries the longest rule first (its routers' default priority). */
export function matching(rules: readonly IngressRule[], { host, path }: { host: string; path: string }): IngressRule[] {
  const length = (rule: IngressRule) => (rule.host ?? '').length + (rule.path ?? '').length
  return rules
    .filter((rule) => !rule.class || /traefik/i.test(rule.class))
    .filter((rule) => hostMatches(rule.host ?? '', host.toLowerCase()) && pathMatches(rule, path))
    .sort((a, b) => length(b) - length(a))
}

/** `*.` stands for one label; '' for every host. */
export function hostMatches(wanted: string, host: string): boolean {
  if (wanted.startsWith('*.')) return host.endsWith(wanted.slice(1).toLowerCase()) && !host.slice(0, 1 - wanted.length).includes('.')
  return wanted === '' || wanted.toLowerCase() === host
}

/** A prefix ends at a slash; Traefik takes ImplementationSpecific for Prefix. */
function pathMatches({ path, pathType }: IngressRule, asked: string): boolean {
  if (!path) return true
  if (pathType === 'Exact') return path === asked
  const prefix = path.replace(/\/+$/, '')
  return asked === prefix || asked.startsWith(`${prefix}/`)
}

function routeOf(cluster: Cluster, rule: IngressRule): IngressRoute {
  const { namespace, service, port } = rule
  const endpoints = cluster.readyEndpoints(namespace, service ?? '', port ?? '')
  return {
    ingress: `${namespace}/${rule.ingress}`, host: rule.host ?? '', path: rule.path ?? '', service: `${namespace}/${service}`, port: port ?? '',
    endpoints: endpoints.map((each) => ({ ...each, share: 1 / endpoints.length }))
  }
}
