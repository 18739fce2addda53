import { chainKind } from '../../model/chain-kinds.ts'
import type { Dump } from '../../parse/iptables/rule.ts'
import type { AnswerStep } from './answer.ts'
import type { Cluster } from './cluster.ts'

/** What is known besides about a step: whose chain it leads to, how often the rule was hit. */
export type Annotate = (step: AnswerStep) => readonly string[]

/** From a snapshot: a chain's Service by the chain's hash. */
export function snapshotAnnotation(cluster: Cluster): Annotate {
  return ({ place, table, chain, ruleText, to }) => {
    const { kind, hash } = chainKind(to ?? '')
    const service = hash !== null && kind !== 'endpoint' ? cluster.serviceOfHash(hash) : undefined
    const packets = table && chain && ruleText ? cluster.packets(place, table, chain, ruleText) : undefined
    return [...(service ? [service] : []), ...(packets === undefined ? [] : [hits(packets)])]
  }
}

/** From one node's dumps: a chain's Service by what kube-proxy wrote into the rule's comment. */
export function dumpAnnotation(dumps: readonly Dump[]): Annotate {
  return ({ table, chain, ruleNumber, ruleText, to }) => {
    const { hash } = chainKind(to ?? '')
    const comment = hash === null ? undefined : /--comment "?([^"]*?)"?(?: -|$)/.exec(ruleText ?? '')?.[1]
    const counters = dumps
      .map(({ tables }) => tables.findLast(({ name }) => name === table)?.chains.get(chain ?? '')?.rules[(ruleNumber ?? 0) - 1])
      .find((rule) => rule?.text === ruleText)?.counters
    return [...(comment ? [comment] : []), ...(counters ? [hits(counters.packets)] : [])]
  }
}

function hits(packets: bigint | string): string {
  return `${packets} ${String(packets) === '1' ? 'packet' : 'packets'}`
}
