import type {
  PictureChain,
  PictureEndpoint,
  PictureFrontend,
  PicturePort,
  PictureService
} from '../../ask/report/services.ts'
import type { Way, WayEnd } from '../../ask/report/ways.ts'

/** A Service as the page holds it: tuples in place of objects, sets of nodes by number. Unpacked when it is shown. */
export type PackedService = readonly [
  namespace: string,
  service: string,
  type: string | null,
  clusterIp: string | null,
  externalName: string | null,
  internalTrafficPolicy: string | null,
  externalTrafficPolicy: string | null,
  sessionAffinity: string | null,
  ports: readonly PackedPort[]
]
type PackedPort = readonly [
  portName: string,
  protocol: string,
  port: number,
  chains: readonly PackedChain[],
  endpoints: readonly PackedEndpoint[],
  frontends: readonly PackedFrontend[]
]
type PackedChain = readonly [chain: string, nodes: number]
type PackedEndpoint = readonly [
  address: string,
  flags: number,
  node: string | null,
  pod: string | null,
  chain: string | null
]
type PackedFrontend = readonly [kind: string, address: string, port: number, ways: readonly PackedWay[]]
type PackedWay = readonly [family: string, senders: readonly string[], nodes: number, ends: readonly PackedEnd[]]
/** A destination that is one of the port's endpoints is its index. */
type PackedEnd = readonly [
  destination: number | string | null,
  share: number,
  verdict: number,
  masqueraded: number | null,
  condition: string,
  why: string
]

const VERDICTS = ['accepted', 'dropped', 'rejected', 'unknown'] as const

/** Sets of nodes, each kept once. */
export class NodeSets {
  readonly sets: string[][] = []
  private readonly numbers = new Map<string, number>()

  numberOf(nodes: readonly string[]): number {
    const key = JSON.stringify(nodes)
    const known = this.numbers.get(key)
    if (known !== undefined) return known
    this.numbers.set(key, this.sets.length)
    return this.sets.push([...nodes]) - 1
  }
}

export function packService(service: PictureService, sets: NodeSets): PackedService {
  const {
    namespace,
    service: name,
    type,
    clusterIp,
    externalName,
    internalTrafficPolicy,
    externalTrafficPolicy,
    sessionAffinity,
    ports
  } = service
  return [
    namespace,
    name,
    type,
    clusterIp,
    externalName,
    internalTrafficPolicy,
    externalTrafficPolicy,
    sessionAffinity,
    ports.map((port) => packPort(port, sets))
  ]
}

function packPort({ portName, protocol, port, chains, endpoints, frontends }: PicturePort, sets: NodeSets): PackedPort {
  const indexes = new Map(endpoints.map(({ address }, index) => [address, index]))
  const packWay = ({ family, senders, nodes, ends }: Way): PackedWay => [
    family,
    senders,
    sets.numberOf(nodes),
    ends.map((end) => packEnd(end, indexes))
  ]
  return [
    portName,
    protocol,
    port,
    chains.map(({ chain, nodes }) => [chain, sets.numberOf(nodes)] as const),
    endpoints.map(
      (endpoint) => [endpoint.address, flagsOf(endpoint), endpoint.node, endpoint.pod, endpoint.chain] as const
    ),
    frontends.map(({ kind, address, port: at, ways }) => [kind, address, at, ways.map(packWay)] as const)
  ]
}

function packEnd(
  { destination, share, verdict, masqueraded, condition, why }: WayEnd,
  indexes: ReadonlyMap<string, number>
): PackedEnd {
  const index = destination === null ? undefined : indexes.get(destination)
  return [
    index ?? destination,
    share,
    VERDICTS.indexOf(verdict),
    masqueraded === null ? null : Number(masqueraded),
    condition,
    why
  ]
}

/** Three answers of yes, no or not said, and two of yes or no. */
function flagsOf({ ready, serving, terminating, isListed, isHinted }: PictureEndpoint): number {
  return (
    [ready, serving, terminating].reduce<number>((sum, flag, place) => sum + (flag ?? 2) * 3 ** place, 0) +
    27 * Number(isListed) +
    54 * Number(isHinted)
  )
}

export function unpackService(packed: PackedService, sets: readonly (readonly string[])[]): PictureService {
  const [
    namespace,
    service,
    type,
    clusterIp,
    externalName,
    internalTrafficPolicy,
    externalTrafficPolicy,
    sessionAffinity,
    ports
  ] = packed
  return {
    namespace,
    service,
    type,
    clusterIp,
    externalName,
    internalTrafficPolicy,
    externalTrafficPolicy,
    sessionAffinity,
    ports: ports.map((port) => unpackPort(port, sets))
  }
}

function unpackPort(
  [portName, protocol, port, chains, endpoints, frontends]: PackedPort,
  sets: readonly (readonly string[])[]
): PicturePort {
  const unpackChain = ([chain, nodes]: PackedChain): PictureChain => ({ chain, nodes: sets[nodes]! })
  const unpackEnd = ([destination, share, verdict, masqueraded, condition, why]: PackedEnd): WayEnd => ({
    destination: typeof destination === 'number' ? endpoints[destination]![0] : destination,
    share,
    verdict: VERDICTS[verdict]!,
    masqueraded: masqueraded === null ? null : masqueraded === 1,
    condition,
    why
  })
  const unpackFrontend = ([kind, address, at, ways]: PackedFrontend): PictureFrontend => ({
    kind,
    address,
    port: at,
    ways: ways.map(([family, senders, nodes, ends]) => ({
      family,
      senders,
      nodes: sets[nodes]!,
      ends: ends.map(unpackEnd)
    }))
  })
  return {
    portName,
    protocol,
    port,
    chains: chains.map(unpackChain),
    endpoints: endpoints.map(unpackEndpoint),
    frontends: frontends.map(unpackFrontend)
  }
}

function unpackEndpoint([address, flags, node, pod, chain]: PackedEndpoint): PictureEndpoint {
  const flag = (place: number) => [0, 1, null][Math.floor(flags / 3 ** place) % 3]!
  return {
    address,
    ready: flag(0),
    serving: flag(1),
    terminating: flag(2),
    node,
    pod,
    chain,
    isListed: Math.floor(flags / 27) % 2 === 1,
    isHinted: Math.floor(flags / 54) % 2 === 1
  }
}
