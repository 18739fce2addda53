import type { PictureEndpoint, PictureFrontend, PicturePort, PictureService } from '../../../ask/report/services.ts'
import type { Way } from '../../../ask/report/ways.ts'

/**
 * right        rules send to it, and the objects list it as ready
 * missing      ready, and some node has no way to it from a frontend whose traffic may go to any node
 * stale        rules send to it, and no object of the Service lists it
 * not-ready    rules send to it, and the objects list it as not ready (as is right where no endpoint is ready)
 * undecided    rules send to it and nothing that was read lists it, but the endpoints were not read whole, or the rules
 *              send to it only if something holds that the snapshot does not tell
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
  /** Part of the connections, least and most over nodes and frontends; null where none. */
  readonly share: readonly [number, number] | null
}

/**
 * sent       to endpoints
 * refused    rejected or dropped by a rule
 * untouched  no rule takes it to an endpoint
 * unknown    the snapshot does not tell
 */
export type FrontendMark = 'sent' | 'refused' | 'untouched' | 'unknown'

export interface FrontendState {
  readonly mark: FrontendMark
  readonly nodes: readonly string[]
  readonly senders: readonly string[]
  readonly why: string
  /** What it depends on and the snapshot does not tell; '' for nothing. */
  readonly condition: string
}

export interface JudgedFrontend {
  readonly frontend: PictureFrontend
  /** What becomes of packets, the nodes and, where it is not every sender, the senders of each. */
  readonly states: readonly FrontendState[]
  /** Refused to every sender although endpoints are ready and traffic may go to any node. */
  readonly isWrong: boolean
}

export interface JudgedPort {
  readonly port: PicturePort
  readonly frontends: readonly JudgedFrontend[]
  readonly endpoints: readonly JudgedEndpoint[]
  /** All nodes that the ways speak of. */
  readonly nodes: readonly string[]
}

export interface Known {
  /** The endpoints were read whole: what is not listed is none. */
  readonly endpoints: boolean
}

export function judgePort(service: PictureService, port: PicturePort, known: Known): JudgedPort {
  const addresses = new Set(port.endpoints.map(({ address }) => address))
  const frontends = port.frontends.map((frontend) => ({
    frontend,
    ways: frontend.ways.map((way) => judgeWay(way, addresses)),
    mayGoAnywhere: mayGoAnywhere(service, frontend)
  }))
  const hasReady = port.endpoints.some(({ ready }) => ready === 1)
  return {
    port,
    nodes: [...new Set(port.frontends.flatMap(({ ways }) => ways.flatMap(({ nodes }) => nodes)))].sort(),
    frontends: frontends.map((frontend) => judgeFrontend(frontend, hasReady)),
    endpoints: port.endpoints.map((endpoint) => judgeEndpoint(frontends, endpoint, known))
  }
}

interface JudgedWay {
  readonly way: Way
  readonly mark: FrontendMark
  /** The endpoints it leads to, each with its part of the connections. */
  readonly shares: ReadonlyMap<string, number>
  readonly condition: string
}

interface FrontendWays {
  readonly frontend: PictureFrontend
  readonly ways: readonly JudgedWay[]
  /** Its traffic policy leaves out no node's endpoints. */
  readonly mayGoAnywhere: boolean
}

/** A packet that is let through to another address than an endpoint's was not taken by the Service's rules. */
function judgeWay(way: Way, addresses: ReadonlySet<string>): JudgedWay {
  const accepted = way.ends.filter(({ verdict }) => verdict === 'accepted')
  const shares = new Map(
    accepted.flatMap(({ destination, share }) =>
      destination !== null && addresses.has(destination) ? [[destination, share] as const] : []
    )
  )
  const isUnknown = way.ends.some(({ verdict }) => verdict === 'unknown')
  const condition = [...new Set(way.ends.map((end) => end.condition).filter(Boolean))].join('; or ')
  return {
    way,
    shares,
    condition,
    mark: shares.size > 0 ? 'sent' : isUnknown ? 'unknown' : accepted.length > 0 ? 'untouched' : 'refused'
  }
}

/** A policy that the snapshot does not tell promises nothing. */
function mayGoAnywhere(service: PictureService, { kind }: PictureFrontend): boolean {
  const policy = kind === 'cluster-ip' ? service.internalTrafficPolicy : service.externalTrafficPolicy
  return policy === '' || policy === 'Cluster'
}

function judgeEndpoint(frontends: readonly FrontendWays[], endpoint: PictureEndpoint, known: Known): JudgedEndpoint {
  const reached = frontends.flatMap(({ ways }) => ways).filter(({ shares }) => shares.has(endpoint.address))
  const reachedOn = [...new Set(reached.flatMap(({ way }) => way.nodes))].sort()
  const isWanted = endpoint.isListed && endpoint.ready === 1 && !endpoint.isHinted && known.endpoints
  const wanting = isWanted ? frontends.filter((frontend) => frontend.mayGoAnywhere) : []
  const missingOn = [...new Set(wanting.flatMap((frontend) => nodesWithoutWay(frontend, endpoint)))].sort()
  const parts = reached.map(({ shares }) => shares.get(endpoint.address)!)
  return {
    endpoint,
    reachedOn,
    missingOn,
    share: parts.length === 0 ? null : [Math.min(...parts), Math.max(...parts)],
    mark: markOf(endpoint, reached, missingOn.length > 0, known)
  }
}

function markOf(
  { isListed, ready }: PictureEndpoint,
  reached: readonly JudgedWay[],
  isMissing: boolean,
  known: Known
): EndpointMark {
  if (isMissing) return 'missing'
  if (reached.length === 0) return 'left-out'
  if (!isListed) return known.endpoints && reached.some(({ condition }) => condition === '') ? 'stale' : 'undecided'
  return ready === 0 ? 'not-ready' : 'right'
}

/** Nodes that send this frontend's packets to endpoints, and never to this one. Where a way is not known, or depends on what is not told, nothing is missing. */
function nodesWithoutWay({ ways }: FrontendWays, { address }: PictureEndpoint): string[] {
  const family = address.startsWith('[') ? 'ipv6' : 'ipv4'
  const ofFamily = ways.filter(({ way }) => way.family === family)
  const sending = new Set(ofFamily.filter(({ mark }) => mark === 'sent').flatMap(({ way }) => way.nodes))
  for (const { way, shares, condition } of ofFamily) {
    if (shares.has(address) || condition !== '' || way.ends.some(({ verdict }) => verdict === 'unknown'))
      for (const node of way.nodes) sending.delete(node)
  }
  return [...sending]
}

function judgeFrontend({ frontend, ways, mayGoAnywhere: anywhere }: FrontendWays, hasReady: boolean): JudgedFrontend {
  const states = ways.map(({ way, mark, condition }) => ({
    mark,
    condition,
    nodes: way.nodes,
    senders: way.senders,
    why: [...new Set(way.ends.map(({ why }) => why).filter(Boolean))].join('; ')
  }))
  const isRefused = states.length > 0 && states.every(({ mark }) => mark === 'refused')
  return { frontend, states, isWrong: isRefused && hasReady && anywhere }
}
