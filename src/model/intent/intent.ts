import { inNetwork, parseAddress, parseNetwork } from '../packet/address.ts'
import type { Behaviour } from './behaviour.ts'
import { type Choice, chooseEndpoints, type IntendedEndpoint, type Place } from './endpoints.ts'

export type Sender = 'pod' | 'node' | 'outside'

/** What of a Service decides how kube-proxy treats it. */
export interface IntendedService {
  readonly externalLocal: boolean
  readonly internalLocal: boolean
  /** Of the family asked about; undefined where all of them are of the other one. */
  readonly sourceRanges: readonly string[] | undefined
  /** status.loadBalancer.ingress[].ipMode Proxy: the load balancer itself takes the packets. */
  readonly proxiedByBalancer: boolean
  readonly hintsAnnotation: string
}

export type FrontendKind = 'cluster-ip' | 'external-ip' | 'load-balancer-ip' | 'node-port'

/** kube-proxy's settings, which no object tells; read off the node's rules where those agree. */
export interface ProxySettings {
  /** Which packets it takes for a pod's: those from a network, none at all, or `unknown`. */
  readonly podNetwork: string | 'none' | 'unknown'
  readonly masqueradeAll: boolean
}

/** What kube-proxy has to do with a packet to a frontend. */
export interface Intended {
  /** `accepted`: sent to one of the destinations, each with an equal share. `unknown`: `why` says what is not told. */
  readonly verdict: 'accepted' | 'rejected' | 'dropped' | 'unknown'
  readonly destinations: readonly string[]
  readonly masqueraded: boolean | 'unknown'
  /** Refused by some versions only where the node itself is asked: KUBE-MARK-DROP (up to 1.24) stops no packet that is forwarded. */
  readonly mayPass: boolean
  readonly why: string
}

export interface Question {
  readonly service: IntendedService
  readonly endpoints: readonly IntendedEndpoint[]
  readonly kind: FrontendKind
  readonly sender: Sender
  /** The sender's address; undefined where the snapshot has none. */
  readonly source: string | undefined
  readonly place: Place
  readonly settings: ProxySettings
}

export function intentOf(question: Question, behaviour: Behaviour): Intended {
  const { service, endpoints, kind, place } = question
  const choice = chooseEndpoints(endpoints, behaviour, service.hintsAnnotation, place)
  return kind === 'cluster-ip' ? toClusterIp(question, behaviour, choice) : toExternal(question, behaviour, choice)
}

function toClusterIp(
  { service: { internalLocal, externalLocal }, endpoints, source, settings }: Question,
  behaviour: Behaviour,
  choice: Choice
): Intended {
  // Up to 1.23 a Service with both policies Local has the chains of the external one, which need every endpoint.
  const local =
    internalLocal &&
    behaviour.internalPolicy !== 'ignored' &&
    !(externalLocal && behaviour.internalPolicy === 'everywhere')
  const destinations = local ? choice.local : choice.cluster
  if (destinations.length > 0)
    return offered(
      destinations,
      settings.masqueradeAll || isOutside(source, settings),
      local ? 'ready endpoints of this node' : 'ready endpoints'
    )
  if (!local || (choice.local.length === 0 && choice.cluster.length === 0)) return noEndpoint(endpoints, behaviour)
  return behaviour.noLocalInternal === 'rejected'
    ? refused('rejected', NO_LOCAL)
    : refused('dropped', NO_LOCAL, behaviour.noLocalInternal === 'marked')
}

const NO_LOCAL = 'no endpoint on this node'
const EVERYWHERE = 'kube-proxy 1.21 to 1.23 may hold internalTrafficPolicy for what comes from outside too'

function noEndpoint(endpoints: readonly IntendedEndpoint[], { refusesUnready }: Behaviour): Intended {
  return refused(
    'rejected',
    endpoints.length === 0 ? 'no endpoint' : 'no ready endpoint',
    endpoints.length > 0 && !refusesUnready
  )
}

function toExternal(question: Question, behaviour: Behaviour, choice: Choice): Intended {
  const { service, kind, sender } = question
  if (kind === 'load-balancer-ip' && service.proxiedByBalancer)
    return undecided('ipMode is Proxy: from 1.29 on kube-proxy leaves the address to the load balancer')
  if (service.internalLocal && !service.externalLocal && behaviour.internalPolicy === 'everywhere')
    return undecided(EVERYWHERE)
  if (choice.cluster.length === 0 && choice.local.length === 0) {
    return sender === 'node'
      ? undecided('what the node itself sends does not pass KUBE-EXTERNAL-SERVICES on its way out')
      : noEndpoint(question.endpoints, behaviour)
  }
  if (kind === 'external-ip' && sender === 'node' && !behaviour.externalIpsFromNode)
    return undecided("kube-proxy up to 1.20 leaves the node's own packets to external IPs alone")
  return admission(question, behaviour) ?? admitted(question, behaviour, choice)
}

/** Undefined for a sender that is let in. */
function admission({ service: { sourceRanges }, kind, source }: Question, behaviour: Behaviour): Intended | undefined {
  if (kind !== 'load-balancer-ip') return undefined
  if (sourceRanges === undefined) return undecided('the source ranges are all of the other address family')
  if (sourceRanges.length === 0) return undefined
  const address = source === undefined ? undefined : parseAddress(source)
  if (!address) return undecided("the sender's address is not known")
  const networks = sourceRanges.map((range) => parseNetwork(range.trim()))
  if (networks.some((network) => network !== undefined && inNetwork(address, network))) return undefined
  return networks.includes(undefined)
    ? undecided('a source range cannot be read')
    : refused('dropped', 'not among the source ranges', behaviour.refused === 'marked')
}

function admitted(
  { service, kind, sender, source, settings }: Question,
  behaviour: Behaviour,
  choice: Choice
): Intended {
  if (!service.externalLocal) {
    const masqueraded = sender === 'pod' && kind === 'external-ip' ? behaviour.masqueradesPods : true
    return offered(choice.cluster, masqueraded, 'ready endpoints')
  }
  // A node's own packets and those of pods are sent anywhere: the source address is not at stake.
  if (sender === 'node') return offered(choice.cluster, true, 'ready endpoints, for the node itself')
  const outside = isOutside(source, settings)
  if (sender === 'pod' && (settings.podNetwork === 'unknown' || settings.podNetwork === 'none'))
    return undecided("which packets kube-proxy takes for a pod's is not known")
  if (sender === 'pod' && outside === false) return offered(choice.cluster, false, 'ready endpoints, for pods')
  if (choice.local.length > 0) return offered(choice.local, false, 'ready endpoints of this node')
  return refused('dropped', NO_LOCAL, behaviour.refused === 'marked')
}

/** Whether the sender is outside of the pod network, so that answers must come back through the node. */
function isOutside(source: string | undefined, { podNetwork }: ProxySettings): boolean | 'unknown' {
  // kube-proxy masquerades nobody then, and leaves it to others.
  if (podNetwork === 'none') return 'unknown'
  const network = podNetwork === 'unknown' ? undefined : parseNetwork(podNetwork)
  const address = source === undefined ? undefined : parseAddress(source)
  return network && address ? !inNetwork(address, network) : 'unknown'
}

function offered(destinations: readonly string[], masqueraded: boolean | 'unknown', why: string): Intended {
  return { verdict: 'accepted', destinations, masqueraded, mayPass: false, why }
}

function refused(verdict: 'rejected' | 'dropped', why: string, mayPass = false): Intended {
  return { verdict, destinations: [], masqueraded: 'unknown', mayPass, why }
}

export function undecided(why: string): Intended {
  return { verdict: 'unknown', destinations: [], masqueraded: 'unknown', mayPass: false, why }
}
