/** Ends of branches, gathered into outcomes: equal ends are one outcome, whichever way they were come to. */
import { addressText, type Flow } from './flow.ts'
import { stepsOf, type Branch, type OpenCondition } from './branch.ts'
import type { Outcome, PacketAfter, Verdict } from './outcome.ts'
import { add, cases, reaches, type Case, type Share } from './share.ts'

export interface End {
  readonly verdict: Verdict
  readonly local: boolean
  readonly why: string
  readonly rejectWith?: string
  /** POSTROUTING is behind it, or it will not come to it. */
  readonly sourceSettled: boolean
}

interface Arrival {
  readonly branch: Branch
  readonly end: End
}

export class Endings {
  private readonly groups = new Map<string, { share: Share<OpenCondition>; readonly arrivals: Arrival[] }>()
  private readonly protocol: string

  constructor(protocol: string) {
    this.protocol = protocol
  }

  add(branch: Branch, end: End): void {
    const key = JSON.stringify([end.verdict, end.local, end.rejectWith, this.result(branch.flow, end)])
    const group = this.groups.get(key)
    if (group) {
      group.share = add(group.share, branch.share)
      group.arrivals.push({ branch, end })
    } else {
      this.groups.set(key, { share: branch.share, arrivals: [{ branch, end }] })
    }
  }

  outcomes(): Outcome[] {
    return [...this.groups.values()].flatMap(({ share, arrivals }) =>
      cases(share).map((each) => {
        const { branch, end } = arrivals.find((arrival) => reaches(arrival.branch.share, each)) ?? arrivals[0]!
        return this.outcome(branch, end, each)
      }),
    )
  }

  private outcome(branch: Branch, end: End, { share, conditions }: Case<OpenCondition>): Outcome {
    const { verdict, local, rejectWith, why } = end
    return {
      verdict,
      local,
      ...this.result(branch.flow, end),
      ...(rejectWith === undefined ? {} : { rejectWith }),
      ...(local || branch.flow.departure === null ? {} : { outInterface: branch.flow.departure }),
      share,
      conditions: conditions.map(({ condition: { order: _, ...condition }, holds }) => ({ ...condition, holds })),
      assumptions: branch.assumptions,
      why,
      steps: stepsOf(branch.trail),
    }
  }

  /** What of a flow shows in an outcome. */
  private result(flow: Flow, { sourceSettled }: End): Pick<Outcome, 'packet' | 'destinationNat' | 'masqueraded' | 'sourceNat'> {
    const source = part('address', addressText(flow.source))
    return {
      packet: this.packet(flow),
      destinationNat: flow.destinationNat,
      masqueraded: flow.masqueraded || (sourceSettled ? false : 'unknown'),
      ...(flow.sourceNat ? { sourceNat: { ...source, ...part('port', flow.sourcePort ?? undefined) } } : {}),
    }
  }

  private packet(flow: Flow): PacketAfter {
    return {
      protocol: this.protocol,
      ...part('source', addressText(flow.source)),
      ...part('sourcePort', flow.sourcePort ?? undefined),
      ...part('destination', addressText(flow.destination)),
      ...part('destinationPort', flow.destinationPort ?? undefined),
      ...part('mark', flow.mark ?? undefined),
    }
  }
}

function part<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V })
}
