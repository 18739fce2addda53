import { chainKind } from '../../model/chain-kinds.ts'
import type { Family } from '../../model/packet/packet.ts'
import type { Dump } from '../../parse/iptables/rule.ts'
import type { AnswerStep } from './answer.ts'
import type { Cluster } from './cluster.ts'
import type { RulesSource } from './rules-source.ts'

/** What is known besides about a step: whose chain it leads to, how often the rule was hit. */
export type Annotate = (step: AnswerStep) => readonly string[]

/** From a snapshot: a chain's Service by the chain's hash. */
export function snapshotAnnotation(cluster: Cluster, rules: RulesSource, family: Family): Annotate {
  return (step) => {
    const { place, ruleText, to } = step
    const { kind, hash } = chainKind(to ?? '')
    const service = hash !== null && kind !== 'endpoint' ? cluster.serviceOfHash(hash) : undefined
    const packets = ruleText === undefined ? undefined : rules.packets(place, family, step, ruleText)
    return [...(service ? [service] : []), ...(packets === undefined ? [] : [hits(packets)])]
  }
}

/** From one node's dump: a chain's Service by what kube-proxy wrote into the rule's comment. */
export function dumpAnnotation({ tables }: Pick<Dump, 'tables'>): Annotate {
  return ({ table, chain, ruleNumber, ruleText, to }) => {
    const { hash } = chainKind(to ?? '')
    const comment = hash === null ? undefined : commentOf(ruleText ?? '')
    const rule = tables.findLast(({ name }) => name === table)?.chains.get(chain ?? '')?.rules[(ruleNumber ?? 0) - 1]
    const counters = rule?.text === ruleText ? rule?.counters : undefined
    return [...(comment ? [comment] : []), ...(counters ? [hits(counters.packets)] : [])]
  }
}

/** Quoted, or of a listing, which eats quotes: up to the next option. */
function commentOf(rule: string): string | undefined {
  const [, quoted, bare] = /--comment (?:"([^"]*)"|(\S+(?: [^-\s]\S*)*))/.exec(rule) ?? []
  return quoted ?? bare
}

function hits(packets: bigint | string): string {
  return `${packets} ${String(packets) === '1' ? 'packet' : 'packets'}`
}
