/**
 * A chain ready to be walked. Long chains (KUBE-SERVICES has rules for each Service) get an index by exact
 * destination address, source address and destination port: only rules that could match are looked at, in order.
 */
import type { RuleSpec } from '../../parse/iptables/rule.ts'
import { parseSpec } from '../../parse/iptables/spec.ts'
import { formatAddress, onlyAddress, parseNetwork } from './address.ts'
import { type CompiledRule, compileRule, textOf } from './compile.ts'
import type { Flow } from './flow.ts'
import type { RuleChain } from './packet.ts'
import { protocolNumber, WITH_PORTS } from './protocol.ts'

/** Shorter chains are read through. */
const INDEXED_FROM = 16

/** An address in its one usual form. */
type Key = string

interface Index {
  /** Positions of rules that no key excludes. */
  readonly always: readonly number[]
  readonly byDestination: ReadonlyMap<Key, readonly number[]>
  readonly bySource: ReadonlyMap<Key, readonly number[]>
  readonly byPort: ReadonlyMap<number, readonly number[]>
}

export interface Program {
  /** One flow at a time must be walked: which rules are candidates depends on it. */
  readonly indexed: boolean
  readonly length: number
  rule(position: number): CompiledRule
  /** Positions of all rules that may match, ascending; undefined: all. */
  candidates(flow: Flow): readonly number[] | undefined
}

const programs = new WeakMap<RuleChain, Program>()

export function programOf(chain: RuleChain): Program {
  let program = programs.get(chain)
  if (!program) programs.set(chain, (program = buildProgram(chain)))
  return program
}

function buildProgram(chain: RuleChain): Program {
  const compiled: CompiledRule[] = []
  const index = chain.rules.length < INDEXED_FROM ? undefined : buildIndex(chain)
  return {
    indexed: index !== undefined,
    length: chain.rules.length,
    rule: (position) => (compiled[position] ??= compileRule(chain.rules[position]!, position + 1)),
    candidates: (flow) => index && candidates(index, flow)
  }
}

function buildIndex(chain: RuleChain): Index {
  const always: number[] = []
  const [byDestination, bySource] = [new Map<Key, number[]>(), new Map<Key, number[]>()]
  const byPort = new Map<number, number[]>()
  chain.rules.forEach((rule, position) => {
    const text = textOf(rule)
    const quick = leadingDestination(text)
    if (quick !== undefined) return push(byDestination, quick, position)
    const spec = parseSpec(text)
    // One key a rule, the most telling.
    const destination = exact(spec.destination)
    const source = exact(spec.source)
    const port = exactPort(spec)
    if (destination !== undefined) push(byDestination, destination, position)
    else if (source !== undefined) push(bySource, source, position)
    else if (port !== undefined) push(byPort, port, position)
    else always.push(position)
  })
  return { always, byDestination, bySource, byPort }
}

/** Most rules of a long chain begin with one IPv4 address: that much is read without parsing them (10,000 in KUBE-SERVICES). */
function leadingDestination(text: string): Key | undefined {
  return text.startsWith('-d ') ? /^-d ((?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2}))\/32 /.exec(text)?.[1] : undefined
}

function push<K>(map: Map<K, number[]>, key: K, position: number): void {
  const list = map.get(key)
  if (list) list.push(position)
  else map.set(key, [position])
}

function exact(operand: RuleSpec['source']): Key | undefined {
  if (!operand || operand.negated) return undefined
  const network = parseNetwork(operand.value)
  const only = network && onlyAddress(network)
  return only && formatAddress(only)
}

function exactPort(spec: RuleSpec): number | undefined {
  const ports = spec.matches
    .filter(({ module, opaque }) => !opaque && WITH_PORTS.has(protocolNumber(module) ?? 0))
    .flatMap(({ options }) => options.filter(({ name, negated }) => name === '--dport' && !negated))
  const [port = ''] = ports[0]?.args ?? []
  return /^\d+$/.test(port) ? Number(port) : undefined
}

function candidates({ always, byDestination, bySource, byPort }: Index, flow: Flow): readonly number[] | undefined {
  const anyPort = flow.destinationPort === null && WITH_PORTS.has(flow.protocol)
  if (!flow.destination || !flow.source || anyPort) return undefined
  const lists = [
    byDestination.get(formatAddress(flow.destination)),
    bySource.get(formatAddress(flow.source)),
    flow.destinationPort === null ? undefined : byPort.get(flow.destinationPort)
  ].filter((list) => list !== undefined)
  return lists.length === 0
    ? always
    : lists
        .concat(always)
        .flat()
        .sort((a, b) => a - b)
}
