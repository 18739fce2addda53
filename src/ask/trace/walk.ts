import { isIPv6 } from 'node:net'
import { evaluate } from '../../model/packet/evaluate.ts'
import type { Condition, Outcome, PacketAfter, Step } from '../../model/packet/outcome.ts'
import type { Family, Host, Packet } from '../../model/packet/packet.ts'
import { type Arrival, arriveAtNode, arriveAtPod } from './arrival.ts'
import { type Cluster, inWords } from './cluster.ts'
import type { Beyond } from './ingress.ts'
import { nextHop } from './next-hop.ts'
import type { RulesSource } from './rules-source.ts'
import { assumedSettings, settingsAssumed } from './settings.ts'
import { isLeftToOthers, isUntouched, WITHOUT_PROXY } from './without-proxy.ts'

/** One network namespace that the packet passes, and what its rules did. */
export interface Stage {
  /** `node/kube-master`, `pod/traefik-ns/svclb-traefik-xrmjk` */
  readonly place: string
  readonly steps: readonly Step[]
}

/** One way through the cluster, from its entry to its end. */
export interface Way {
  readonly stages: readonly Stage[]
  readonly arrival: Arrival
  /** Where an ingress controller sends the request on. */
  readonly beyond?: Beyond
  readonly share: number
  readonly masqueraded: boolean | 'unknown'
  /** The source address as the receiver sees it; null where it cannot be told. */
  readonly seenSource: string | null
  readonly conditions: readonly Condition[]
  readonly assumptions: readonly string[]
}

/** A packet about to enter a node. */
export interface Entry {
  readonly node: string
  readonly packet: Packet
  readonly family: Family
  /** An address taken to be the node's own, where the snapshot does not list them. */
  readonly ownAddress?: string
}

/** More than svclb → cluster IP → pod never needs; a loop of rules ends here. */
const MOST_STAGES = 6

/** Follows a packet from the node it enters to where it ends, through every namespace whose rules the snapshot has. */
export function walk(cluster: Cluster, rules: RulesSource, entry: Entry): Way[] {
  const ways = throughNode(cluster, rules, entry, {
    stages: [],
    share: 1,
    masqueraded: false,
    conditions: [],
    assumptions: []
  })
  return ways.map((way) =>
    way.arrival.verdict === 'accepted' || way.arrival.verdict === 'delivered'
      ? { ...way, assumptions: [...way.assumptions, ANSWERS] }
      : way
  )
}

/** Replies meet rules and routes too, at each place that the packet passed. */
export const ANSWERS = 'the answers come back (the rules and routes that they meet are not followed)'

const NO_NFT = 'no nft tables but those of iptables act on'

type Past = Pick<Way, 'stages' | 'share' | 'masqueraded' | 'conditions' | 'assumptions'>

function throughNode(
  cluster: Cluster,
  rules: RulesSource,
  { node, packet, family, ownAddress }: Entry,
  past: Past
): Way[] {
  const place = `node/${node}`
  const known = rules.ofNode(node, family)
  if ('unknown' in known)
    return [
      ended(past, packet, {
        verdict: 'unknown',
        address: null,
        why: `${known.unknown}: what ${node} does with the packet is unknown`
      })
    ]
  const { host, assumption, settingsRead } = cluster.nodeHost(
    node,
    family,
    ownAddress === undefined ? [] : [ownAddress],
    assumedSettings(known.rules)
  )
  const outcomes = evaluate(known.rules, host, packet)
  cluster.learnPods(outcomes.flatMap(({ packet: { destination } }) => destination ?? []))
  return outcomes.flatMap((outcome) => {
    const now = after(past, place, outcome, known.partial, [
      ...known.assumptions(),
      ...(assumption === undefined ? [] : [assumption]),
      ...(settingsRead ? [] : settingsAssumed(known.rules, packet)),
      ...(host.routes ? [`${node} routes by its main table alone (ip rule is not in the snapshot)`] : []),
      ...(host.unread ? [] : [`${NO_NFT} ${node} (its nft ruleset is not in the snapshot)`])
    ])
    if (rules.lacksProxy(node, family) && isLeftToOthers(outcome)) {
      const served = servedBy(cluster, node, packet, outcome)
      if (served !== undefined) return [unproxied(now, outcome, packet, served)]
    }
    if (outcome.verdict !== 'accepted') return [stopped(now, outcome)]
    if (outcome.local) return [endedAt(now, outcome, arriveAtNode(cluster, node, outcome.packet))]
    return onward(cluster, rules, { node, family, host }, outcome, now)
  })
}

/** What a proxy of the node would have to translate or refuse; undefined where that is none of its business. */
function servedBy(cluster: Cluster, node: string, packet: Packet, outcome: Outcome): string | undefined {
  const { destination, destinationPort, protocol } = packet
  if (destinationPort === undefined) return undefined
  const own = outcome.local || cluster.nodeOf(destination) === node
  const frontend =
    cluster.frontendAt(destination, destinationPort, protocol) ??
    (own ? cluster.frontendAt('', destinationPort, protocol) : undefined)
  if (frontend) return `is the ${inWords(frontend.kind)} of Service ${frontend.namespace}/${frontend.service}`
  if (own || !isUntouched(packet, outcome)) return undefined
  const [other] = cluster.frontendsAtAddress(destination)
  if (other) return `is the cluster IP of Service ${other.namespace}/${other.service}, which has no such port`
  const known = cluster.podAt(destination) !== undefined || cluster.nodeOf(destination) !== undefined
  return known || !cluster.mayServe(isIPv6(destination) ? 6 : 4)
    ? undefined
    : 'may be among the cluster IPs, which the snapshot does not tell'
}

function unproxied(past: Past, outcome: Outcome, sent: Packet, served: string): Way {
  const why = `${endpointOf(sent)} ${served}, and ${WITHOUT_PROXY}`
  return {
    ...endedAt(past, outcome, { verdict: 'unknown', address: null, why }),
    seenSource: null,
    masqueraded: 'unknown'
  }
}

interface Leaving {
  readonly node: string
  readonly family: Family
  readonly host: Host
}

/** A packet that leaves a node, by the route it takes: to a pod there, to another node, or to a gateway that nothing is known of. */
function onward(cluster: Cluster, rules: RulesSource, from: Leaving, outcome: Outcome, past: Past): Way[] {
  const { destination } = outcome.packet
  const unknown = (why: string): Way[] => [endedAt(past, outcome, { verdict: 'unknown', address: null, why })]
  if (destination === undefined) return unknown('where it goes cannot be told')
  if (past.stages.length >= MOST_STAGES) return unknown('it passes more nodes than snap follows')
  const pod = cluster.podAt(destination)
  const home = pod ? pod.node : (cluster.nodeOf(destination) ?? null)
  const hop = nextHop(cluster, from.host, destination)
  if (hop.kind === 'gateway') {
    if (home === null) return [endedAt(past, outcome, arriveAtPod(cluster, undefined, outcome.packet, hop.gateway))]
    const whose = pod ? `pod ${pod.namespace}/${pod.pod}` : `node ${home}`
    return unknown(
      `leaves ${from.node} by its route to the gateway ${hop.gateway}, which is no node: whether it comes to ${addressOf(outcome)}, an address of ${whose}, is not known further`
    )
  }
  const next = hop.kind === 'node' ? hop.node : home
  if (next === null || next === '' || next === from.node)
    return pod
      ? intoPod(cluster, rules, from, outcome, past)
      : [endedAt(past, outcome, arriveAtPod(cluster, undefined, outcome.packet))]
  return toNode(cluster, rules, { ...from, node: next }, outcome, past)
}

function toNode(
  cluster: Cluster,
  rules: RulesSource,
  { node, family }: Omit<Leaving, 'host'>,
  outcome: Outcome,
  past: Past
): Way[] {
  const packet = packetAfter(outcome)
  const there = rules.ofNode(node, family)
  if (!('unknown' in there)) return throughNode(cluster, rules, { node, packet, family }, past)
  const passed = {
    ...past,
    assumptions: unique([
      ...past.assumptions,
      `${there.unknown}: taken to let the packet through to ${packet.destination}`
    ])
  }
  const pod = cluster.podAt(packet.destination)
  if (pod) return intoPod(cluster, rules, { node, family }, outcome, passed)
  return [
    endedAt(
      passed,
      outcome,
      cluster.nodeOf(packet.destination) === node
        ? arriveAtNode(cluster, node, outcome.packet)
        : arriveAtPod(cluster, undefined, outcome.packet)
    )
  ]
}

/** A pod that forwards (svclb) has rules of its own, and sends the packet back to its node. */
function intoPod(
  cluster: Cluster,
  rules: RulesSource,
  from: { node: string; family: Family },
  outcome: Outcome,
  past: Past
): Way[] {
  const destination = outcome.packet.destination!
  const pod = cluster.podAt(destination)!
  const known = rules.ofPod(pod.namespace, pod.pod, from.family)
  if (known === undefined && pod.balances === null)
    return [endedAt(past, outcome, arriveAtPod(cluster, pod, outcome.packet))]
  const name = `${pod.namespace}/${pod.pod}`
  if (known === undefined || 'unknown' in known) {
    const why = `goes to svclb pod ${name}, whose own rules are not in the snapshot${known === undefined ? '' : ` (${known.unknown})`}`
    return [endedAt(past, outcome, { verdict: 'unknown', address: addressOf(outcome), why })]
  }
  return evaluate(known.rules, cluster.podHost([destination]), packetAfter(outcome)).flatMap((inside) => {
    const now = after(past, `pod/${name}`, inside, known.partial, known.assumptions())
    if (inside.verdict !== 'accepted') return [stopped(now, inside)]
    if (inside.local) return [endedAt(now, inside, arriveAtPod(cluster, pod, inside.packet))]
    const source = inside.packet.source ?? destination
    return throughNode(
      cluster,
      rules,
      { node: pod.node ?? from.node, packet: { ...packetAfter(inside), source }, family: from.family },
      now
    )
  })
}

function packetAfter({ packet }: Outcome): Packet {
  const { destination, source, sourcePort, destinationPort, protocol } = packet
  return {
    protocol,
    destination: destination!,
    ...(source !== undefined && { source }),
    ...(sourcePort !== undefined && { sourcePort }),
    ...(destinationPort !== undefined && { destinationPort })
  }
}

function after(past: Past, place: string, outcome: Outcome, partial: boolean, assumptions: readonly string[]): Past {
  const masqueraded =
    past.masqueraded === true || outcome.masqueraded === true
      ? true
      : partial || past.masqueraded === 'unknown' || outcome.masqueraded === 'unknown'
        ? 'unknown'
        : false
  return {
    stages: [...past.stages, { place, steps: outcome.steps }],
    share: past.share * outcome.share,
    masqueraded,
    conditions: [
      ...past.conditions,
      ...outcome.conditions.map((condition) => ({ ...condition, id: `${place} ${condition.id}` }))
    ],
    assumptions: unique([...past.assumptions, ...assumptions, ...outcome.assumptions])
  }
}

function stopped(past: Past, outcome: Outcome): Way {
  if (outcome.doubted !== undefined) return doubted(past, outcome)
  return endedAt(past, outcome, { verdict: outcome.verdict, address: addressOf(outcome), why: whyOf(outcome) })
}

/** Rules that are not read may have sent it elsewhere: where it went by the others is told in words. */
function doubted(past: Past, outcome: Outcome): Way {
  const why = outcome.doubted === 'unknown' ? outcome.why : `${outcome.why}, to ${addressOf(outcome)}`
  return { ...past, arrival: { verdict: 'unknown', address: null, why }, seenSource: null, masqueraded: 'unknown' }
}

function endedAt(past: Past, { packet }: Outcome, arrival: Arrival): Way {
  return { ...past, arrival, seenSource: past.masqueraded === 'unknown' ? null : (packet.source ?? null) }
}

function ended(past: Past, packet: Packet, arrival: Arrival): Way {
  return { ...past, arrival, seenSource: packet.source ?? null }
}

/** What ended it, and what a refused sender is told where the rule itself does not say. */
export function whyOf({ why, rejectWith }: Outcome): string {
  return rejectWith === undefined || why.includes(`--reject-with ${rejectWith}`) ? why : `${why} with ${rejectWith}`
}

export function addressOf({ packet }: Outcome): string | null {
  return endpointOf(packet)
}

function endpointOf({
  destination,
  destinationPort
}: Pick<PacketAfter, 'destination' | 'destinationPort'>): string | null {
  if (destination === undefined) return null
  return `${destination.includes(':') ? `[${destination}]` : destination}${destinationPort === undefined ? '' : `:${destinationPort}`}`
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
