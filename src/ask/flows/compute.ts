import { evaluate } from '../../model/packet/evaluate.ts'
import { isForNewClient, type Outcome } from '../../model/packet/outcome.ts'
import type { BothBackends, Packet, Rules } from '../../model/packet/packet.ts'
import { isLeftToOthers, WITHOUT_PROXY } from '../trace/without-proxy.ts'
import type { Frontend } from './frontend.ts'
import type { FlowNode } from './node.ts'
import type { SenderKind } from './sender.ts'

/** One way a packet to a frontend can go. */
export interface Flow {
  readonly sender: SenderKind
  readonly destination: string | null
  readonly share: number
  readonly verdict: Outcome['verdict']
  readonly masqueraded: boolean | 'unknown'
  readonly condition: string
  readonly why: string
}

export interface FrontendFlows {
  readonly flows: readonly Flow[]
  /** Every address that the packets were sent to. */
  readonly met: ReadonlySet<string>
}

/** The node whose rules are followed. `lacksProxy`: something else may say where its Services lead. */
export type Evaluated = Pick<FlowNode, 'host' | 'senders' | 'address' | 'lacksProxy'>

/** What the rules do with a packet to the frontend, from each kind of sender. `address`: where node ports are asked for. */
export function flowsTo(
  rules: Rules | BothBackends,
  { host, senders, address: nodeAddress, lacksProxy }: Evaluated,
  frontend: Frontend
): FrontendFlows {
  const address = frontend.address || nodeAddress
  const met = new Set<string>(address === undefined ? [] : [address])
  const kinds = ['pod', 'node', 'outside'] as const
  const flows = kinds.flatMap((sender): Flow[] => {
    const source = senders[sender]
    if (source === undefined) return [unknown(sender, `no address of a ${sender} of this node is in the snapshot`)]
    if (address === undefined) return [unknown(sender, 'no address of the node is in the snapshot')]
    const packet: Packet = {
      protocol: frontend.protocol.toLowerCase(),
      source,
      destination: address,
      destinationPort: frontend.port
    }
    return flowsOf(sender, evaluate(rules, host, packet), met, lacksProxy)
  })
  return { flows, met }
}

export function unknown(sender: SenderKind, why: string): Flow {
  return { sender, destination: null, share: 1, verdict: 'unknown', masqueraded: 'unknown', condition: '', why }
}

/**
 * `lacksProxy`: others may translate what is sent to a frontend.
 * Ends that read the same are one flow. A client seen before goes where it went: that is no flow of its own.
 */
function flowsOf(sender: SenderKind, outcomes: readonly Outcome[], met: Set<string>, lacksProxy: boolean): Flow[] {
  const flows = new Map<string, Flow & { share: number }>()
  for (const outcome of outcomes) {
    if (!isForNewClient(outcome)) continue
    const { packet, share } = outcome
    if (packet.destination !== undefined) met.add(packet.destination)
    const isUnknown = lacksProxy && isLeftToOthers(outcome)
    const { destination, verdict, masqueraded, why } = isUnknown
      ? unknown(sender, WITHOUT_PROXY)
      : toldOf(sender, outcome)
    const condition = outcome.conditions
      .filter(({ newClient }) => newClient === undefined)
      .map(({ holds, text }) => `${holds ? '' : 'not: '}${text}`)
      .join(' and ')
    const key = `${destination} ${verdict} ${masqueraded} ${condition} ${why}`
    const known = flows.get(key)
    if (known) known.share += share
    else flows.set(key, { sender, destination, share, verdict, masqueraded, condition, why })
  }
  return [...flows.values()]
}

function toldOf(sender: SenderKind, outcome: Outcome): Omit<Flow, 'condition'> {
  const { packet, share, verdict, masqueraded, why, doubted } = outcome
  if (doubted !== undefined) return { ...unknown(sender, why), share }
  return { sender, destination: endpoint(packet), share, verdict, masqueraded, why: verdict === 'accepted' ? '' : why }
}

function endpoint({ destination, destinationPort }: Outcome['packet']): string | null {
  if (destination === undefined) return null
  return `${destination.includes(':') ? `[${destination}]` : destination}:${destinationPort}`
}
