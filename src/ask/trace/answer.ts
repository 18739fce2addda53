import type { Step } from '../../model/packet/outcome.ts'
import type { Beyond } from './ingress.ts'
import type { NodeTrace } from './trace.ts'
import type { Way } from './walk.ts'

/** The documented shape of `snap trace -o json`; docs/trace.md is the contract. */
export interface TraceAnswer {
  readonly destination: string
  readonly protocol: string
  readonly from: string
  readonly node: string | null
  readonly outcomes: readonly AnswerOutcome[]
  readonly steps: readonly AnswerStep[]
}

export interface AnswerOutcome {
  readonly verdict: Way['arrival']['verdict']
  readonly address: string | null
  readonly share: number
  readonly masqueraded: boolean | 'unknown'
  /** `newClient`: what holds for a client never seen before, for conditions about the client's history (session affinity). */
  readonly conditions: readonly {
    readonly if: string
    readonly holds: boolean
    readonly reason: string
    readonly newClient?: boolean
  }[]
  readonly why: string
  readonly pod: string | null
  readonly podNode: string | null
  /** The source address as the receiver sees it. */
  readonly seenSource: string | null
  readonly assumptions: readonly string[]
  /** Absent where the way ends here. */
  readonly beyond?: Beyond
}

export interface AnswerStep extends Step {
  /** The node or pod whose rules these are. */
  readonly place: string
  /** Index of the outcome it belongs to. */
  readonly outcome: number
}

export function answerOf({ node, sender, target, ways }: NodeTrace): TraceAnswer {
  const host = target.address.includes(':') ? `[${target.address}]` : target.address
  return {
    destination: `${host}:${target.port}`,
    protocol: target.protocol,
    from: sender.address ?? sender.name,
    node,
    outcomes: ways.map(answerOutcome),
    steps: ways.flatMap((way, outcome) =>
      way.stages.flatMap(({ place, steps }) => steps.map((step) => ({ outcome, place, ...step })))
    )
  }
}

export function answerOutcome(way: Way): AnswerOutcome {
  return {
    verdict: way.arrival.verdict,
    address: way.arrival.address,
    share: way.share,
    masqueraded: way.masqueraded,
    conditions: way.conditions.map(({ text, holds, reason, newClient }) => ({
      if: text,
      holds,
      reason,
      ...(newClient !== undefined && { newClient })
    })),
    why: way.arrival.why,
    pod: way.arrival.pod ?? null,
    podNode: way.arrival.node ?? null,
    seenSource: way.seenSource,
    assumptions: way.assumptions,
    ...(way.beyond && { beyond: way.beyond })
  }
}

/** Equal for nodes that do the same with the packet: where it goes, how often, with which source, under which conditions. */
export function signature({ ways, sender }: NodeTrace): string {
  const anySender = (text: string): string => (sender.address ? text.replaceAll(sender.address, 'the sender') : text)
  return JSON.stringify(
    ways
      .map(({ arrival, share, masqueraded, conditions }) => [
        arrival.verdict,
        arrival.address,
        Number(share.toFixed(6)),
        masqueraded,
        conditions.map(({ text, holds }) => `${holds} ${anySender(text)}`)
      ])
      .sort()
  )
}
