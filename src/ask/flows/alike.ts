import { viewHost } from '../../model/packet/host.ts'
import type { HostView } from '../../model/packet/host-view.ts'
import type { BothBackends, Rules } from '../../model/packet/packet.ts'
import { type Flow, flowsTo } from './compute.ts'
import type { Frontend } from './frontend.ts'
import { likeness } from './mentioned.ts'
import { anyRouteWillDo, type FlowNode } from './node.ts'
import type { NodeRules } from './node-rules.ts'
import type { Shape } from './shape.ts'

/** A flow of frontends that are alike: its destination is one of the shape's addresses, or said as it is. */
export interface Pattern extends Omit<Flow, 'destination'> {
  /** Index of the address; undefined where `destination` is all. */
  readonly address: number | undefined
  /** `:8080` behind an address, or the whole destination; null where it cannot be told. */
  readonly destination: string | null
}

/** What is to be said of one frontend: patterns, and the addresses they mean. */
export interface AlikeFlows {
  readonly patterns: readonly Pattern[]
  /** `[fd00::1]` or `10.0.0.1`; empty where the patterns mean none. */
  readonly addresses: readonly string[]
  /** Every address that the packets were sent to. */
  readonly met: Iterable<string>
}

/** Follows packets to frontends at one node; of frontends that no rule tells apart but by their addresses, only the first. */
export class AlikeFrontends {
  private readonly patterns = new Map<string, readonly Pattern[] | undefined>()
  private readonly rules: Rules | BothBackends
  private readonly view: HostView
  private readonly of: FlowNode
  private readonly from: NodeRules
  /** Senders and the node itself: what goes to them is its own case. */
  private readonly peculiar: ReadonlySet<string>
  private readonly shaped: boolean

  constructor(from: NodeRules, of: FlowNode) {
    this.from = from
    this.rules = from.rules
    this.view = viewHost(of.host)
    this.of = of
    this.peculiar = new Set([...of.own, ...Object.values(of.senders)].filter((each) => each !== undefined))
    this.shaped = !from.mentioned.peculiar && anyRouteWillDo(of.host)
  }

  flowsTo(frontend: Frontend): AlikeFlows {
    const shape = this.shaped && frontend.address !== '' ? this.from.shapeOf(frontend.address) : undefined
    if (!shape?.addresses.every((address, index) => this.isPlain(address, shape, index))) return this.follow(frontend)
    const key = `${frontend.protocol} ${frontend.port} ${shape.kind} ${this.ownLikeness(shape)}`
    let patterns = this.patterns.get(key)
    if (!patterns) {
      const { flows, met } = this.evaluated(frontend)
      patterns = patternsOf(flows, shape.addresses)
      if (!patterns) return { patterns: flows.map((flow) => ({ ...flow, address: undefined })), addresses: [], met }
      this.patterns.set(key, patterns)
    }
    return { patterns, addresses: shape.addresses.map(bracketed), met: shape.addresses }
  }

  private follow(frontend: Frontend): AlikeFlows {
    const { flows, met } = this.evaluated(frontend)
    return { patterns: flows.map((flow) => ({ ...flow, address: undefined })), addresses: [], met }
  }

  private evaluated(frontend: Frontend): ReturnType<typeof flowsTo> {
    const result = flowsTo(this.rules, this.of, frontend)
    this.from.forget()
    return result
  }

  /** By the networks that only this node's own rules name. */
  private ownLikeness({ parsed }: Shape): string {
    const { ownNetworks } = this.from
    return ownNetworks.size === 0 ? '' : parsed.map((address) => likeness(ownNetworks, address)).join()
  }

  private isPlain(text: string, { parsed }: Shape, index: number): boolean {
    const address = parsed[index]!
    return (
      !this.peculiar.has(text) &&
      !this.from.namedByOwn(text) &&
      this.view.isOwn(address) === false &&
      this.view.isBroadcast(address) === false
    )
  }
}

/** Only of flows that say nothing but where they lead. */
function patternsOf(flows: readonly Flow[], addresses: readonly string[]): Pattern[] | undefined {
  const patterns = flows.map((flow): Pattern | undefined => {
    const [, v6, v4, port] = /^(?:\[(.*)\]|([^:]*))(:\d+)$/.exec(flow.destination ?? '') ?? []
    const address = addresses.indexOf(v6 ?? v4 ?? '')
    return flow.verdict === 'accepted' && flow.condition === '' && address >= 0 && port !== undefined
      ? { ...flow, address, destination: port }
      : undefined
  })
  return patterns.includes(undefined) ? undefined : (patterns as Pattern[])
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
