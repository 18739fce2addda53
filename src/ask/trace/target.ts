import { UserError } from '../../problem.ts'
import type { Cluster, Frontend } from './cluster.ts'
import type { Destination, TransportProtocol } from './destination.ts'
import { namesHost } from './ingress.ts'

/** An address and port to send to, and how the snapshot came to it. */
export interface Target {
  readonly address: string
  readonly port: number
  readonly protocol: TransportProtocol
  /** The Service reached there; undefined where it is no Service's frontend. */
  readonly frontend?: Frontend
  /** The address is this Service's, and nothing of it is at that port. `ports`: what it has, in words. */
  readonly besides?: { readonly frontend: Frontend; readonly ports: string }
  /** Set where the address is taken to be this node's own. */
  readonly ofNode?: string
  /** Taken for granted to get from the user's words to an address. */
  readonly assumptions: readonly string[]
}

/**
 * What the user's words mean in this snapshot: usually one address; several where any of them may be meant. Or a
 * sentence, where there is no address to send to (ExternalName, headless).
 * `from`: the sender as the user named it; a pod finds names of its own namespace.
 * Throws: UserError for a name or Service that the snapshot does not have.
 */
export function findTargets(cluster: Cluster, wanted: Destination, from?: string): Target[] | string {
  if (wanted.kind === 'service') return serviceTargets(cluster, wanted)
  if (wanted.kind === 'pod') return podTargets(cluster, wanted)
  const port = Number(wanted.port)
  if (wanted.kind === 'address') return [targetAt(cluster, wanted.host, port, wanted.protocol)]
  return namedTargets(cluster, wanted, port, from)
}

function targetAt(
  cluster: Cluster,
  address: string,
  port: number,
  protocol: TransportProtocol,
  assumptions: string[] = []
): Target {
  const frontend =
    cluster.frontendAt(address, port, protocol) ??
    (cluster.nodeOf(address) ? cluster.frontendAt('', port, protocol) : undefined)
  if (frontend) return { address, port, protocol, assumptions, frontend }
  const [other] = cluster.frontendsAtAddress(address)
  const besides = other && {
    frontend: other,
    ports: ports(cluster.frontendsOf(other.namespace, other.service).filter((each) => each.address === address))
  }
  return { address, port, protocol, assumptions, ...(besides && { besides }) }
}

function namedTargets(
  cluster: Cluster,
  wanted: Destination,
  port: number,
  from: string | undefined
): Target[] | string {
  const { host, protocol } = wanted
  const nodes = cluster.nodes()
  const node = nodes.find((name) => name === host) ?? nodes.find((name) => name === host.split('.')[0])
  if (!node) {
    const named = ingressTargets(cluster, host, port, protocol)
    if (named.length > 0) return named
    const searched = searchedService(cluster, host, from)
    if (searched)
      return serviceTargets(cluster, { ...wanted, kind: 'service', ...searched }, [
        `${host} is taken for Service ${searched.namespace}/${searched.host}, as a pod's search path finds it`
      ])
    const unlisted = cluster.unlisted('nodes')
    const known = nodes.length === 0 ? 'it names no nodes' : `it names ${nodes.join(', ')}`
    const meant = cluster.servicesNamed(host).map((name) => `service/${name}:${port}`)
    const hint = meant.length > 0 ? `did you mean ${meant.slice(0, SHOWN).join(' or ')}?` : 'give an address'
    throw new UserError(
      `trace: no node is named ${host} in this snapshot (${known}${unlisted ? `; ${unlisted}` : ''}), and snap asks no DNS; ${hint}`
    )
  }
  const said = node === host ? [] : [`${host} is taken for node ${node}, by its first label`]
  const [address] = cluster.listedAddresses(node)
  if (address !== undefined) return [targetAt(cluster, address, port, protocol, said)]
  const frontends = cluster.frontendsAtPort(port, protocol)
  if (frontends.length === 0)
    throw new UserError(`trace: the address of ${node} is not in this snapshot; give the address itself`)
  const among = `the address of ${node} is not in this snapshot: taken to be one of ${frontends.map((frontend) => frontend.address).join(', ')}, where port ${port} is served`
  return frontends.map((frontend) => ({
    address: frontend.address,
    port,
    protocol,
    frontend,
    ofNode: node,
    assumptions: [...said, among]
  }))
}

/** A name that an Ingress or IngressRoute serves: what DNS says of it nobody knows, but some load balancer's address it has to be. */
function ingressTargets(cluster: Cluster, host: string, port: number, protocol: TransportProtocol): Target[] {
  const served = namesHost(cluster, host)
  const leadsToTraefik = ({ namespace, service, portName }: Frontend) =>
    cluster
      .readyEndpoints(namespace, service, portName || String(port))
      .some(({ address }) => cluster.podAt(address.replace(/^\[|\]?:\d+$/g, ''))?.isTraefik)
  const frontends = served ? cluster.frontendsAtPort(port, protocol).filter(leadsToTraefik) : []
  const among = `DNS is not asked: ${host}, which a rule of Traefik's names, is taken to be one of ${frontends.map(({ address }) => address).join(', ')}, where Traefik serves port ${port}`
  return frontends.map((frontend) => ({
    address: frontend.address,
    port: frontend.port,
    protocol,
    frontend,
    assumptions: [among]
  }))
}

/** So many names are told. */
const SHOWN = 6

/** `web.demo` in every pod, `web` in the pods of the same namespace (resolv.conf's search). */
function searchedService(
  cluster: Cluster,
  host: string,
  from: string | undefined
): { namespace: string; host: string } | undefined {
  const [name = '', namespace = /^pod\/([^/]+)\//.exec(from ?? '')?.[1], ...more] = host.split('.')
  return namespace !== undefined && more.length === 0 && cluster.service(namespace, name)
    ? { namespace, host: name }
    : undefined
}

/** One pod of a headless Service, by the hostname that a StatefulSet gives it: its own name. */
function podTargets(cluster: Cluster, { namespace, host, pod, port, protocol }: Destination): Target[] {
  const addresses = [...new Set(cluster.endpointsOf(namespace!, host, pod).map(({ address }) => address))]
  const [address] = addresses
  if (address === undefined)
    throw new UserError(`trace: Service ${namespace}/${host} has no endpoint of a pod ${pod} in this snapshot`)
  const assumptions = [`${pod} is taken for the pod of that name: DNS gives the hostname that its endpoint has`]
  return [targetAt(cluster, address, Number(port), protocol, assumptions)]
}

function serviceTargets(
  cluster: Cluster,
  { namespace, host, port, protocol }: Destination,
  assumptions: readonly string[] = []
): Target[] | string {
  const name = `${namespace}/${host}`
  const service = cluster.service(namespace!, host)
  if (!service) {
    const unlisted = cluster.unlisted('services', namespace)
    if (unlisted) throw new UserError(`trace: whether there is a Service ${name} is unknown: ${unlisted}`)
    throw new UserError(`trace: no Service ${name} in this snapshot${instead(cluster, namespace!, host)}`)
  }
  if (service.type === 'ExternalName')
    return `${name} is an ExternalName Service: clients get the name ${service.externalName} from DNS and no rule of the cluster is involved`
  if (service.clusterIp === 'None')
    return `${name} is headless: clients get the addresses of its pods from DNS and connect to them directly${podsOf(cluster, namespace!, host)}`
  const frontends = cluster.frontendsOf(namespace!, host)
  if (frontends.length === 0)
    throw new UserError(`trace: which addresses and ports Service ${name} has is not in this snapshot`)
  const asked = frontends.filter(
    (frontend) => port === undefined || frontend.portName === port || String(frontend.port) === port
  )
  // DNS is served at one port number over UDP and TCP.
  const spoken = asked.filter((frontend) => frontend.protocol.toLowerCase() === protocol)
  // TCP is what is taken where no protocol is given.
  const meant = spoken.length > 0 || protocol !== 'tcp' ? spoken : asked
  const [chosen] = meant
  if (!chosen && asked.length > 0)
    throw new UserError(
      `trace: Service ${name} has no ${protocol.toUpperCase()} port${port === undefined ? '' : ` ${port}`}; it has ${ports(frontends)}`
    )
  if (!chosen) throw new UserError(`trace: Service ${name} has no port ${port ?? ''}; it has ${ports(frontends)}`)
  if (port === undefined && new Set(meant.map((frontend) => frontend.portName ?? frontend.port)).size > 1) {
    throw new UserError(
      `trace: Service ${name} has several ports; say service/${name}:PORT with one of ${ports(meant)}`
    )
  }
  return [
    {
      address: chosen.address,
      port: chosen.port,
      protocol: chosen.protocol.toLowerCase() as TransportProtocol,
      frontend: chosen,
      assumptions
    }
  ]
}

function ports(frontends: readonly Frontend[]): string {
  const served = frontends.filter(({ kind }) => kind !== 'node-port')
  const areAllTcp = served.every(({ protocol }) => protocol === 'TCP')
  const said = ({ port, protocol }: Frontend) => (areAllTcp ? String(port) : `${port}/${protocol}`)
  return [
    ...new Set(
      served.map((frontend) => (frontend.portName ? `${frontend.portName} (${said(frontend)})` : said(frontend)))
    )
  ].join(', ')
}

function podsOf(cluster: Cluster, namespace: string, service: string): string {
  const addresses = cluster
    .endpointsOf(namespace, service)
    .map(({ address, port }) => `${address.includes(':') ? `[${address}]` : address}:${port}`)
  if (addresses.length === 0) return ''
  return `; trace one of them: ${addresses.slice(0, SHOWN).join(', ')}${addresses.length > SHOWN ? ` and ${addresses.length - SHOWN} more` : ''}`
}

/** What may be meant: the same name elsewhere, or what the namespace has. */
function instead(cluster: Cluster, namespace: string, name: string): string {
  const elsewhere = cluster.servicesNamed(name)
  if (elsewhere.length > 0) return `; there is ${elsewhere.slice(0, SHOWN).join(', ')}`
  const there = cluster.servicesIn(namespace)
  if (there.length === 0) return `, which has no Service in namespace ${namespace}`
  const alike = there.filter((each) => each.slice(0, 1) === name.slice(0, 1))
  return `; namespace ${namespace} has ${(alike.length > 0 ? alike : there).slice(0, SHOWN).join(', ')}`
}
