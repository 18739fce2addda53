/** Ends of branches, gathered into outcomes: equal ends are one outcome, whichever way they were come to. */
import { formatAddress } from './address.ts'
import { type Branch, type OpenCondition, stepsOf } from './branch.ts'
import type { Flow } from './flow.ts'
import type { Outcome, PacketAfter, Verdict } from './outcome.ts'
import { add, type Case, cases, reaches, type Share, sizeOf } from './share.ts'

export interface End {
  readonly verdict: Verdict
  readonly local: boolean
  readonly why: string
  readonly rejectWith?: string
  /** POSTROUTING is behind it, or it will not come to it. */
  readonly sourceSettled: boolean
  /** What it would be if rules that are not read let it pass as it is: nothing of it is certain. */
  readonly doubted?: Verdict
}

interface Arrival {
  readonly branch: Branch
  readonly end: End
}

/** More would be read by nobody. Endpoints of one Service count, each with the conditions it depends on. */
const MAX_OUTCOMES = 20_000

export class Endings {
  private readonly groups = new Map<string, { share: Share<OpenCondition>; readonly arrivals: Arrival[] }>()
  private readonly protocol: string

  constructor(protocol: string) {
    this.protocol = protocol
  }

  add(branch: Branch, told: End): void {
    const end = branch.doubt === undefined ? told : doubtful(told, branch.doubt)
    const key = endKey(branch.flow, end)
    const group = this.groups.get(key)
    if (group) {
      group.share = add(group.share, branch.share)
      group.arrivals.push({ branch, end })
    } else {
      this.groups.set(key, { share: branch.share, arrivals: [{ branch, end }] })
    }
  }

  outcomes(): Outcome[] {
    const groups = [...this.groups.values()]
    const count = groups.reduce((sum, { share }) => sum + sizeOf(share), 0)
    if (count > MAX_OUTCOMES) return [this.tooMany()]
    return groups.flatMap(({ share, arrivals }) =>
      cases(share).map((each) => {
        const { branch, end } = arrivals.find((arrival) => reaches(arrival.branch.share, each)) ?? arrivals[0]!
        return this.outcome(branch, end, each)
      })
    )
  }

  private tooMany(): Outcome {
    return {
      verdict: 'unknown',
      local: false,
      packet: { protocol: this.protocol },
      destinationNat: false,
      masqueraded: 'unknown',
      share: 1,
      conditions: [],
      assumptions: [],
      why: `more than ${MAX_OUTCOMES} outcomes, by combinations of unknown conditions`,
      steps: []
    }
  }

  private outcome(branch: Branch, end: End, { share, conditions }: Case<OpenCondition>): Outcome {
    const { verdict, local, rejectWith, why, doubted } = end
    return {
      verdict,
      local,
      ...(doubted === undefined ? {} : { doubted }),
      ...resultOf(branch.flow, end, this.protocol),
      ...(rejectWith === undefined ? {} : { rejectWith }),
      ...(local || branch.flow.departure === null ? {} : { outInterface: branch.flow.departure }),
      share,
      conditions: conditions.map(({ condition, holds }) => (holds ? condition.holds : condition.fails)),
      assumptions: branch.assumptions,
      why,
      steps: stepsOf(branch.trail)
    }
  }
}

/** What rules that are not read may have done otherwise. */
function doubtful(end: End, doubt: string): End {
  const alone = end.verdict === 'unknown' ? '' : `; by its iptables alone it would be ${end.verdict}: ${end.why}`
  return { verdict: 'unknown', local: end.local, why: `${doubt}${alone}`, sourceSettled: false, doubted: end.verdict }
}

/** Equal for ends that read the same. */
function endKey(flow: Flow, { verdict, local, rejectWith, sourceSettled, doubted }: End): string {
  const { source, sourcePort, destination, destinationPort, mark, destinationNat, sourceNat, masqueraded } = flow
  const after = [source, sourcePort, destination, destinationPort, mark, destinationNat, sourceNat, masqueraded]
  return [verdict, local, rejectWith, sourceSettled, doubted, ...after].join('|')
}

type Result = Pick<Outcome, 'packet' | 'destinationNat' | 'masqueraded' | 'sourceNat'>

/** What of a flow shows in an outcome. */
function resultOf(flow: Flow, end: End, protocol: string): Result {
  const packet = packetOf(flow, protocol)
  const masqueraded =
    end.doubted === undefined ? flow.masqueraded || (end.sourceSettled ? false : 'unknown') : 'unknown'
  if (!flow.sourceNat) return { packet, destinationNat: flow.destinationNat, masqueraded }
  const sourceNat: { address?: string; port?: number } = {}
  if (packet.source !== undefined) sourceNat.address = packet.source
  if (packet.sourcePort !== undefined) sourceNat.port = packet.sourcePort
  return { packet, destinationNat: flow.destinationNat, masqueraded, sourceNat }
}

function packetOf({ source, sourcePort, destination, destinationPort, mark }: Flow, protocol: string): PacketAfter {
  const packet: { -readonly [K in keyof PacketAfter]: PacketAfter[K] } = { protocol }
  if (source) packet.source = formatAddress(source)
  if (sourcePort !== null) packet.sourcePort = sourcePort
  if (destination) packet.destination = formatAddress(destination)
  if (destinationPort !== null) packet.destinationPort = destinationPort
  if (mark !== null) packet.mark = mark
  return packet
}
