import { UserError } from '../../problem.ts'
import type { Cluster, Front } from './cluster.ts'
import { namesHost } from './ingress.ts'
import type { Destination, TransportProtocol } from './destination.ts'

/** An address and port to send to, and how the snapshot came to it. */
export interface Target {
  readonly address: string
  readonly port: number
  readonly protocol: TransportProtocol
  /** The Service reached there; undefined where it is no Service's front. */
  readonly front?: Front
  /** Set where the address is taken to be this node's own. */
  readonly ofNode?: string
  /** Taken for granted to get from the user's words to an address. */
  readonly assumptions: readonly string[]
}

/**
 * What the user's words mean in this snapshot: usually one address; several where any of them may be meant. Or a
 * sentence, where there is no address to send to (ExternalName, headless).
 * Throws: UserError for a name or Service that the snapshot does not have.
 */
export function findTargets(cluster: Cluster, wanted: Destination): Target[] | string {
  if (wanted.kind === 'service') return serviceTargets(cluster, wanted)
  const port = Number(wanted.port)
  if (wanted.kind === 'address') return [targetAt(cluster, wanted.host, port, wanted.protocol)]
  return namedTargets(cluster, wanted.host, port, wanted.protocol)
}

function targetAt(cluster: Cluster, address: string, port: number, protocol: TransportProtocol, assumptions: string[] = []): Target {
  const front = cluster.frontAt(address, port, protocol) ?? (cluster.nodeOf(address) ? cluster.frontAt('', port, protocol) : undefined)
  return { address, port, protocol, assumptions, ...(front && { front }) }
}

function namedTargets(cluster: Cluster, host: string, port: number, protocol: TransportProtocol): Target[] {
  const nodes = cluster.nodes()
  const node = nodes.find((name) => name === host) ?? nodes.find((name) => name === host.split('.')[0])
  if (!node) {
    const named = ingressTargets(cluster, host, port, protocol)
    if (named.length > 0) return named
    const unlisted = cluster.unlisted('nodes')
    const known = nodes.length === 0 ? 'it names no nodes' : `it names ${nodes.join(', ')}`
    throw new UserError(`trace: no node is named ${host} in this snapshot (${known}${unlisted ? `; ${unlisted}` : ''}), and snap asks no DNS; give an address`)
  }
  const said = node === host ? [] : [`${host} is taken for node ${node}, by its first label`]
  const [address] = cluster.listedAddresses(node)
  if (address !== undefined) return [targetAt(cluster, address, port, protocol, said)]
  const fronts = cluster.frontsAtPort(port, protocol)
  if (fronts.length === 0) throw new UserError(`trace: the address of ${node} is not in this snapshot; give the address itself`)
  const among = `the address of ${node} is not in this snapshot: taken to be one of ${fronts.map((front) => front.address).join(', ')}, where port ${port} is served`
  return fronts.map((front) => ({ address: front.address, port, protocol, front, ofNode: node, assumptions: [...said, among] }))
}

/** A name that an Ingress or IngressRoute serves: what DNS says of it nobody knows, but some load balancer's address it has to be. */
function ingressTargets(cluster: Cluster, host: string, port: number, protocol: TransportProtocol): Target[] {
  const served = namesHost(cluster, host)
  const leadsToTraefik = ({ namespace, service, portName }: Front) => cluster.readyEndpoints(namespace, service, portName || String(port)).some(({ address }) => cluster.podAt(address.replace(/^\[|\]?:\d+$/g, ''))?.isTraefik)
  const fronts = served ? cluster.frontsAtPort(port, protocol).filter(leadsToTraefik) : []
  const among = `DNS is not asked: ${host}, which a rule of Traefik's names, is taken to be one of ${fronts.map(({ address }) => address).join(', ')}, where Traefik serves port ${port}`
  return fronts.map((front) => ({ address: front.address, port: front.port, protocol, front, assumptions: [among] }))
}

function serviceTargets(cluster: Cluster, { namespace, host, port }: Destination): Target[] | string {
  const name = `${namespace}/${host}`
  const service = cluster.service(namespace!, host)
  if (!service) {
    const unlisted = cluster.unlisted('services', namespace)
    throw new UserError(unlisted ? `trace: whether there is a Service ${name} is unknown: ${unlisted}` : `trace: no Service ${name} in this snapshot`)
  }
  if (service.type === 'ExternalName') return `${name} is an ExternalName Service: clients get the name ${service.externalName} from DNS and no rule of the cluster is involved`
  if (service.clusterIp === 'None') return `${name} is headless: clients get the addresses of its pods from DNS and connect to them directly`
  const fronts = cluster.frontsOf(namespace!, host)
  const chosen = fronts.find((front) => port === undefined || front.portName === port || String(front.port) === port)
  if (!chosen) throw new UserError(`trace: Service ${name} has no port ${port ?? ''}; it has ${ports(fronts)}`)
  if (port === undefined && new Set(fronts.map((front) => front.portName)).size > 1) {
    throw new UserError(`trace: Service ${name} has several ports; say service/${name}:PORT with one of ${ports(fronts)}`)
  }
  return [{ address: chosen.address, port: chosen.port, protocol: chosen.protocol.toLowerCase() as TransportProtocol, front: chosen, assumptions: [] }]
}

function ports(fronts: readonly Front[]): string {
  return [...new Set(fronts.filter(({ kind }) => kind !== 'node-port').map(({ portName, port }) => (portName ? `${portName} (${port})` : String(port))))].join(', ')
}
