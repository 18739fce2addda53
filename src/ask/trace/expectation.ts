import * as v from 'valibot'
import { formatAddress, parseAddress } from '../../model/packet/address.ts'
import type { AnswerOutcome, TraceAnswer } from './answer.ts'
import type { TraceDocument } from './document.ts'

const VERDICTS = ['delivered', 'accepted', 'dropped', 'rejected', 'unknown'] as const

export const expectation = v.strictObject({
  verdict: v.exactOptional(v.picklist(VERDICTS)),
  addresses: v.exactOptional(v.array(v.string())),
  masqueraded: v.exactOptional(v.boolean())
})

export type Expectation = v.InferOutput<typeof expectation>

/**
 * What of an expectation is not so; empty: all of it is. It has to hold on every node, and whatever the conditions
 * turn out to be: an answer that only may be right is a failure.
 */
export function failuresOf(expect: Expectation, document: TraceDocument): string[] {
  if (document.remark !== undefined) return [document.remark]
  return [document, ...document.others].flatMap((answer) => failuresAt(expect, answer))
}

function failuresAt(expect: Expectation, answer: TraceAnswer): string[] {
  const at = answer.node === null ? '' : ` on ${answer.node}`
  const { outcomes } = answer
  return [
    ...outcomes
      .filter((outcome) => !hasVerdict(expect, outcome))
      .map((outcome) => `expected ${expect.verdict}${at}, is ${outcome.verdict}${told(outcome)}`),
    ...addressFailures(expect, outcomes, at),
    ...outcomes
      .filter(({ masqueraded }) => expect.masqueraded !== undefined && masqueraded !== expect.masqueraded)
      .map(
        (outcome) =>
          `expected ${expect.masqueraded ? '' : 'not '}masqueraded${at}, is ${masquerade(outcome)}${told(outcome)}`
      )
  ]
}

/** Who is delivered to is accepted too: only whether anybody listens makes the difference. */
function hasVerdict({ verdict }: Expectation, outcome: AnswerOutcome): boolean {
  return (
    verdict === undefined || outcome.verdict === verdict || (verdict === 'accepted' && outcome.verdict === 'delivered')
  )
}

/** All addresses wanted are reached and no other is. */
function addressFailures({ addresses }: Expectation, outcomes: readonly AnswerOutcome[], at: string): string[] {
  if (!addresses) return []
  const wanted = new Set(addresses.map(normal))
  const reached = new Set(outcomes.map(({ address }) => normal(address ?? 'unknown')))
  return [
    ...[...wanted]
      .filter((address) => !reached.has(address))
      .map((address) => `expected ${address}${at}, which is not reached`),
    ...[...reached]
      .filter((address) => !wanted.has(address))
      .map((address) => `reaches ${address}${at}, which was not expected`)
  ]
}

/** One way of writing for each address. */
function normal(endpoint: string): string {
  const [, host, port] = /^\[(.*)\](:\d+)$/.exec(endpoint) ?? []
  const address = host === undefined ? undefined : parseAddress(host)
  return address ? `[${formatAddress(address)}]${port}` : endpoint
}

function masquerade({ masqueraded }: AnswerOutcome): string {
  return masqueraded === 'unknown' ? 'unknown' : masqueraded ? 'masqueraded' : 'not'
}

function told({ address, conditions, why }: AnswerOutcome): string {
  const supposed = conditions.map((each) => `${each.holds ? '' : 'not: '}${each.if}`).join(' and ')
  return `${address === null ? '' : ` at ${address}`}${supposed ? `, if ${supposed}` : ''} (${why})`
}
