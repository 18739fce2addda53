import { formatAddress, isLoopback, isMulticast, parseAddress } from '../../model/packet/address.ts'
import { viewHost, type HostView } from '../../model/packet/host.ts'
import type { BothBackends, Rules } from '../../model/packet/packet.ts'
import { flowsTo, type Flow, type FrontFlows } from './compute.ts'
import type { Front } from './front.ts'
import { likeness, type Mentioned } from './mentioned.ts'
import { anyRouteWillDo, type FlowNode } from './node.ts'
import type { Shapes } from './shape.ts'

/** A flow whose destination is one of the shape's addresses. */
interface Pattern extends Omit<Flow, 'destination'> {
  readonly address: number
  /** `:8080` */
  readonly port: string
}

/** Follows packets to fronts at one node; of fronts that no rule tells apart but by their addresses, only the first. */
export class AlikeFronts {
  private readonly patterns = new Map<string, readonly Pattern[] | undefined>()
  private readonly rules: Rules | BothBackends
  private readonly view: HostView
  private readonly of: FlowNode
  private readonly mentioned: Mentioned
  /** Undefined where rules look at what differs between addresses of one network. */
  private readonly shapes: Shapes | undefined

  constructor(rules: Rules | BothBackends, of: FlowNode, mentioned: Mentioned, shapes: Shapes | undefined) {
    this.rules = rules
    this.view = viewHost(of.host)
    this.of = of
    this.mentioned = mentioned
    this.shapes = mentioned.interfaces || !anyRouteWillDo(of.host) ? undefined : shapes
  }

  flowsTo(front: Front): FrontFlows {
    const shape = front.address === '' ? undefined : this.shapes?.of(front.address)
    const key = shape && this.key(front, shape.text, shape.addresses)
    if (!shape || key === undefined) return this.follow(front)
    const known = this.patterns.get(key)
    if (known) return { flows: known.map((pattern) => flowOf(pattern, shape.addresses)), met: new Set(shape.addresses) }
    const followed = this.follow(front)
    if (!this.patterns.has(key)) this.patterns.set(key, patternsOf(followed.flows, shape.addresses))
    return followed
  }

  private follow(front: Front): FrontFlows {
    return flowsTo(this.rules, this.of.host, front, this.of.senders, this.of.address)
  }

  /** Undefined where an address is special to the node or the rules. */
  private key({ protocol, port }: Front, text: string, addresses: readonly string[]): string | undefined {
    const likenesses = addresses.map((address, index) => (this.isPlain(address) ? this.likeness(address, index > 0) : undefined))
    return likenesses.includes(undefined) ? undefined : `${protocol} ${port}\n${likenesses.join('\n')}\n${text}`
  }

  /** A front is named by its own rules, which the shape has; an endpoint that common chains name is its own case. */
  private likeness(address: string, endpoint: boolean): string | undefined {
    if (endpoint && this.mentioned.addresses.has(address)) return undefined
    return likeness({ ...this.mentioned, addresses: new Set() }, address)
  }

  private isPlain(text: string): boolean {
    const address = parseAddress(text)
    if (!address || formatAddress(address) !== text || isLoopback(address) || isMulticast(address)) return false
    const { pod, node, outside } = this.of.senders
    return text !== pod && text !== node && text !== outside && this.view.isOwn(address) === false && this.view.isBroadcast(address) === false
  }
}

/** Only of flows that say nothing but where they lead. */
function patternsOf(flows: readonly Flow[], addresses: readonly string[]): Pattern[] | undefined {
  const patterns = flows.map((flow): Pattern | undefined => {
    const [, v6, v4, port] = /^(?:\[(.*)\]|([^:]*))(:\d+)$/.exec(flow.destination ?? '') ?? []
    const address = addresses.indexOf(v6 ?? v4 ?? '')
    return flow.verdict === 'accepted' && flow.condition === '' && address >= 0 && port !== undefined ? { ...flow, address, port } : undefined
  })
  return patterns.includes(undefined) ? undefined : (patterns as Pattern[])
}

function flowOf({ address, port, sender, share, verdict, masqueraded, condition, why }: Pattern, addresses: readonly string[]): Flow {
  const host = addresses[address]!
  return { sender, destination: host.includes(':') ? `[${host}]${port}` : `${host}${port}`, share, verdict, masqueraded, condition, why }
}
