import { chainKind } from '../../model/chain-kinds.ts'
import { type Address, formatAddress, isLoopback, isMulticast, parseAddress } from '../../model/packet/address.ts'
import type { StoredChain, StoredRule } from '../../store/rules/stored-chains.ts'
import { readingOf, singleAddress, valueAt } from './form.ts'
import type { RuleLayer } from './layer.ts'
import { likeness } from './mentioned.ts'

/** All that the rules do with packets to one address, with addresses and chain names numbered as they come. */
export interface Shape {
  /** Equal for addresses whose rules say the same of other addresses, and whose addresses the layer's networks do not tell apart. */
  readonly kind: number
  /** The address itself, then those its chains name. */
  readonly addresses: readonly string[]
  readonly parsed: readonly Address[]
}

/**
 * kube-proxy writes the same rules for each Service with other addresses and names in them. What is the same but for
 * these needs following once. Undefined where an address is its own case: a common chain names an endpoint, a loopback.
 */
export class Shapes {
  private readonly layer: RuleLayer
  private readonly known = new Map<string, Shape | undefined>()
  private readonly kinds = new Map<string, number>()

  /** The layer in which Services have their chains. */
  constructor(layer: RuleLayer) {
    this.layer = layer
  }

  of(address: string): Shape | undefined {
    if (!this.known.has(address)) this.known.set(address, this.read(address))
    return this.known.get(address)
  }

  private read(address: string): Shape | undefined {
    const placed = this.layer.to(address)
    if (!placed) return undefined
    const reading = new Reading(this.layer, address)
    for (const { place, table, rule } of placed) reading.dispatch(place, table, rule)
    const { addresses, lines } = reading
    // A chain that is not here may be in the node's own rules.
    if (lines.includes(MISSING)) return undefined
    const parsed = addresses.map(plainAddress)
    // A frontend is named by its own rules, which the shape has; an endpoint that common chains name is its own case.
    if (
      parsed.includes(undefined) ||
      addresses.some((each, index) => index > 0 && this.layer.mentioned.addresses.has(each))
    )
      return undefined
    const { networks } = this.layer.mentioned
    const text = [...(parsed as Address[]).map((each) => likeness(networks, each)), ...lines].join('\n')
    let kind = this.kinds.get(text)
    if (kind === undefined) this.kinds.set(text, (kind = this.kinds.size))
    return { kind, addresses, parsed: parsed as Address[] }
  }
}

const MISSING = 'missing'

function plainAddress(text: string): Address | undefined {
  const address = parseAddress(text)
  return address && formatAddress(address) === text && !isLoopback(address) && !isMulticast(address)
    ? address
    : undefined
}

/** Goes through the chains of one address and gives addresses and chains numbers in the order they are met. */
class Reading {
  readonly addresses: string[]
  readonly lines: string[] = []
  private readonly layer: RuleLayer
  private readonly chains: string[] = []

  constructor(layer: RuleLayer, address: string) {
    this.layer = layer
    this.addresses = [address]
  }

  dispatch(place: string, table: string, rule: StoredRule): void {
    this.lines.push(place)
    this.visit(table, rule)
  }

  private visit(table: string, rule: StoredRule): void {
    const { skeleton, places } = readingOf(rule.form)
    let line = skeleton
    let target: string | undefined
    for (const place of places) {
      const value = valueAt(rule, place)
      if (place.role !== 'chain') line += ` ${this.numbered(place.role, value)}`
      else {
        const { kind, hash } = chainKind(value)
        if (hash !== null) target = value
        line += hash === null ? ` ${value}` : ` ${kind} ${this.chains.indexOf(`${table} ${value}`)}`
      }
    }
    this.lines.push(line)
    if (target !== undefined) this.enter(table, target)
  }

  private enter(table: string, target: string): void {
    const key = `${table} ${target}`
    if (this.chains.includes(key)) return
    this.chains.push(key)
    const chain: StoredChain | undefined = this.layer.chain(table, target)
    this.lines.push(chain ? `${chain.complete}` : MISSING)
    for (const rule of chain?.rules ?? []) this.visit(table, rule)
    this.lines.push('end')
  }

  private numbered(role: string, value: string): string {
    if (role === 'source' || role === 'destination') {
      const address = singleAddress(value)
      return address === undefined ? value : this.number(address)
    }
    if (role === 'to-destination') {
      const [, v6, v4, port] = /^(?:\[([^\]]+)\]|([\d.]+))(:\d+)$/.exec(value) ?? []
      return port === undefined ? value : `${this.number(v6 ?? v4!)}${port}`
    }
    return value
  }

  private number(address: string): string {
    let at = this.addresses.indexOf(address)
    if (at < 0) at = this.addresses.push(address) - 1
    return `#${at}`
  }
}
