import { answerOf, type AnswerStep } from '../ask/trace/answer.ts'
import { Cluster } from '../ask/trace/cluster.ts'
import type { Trace } from '../ask/trace/trace.ts'
import { chainKind } from '../model/chain-kinds.ts'
import { traceText } from '../report/trace/text.ts'
import type { Store } from '../store/open.ts'

/** Prints a trace: text for people; JSON of one node as an object, of several as a list. */
export function printTrace(store: Store, snapshot: string, result: Trace, format: string): void {
  if (format === 'json') {
    const answers = result.nodes.map(answerOf)
    const value = result.remark !== undefined ? { destination: result.asked, outcomes: [], why: result.remark } : answers.length === 1 ? answers[0] : answers
    process.stdout.write(`${JSON.stringify(value, null, 1)}\n`)
    return
  }
  process.stdout.write(traceText(snapshot, result, annotation(new Cluster(store))))
}

/** Whose chain a jump leads to, by the chain's hash, and how often the rule was hit. */
function annotation(cluster: Cluster): (step: AnswerStep) => string[] {
  return ({ place, table, chain, ruleText, to }) => {
    const { kind, hash } = chainKind(to ?? '')
    const service = hash !== null && kind !== 'endpoint' ? cluster.serviceOfHash(hash) : undefined
    const packets = table && chain && ruleText ? cluster.packets(place, table, chain, ruleText) : undefined
    return [...(service ? [service] : []), ...(packets === undefined ? [] : [`${packets} packets`])]
  }
}
