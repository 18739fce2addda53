import type { Store } from '../../store/open.ts'
import { type FrontendWays, frontendWays, type Way } from './ways.ts'

/** One endpoint of a Service's port: listed by the objects, or only sent to by rules. */
export interface PictureEndpoint {
  /** `10.42.0.7:8080`, `[fd00::7]:8080` */
  readonly address: string
  /** 1, 0, or null: not said. All null where no object lists it. */
  readonly ready: number | null
  readonly serving: number | null
  readonly terminating: number | null
  /** '' for none, null for not known */
  readonly node: string | null
  /** `namespace/name`; '' for an endpoint made by hand, null for not known */
  readonly pod: string | null
  /** Whether an object of the Service lists it. */
  readonly isListed: boolean
  /** Meant for some zones or nodes only. */
  readonly isHinted: boolean
  /** Its KUBE-SEP chain; null where no node has one. */
  readonly chain: string | null
}

export interface PictureChain {
  readonly chain: string
  readonly nodes: readonly string[]
}

export interface PicturePort {
  /** '' for an unnamed port */
  readonly portName: string
  readonly protocol: string
  readonly port: number
  readonly chains: readonly PictureChain[]
  readonly endpoints: readonly PictureEndpoint[]
  readonly frontends: readonly PictureFrontend[]
}

export interface PictureFrontend {
  /** cluster-ip, external-ip, load-balancer-ip or node-port */
  readonly kind: string
  /** '' for a node port */
  readonly address: string
  readonly port: number
  readonly ways: readonly Way[]
}

/** A Service with all that its picture shows. */
export interface PictureService {
  readonly namespace: string
  readonly service: string
  readonly type: string | null
  readonly clusterIp: string | null
  readonly externalName: string | null
  readonly internalTrafficPolicy: string | null
  readonly externalTrafficPolicy: string | null
  readonly sessionAffinity: string | null
  readonly ports: readonly PicturePort[]
}

type ServiceRow = Omit<PictureService, 'ports'>

interface PortRow {
  readonly namespace: string
  readonly service: string
  readonly portName: string
  readonly protocol: string
  readonly port: number
  readonly hash: string | null
  readonly oldHash: string | null
}

type EndpointRow = Omit<PictureEndpoint, 'isListed' | 'isHinted' | 'address'> & {
  readonly namespace: string
  readonly service: string
  readonly portName: string
  readonly protocol: string | null
  readonly ip: string
  readonly port: number | null
  readonly hinted: number
}

/** Every Service of the snapshot that the store is scoped to; its table flows is filled. */
export function pictureServices(store: Store): PictureService[] {
  const nodeAddresses = new Set(store.prepare('SELECT DISTINCT address FROM node_addresses').pluck().all())
  const parts: PortParts = {
    chains: chainsByHash(store),
    endpoints: byKey(
      store
        .prepare(`SELECT namespace, service, port_name AS portName, protocol, address AS ip, port, ready, serving, terminating, node,
      iif(pod = '', '', pod_namespace || '/' || pod) AS pod, coalesce(hint_zones, '[]') <> '[]' OR coalesce(hint_nodes, '[]') <> '[]' AS hinted, chain
      FROM endpoints ORDER BY node, address, port`)
        .all() as EndpointRow[],
      portKey
    ),
    frontends: byKey(frontendWays(store), portKey),
    podAt: podFinder(store),
    isNodes: (address) => nodeAddresses.has(address)
  }
  const ports = byKey(
    store
      .prepare(`SELECT namespace, service, port_name AS portName, protocol, port, chain_hash AS hash, chain_hash_before119 AS oldHash
    FROM service_ports ORDER BY port, protocol, port_name`)
      .all() as PortRow[],
    serviceKey
  )
  const services = store
    .prepare(`SELECT namespace, service, type, cluster_ip AS clusterIp, external_name AS externalName,
    internal_traffic_policy AS internalTrafficPolicy, external_traffic_policy AS externalTrafficPolicy, session_affinity AS sessionAffinity
    FROM services ORDER BY namespace, service`)
    .all() as ServiceRow[]
  return services.map((service) => ({
    ...service,
    ports: (ports.get(serviceKey(service)) ?? []).map((port) => picturePort(port, parts))
  }))
}

interface PortParts {
  readonly chains: ReadonlyMap<string, readonly PictureChain[]>
  readonly endpoints: ReadonlyMap<string, readonly EndpointRow[]>
  readonly frontends: ReadonlyMap<string, readonly FrontendWays[]>
  readonly podAt: (address: string) => { pod: string; node: string | null } | undefined
  /** Whether it is an address of a node. */
  readonly isNodes: (address: string) => boolean
}

function picturePort(
  { hash, oldHash, ...port }: PortRow,
  { chains, endpoints, frontends, podAt, isNodes }: PortParts
): PicturePort {
  const ways = frontends.get(portKey(port)) ?? []
  const listed = (endpoints.get(portKey(port)) ?? [])
    .filter((row) => row.protocol === null || row.protocol === port.protocol)
    .map((row) => listedEndpoint(row, chains))
  const known = new Set(listed.map(({ address }) => address))
  const astray = new Set(ways.flatMap((frontend) => sentTo(frontend, isNodes).filter((address) => !known.has(address))))
  return {
    portName: port.portName,
    protocol: port.protocol,
    port: port.port,
    chains: [...new Set([hash, oldHash])].flatMap((each) => (each === null ? [] : (chains.get(each) ?? []))),
    endpoints: [...listed, ...[...astray].sort().map((address) => astrayEndpoint(address, podAt(address)))],
    frontends: ways.map(({ kind, address, port: at, ways: its }) => ({ kind, address, port: at, ways: its }))
  }
}

/** Where rules send packets on to; one that arrives where it was sent met no rule for it. */
function sentTo({ address, port, ways }: FrontendWays, isNodes: PortParts['isNodes']): string[] {
  const isItself = (host: string, at: number) => at === port && (address === '' ? isNodes(host) : host === address)
  return ways.flatMap(({ ends }) =>
    ends.flatMap(({ destination, verdict }) => {
      if (verdict !== 'accepted' || destination === null) return []
      const { host, port: at } = hostAndPort(destination)
      return isItself(host, at) ? [] : [destination]
    })
  )
}

/** Of `10.42.0.7:8080` or `[fd00::7]:8080`. */
function hostAndPort(destination: string): { host: string; port: number } {
  const place = destination.lastIndexOf(':')
  return { host: destination.slice(0, place).replace(/^\[(.*)\]$/, '$1'), port: Number(destination.slice(place + 1)) }
}

function listedEndpoint(row: EndpointRow, chains: PortParts['chains']): PictureEndpoint {
  const { ip, port, ready, serving, terminating, node, pod, hinted, chain } = row
  const stands =
    chain !== null && chains.get(chain.slice(chain.lastIndexOf('-') + 1))?.some((each) => each.chain === chain) === true
  const address = `${ip.includes(':') ? `[${ip}]` : ip}:${port ?? '?'}`
  return {
    address,
    ready,
    serving,
    terminating,
    node,
    pod,
    isListed: true,
    isHinted: hinted === 1,
    chain: stands ? chain : null
  }
}

function astrayEndpoint(address: string, pod: { pod: string; node: string | null } | undefined): PictureEndpoint {
  return {
    address,
    ready: null,
    serving: null,
    terminating: null,
    node: pod?.node ?? null,
    pod: pod?.pod ?? null,
    isListed: false,
    isHinted: false,
    chain: null
  }
}

/** The chains of Service ports and endpoints, each with the nodes that have it. */
function chainsByHash(store: Store): Map<string, PictureChain[]> {
  const rows = store
    .prepare(`SELECT hash, chain, json_group_array(DISTINCT node) AS nodes FROM chains
    WHERE node IS NOT NULL AND table_name = 'nat' AND hash IS NOT NULL GROUP BY hash, chain`)
    .all() as { hash: string; chain: string; nodes: string }[]
  return byKey(
    rows.map(({ hash, chain, nodes }) => ({ hash, chain, nodes: (JSON.parse(nodes) as string[]).sort() })),
    ({ hash }) => hash
  )
}

/** Who has the address of `10.42.0.7:8080` now. */
function podFinder(store: Store): PortParts['podAt'] {
  const select = store.prepare(
    `SELECT namespace || '/' || pod AS pod, node FROM pods WHERE ip = ? AND NOT coalesce(host_network, 0) ORDER BY phase = 'Running' DESC LIMIT 1`
  )
  return (address) => select.get(hostAndPort(address).host) as { pod: string; node: string | null } | undefined
}

const serviceKey = ({ namespace, service }: { namespace: string; service: string }) => `${namespace}/${service}`

const portKey = (of: { namespace: string; service: string; portName: string | null }) =>
  `${serviceKey(of)}:${of.portName ?? ''}`

function byKey<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const map = new Map<string, T[]>()
  for (const row of rows) {
    const list = map.get(keyOf(row))
    if (list) list.push(row)
    else map.set(keyOf(row), [row])
  }
  return map
}
