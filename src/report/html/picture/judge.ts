import type { PictureEndpoint, PictureFront, PicturePort, PictureService } from '../../../ask/report/services.ts'
import type { Way } from '../../../ask/report/ways.ts'

/**
 * right        rules send to it, and the objects list it as ready
 * missing      ready, and some node has no way to it from a front whose traffic may go to any node
 * stale        rules send to it, and no object of the Service lists it
 * not-ready    rules send to it, and the objects list it as not ready (as is right where no endpoint is ready)
 * undecided    rules send to it; the endpoints were not read whole, so it may be listed
 * left-out     no rule sends to it, which the traffic policy, a hint or its not being ready allows, or nobody knows
 */
export type EndpointMark = 'right' | 'missing' | 'stale' | 'not-ready' | 'undecided' | 'left-out'

export interface JudgedEndpoint {
  readonly endpoint: PictureEndpoint
  readonly mark: EndpointMark
  /** The nodes whose rules send to it. */
  readonly reachedOn: readonly string[]
  /** The nodes whose rules ought to and do not. */
  readonly missingOn: readonly string[]
  /** Part of the connections, least and most over nodes and fronts; null where none. */
  readonly share: readonly [number, number] | null
}

/**
 * sent       to endpoints
 * refused    rejected or dropped by a rule
 * untouched  no rule takes it to an endpoint
 * unknown    the snapshot does not tell
 */
export type FrontMark = 'sent' | 'refused' | 'untouched' | 'unknown'

export interface JudgedFront {
  readonly front: PictureFront
  /** What becomes of packets, the nodes and, where it is not every sender, the senders of each. */
  readonly states: readonly { readonly mark: FrontMark; readonly nodes: readonly string[]; readonly senders: readonly string[]; readonly why: string }[]
  /** Refused to every sender although endpoints are ready and traffic may go to any node. */
  readonly isWrong: boolean
}

export interface JudgedPort {
  readonly port: PicturePort
  readonly fronts: readonly JudgedFront[]
  readonly endpoints: readonly JudgedEndpoint[]
  /** All nodes that the ways speak of. */
  readonly nodes: readonly string[]
}

export interface Known {
  /** The endpoints were read whole: what is not listed is none. */
  readonly endpoints: boolean
}

export function judgePort(service: PictureService, port: PicturePort, known: Known): JudgedPort {
  const hasReady = port.endpoints.some(({ ready }) => ready === 1)
  return {
    port,
    nodes: [...new Set(port.fronts.flatMap(({ ways }) => ways.flatMap(({ nodes }) => nodes)))].sort(),
    fronts: port.fronts.map((front) => judgeFront(service, front, port, hasReady)),
    endpoints: port.endpoints.map((endpoint) => judgeEndpoint(service, port, endpoint, known))
  }
}

function judgeEndpoint(service: PictureService, { fronts, endpoints }: PicturePort, endpoint: PictureEndpoint, known: Known): JudgedEndpoint {
  const reached = fronts.flatMap(({ ways }) => ways).filter((way) => leadsTo(way, endpoint))
  const reachedOn = [...new Set(reached.flatMap(({ nodes }) => nodes))].sort()
  const isWanted = endpoint.isListed && endpoint.ready === 1 && !endpoint.isHinted && known.endpoints
  const missingOn = isWanted ? [...new Set(fronts.filter((front) => mayGoAnywhere(service, front)).flatMap((front) => nodesWithoutWay(front, endpoint, addressesOf(endpoints))))].sort() : []
  const shares = reached.flatMap(({ ends }) => ends.filter((end) => end.destination === endpoint.address && end.verdict === 'accepted').map(({ share }) => share))
  return {
    endpoint, reachedOn, missingOn, share: shares.length === 0 ? null : [Math.min(...shares), Math.max(...shares)],
    mark: markOf(endpoint, reachedOn.length > 0, missingOn.length > 0, known)
  }
}

function markOf({ isListed, ready }: PictureEndpoint, isReached: boolean, isMissing: boolean, known: Known): EndpointMark {
  if (isMissing) return 'missing'
  if (!isReached) return 'left-out'
  if (!isListed) return known.endpoints ? 'stale' : 'undecided'
  return ready === 0 ? 'not-ready' : 'right'
}

function leadsTo({ ends }: Way, { address }: PictureEndpoint): boolean {
  return ends.some(({ destination, verdict }) => destination === address && verdict === 'accepted')
}

/** A policy that the snapshot does not tell promises nothing. */
function mayGoAnywhere(service: PictureService, { kind }: PictureFront): boolean {
  const policy = kind === 'cluster-ip' ? service.internalTrafficPolicy : service.externalTrafficPolicy
  return policy === '' || policy === 'Cluster'
}

/** Nodes that send this front's packets to endpoints, and never to this one. */
function nodesWithoutWay({ ways }: PictureFront, endpoint: PictureEndpoint, all: ReadonlySet<string>): string[] {
  const family = endpoint.address.startsWith('[') ? 'ipv6' : 'ipv4'
  const ofFamily = ways.filter((way) => way.family === family)
  const sending = new Set(ofFamily.filter((way) => wayMark(way, all) === 'sent').flatMap(({ nodes }) => nodes))
  for (const way of ofFamily) if (leadsTo(way, endpoint) || wayMark(way, all) === 'unknown') for (const node of way.nodes) sending.delete(node)
  return [...sending]
}

function judgeFront(service: PictureService, front: PictureFront, port: PicturePort, hasReady: boolean): JudgedFront {
  const all = addressesOf(port.endpoints)
  const states = front.ways.map((way) => ({
    mark: wayMark(way, all), nodes: way.nodes, senders: way.senders, why: [...new Set(way.ends.map(({ why }) => why).filter(Boolean))].join('; ')
  }))
  const isRefused = states.length > 0 && states.every(({ mark }) => mark === 'refused')
  return { front, states, isWrong: isRefused && hasReady && mayGoAnywhere(service, front) }
}

function addressesOf(endpoints: readonly PictureEndpoint[]): Set<string> {
  return new Set(endpoints.map(({ address }) => address))
}

/** A packet that is let through to another address than an endpoint's was not taken by the Service's rules. */
function wayMark({ ends }: Way, endpoints: ReadonlySet<string>): FrontMark {
  const accepted = ends.filter(({ verdict }) => verdict === 'accepted')
  if (accepted.some(({ destination }) => destination !== null && endpoints.has(destination))) return 'sent'
  if (accepted.length > 0) return 'untouched'
  return ends.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'refused'
}
