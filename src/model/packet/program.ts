/**
 * A chain ready to be walked. Long chains (KUBE-SERVICES has rules for each Service) get an index by exact
 * destination address, source address and destination port: only rules that could match are looked at, in order.
 */
import type { RuleSpec } from '../../parse/iptables/rule.ts'
import { formatAddress, onlyAddress, parseNetwork } from './address.ts'
import { compileRule, type CompiledRule } from './compile.ts'
import type { Flow } from './flow.ts'
import type { RuleChain } from './packet.ts'

/** Shorter chains are read through. */
const INDEXED_FROM = 16

interface Index {
  /** Positions of rules that no key excludes. */
  readonly always: readonly number[]
  readonly keyed: ReadonlyMap<string, readonly number[]>
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
    rule: (position) => (compiled[position] ??= compileRule(chain.rules[position]!)),
    candidates: (flow) => index && candidates(index, flow),
  }
}

function buildIndex(chain: RuleChain): Index {
  const always: number[] = []
  const keyed = new Map<string, number[]>()
  chain.rules.forEach((rule, position) => {
    const key = keyOf(rule.spec)
    if (key === undefined) return void always.push(position)
    const list = keyed.get(key)
    if (list) list.push(position)
    else keyed.set(key, [position])
  })
  return { always, keyed }
}

/** Without it the rule cannot match. A rule has at most one key: the most telling. */
function keyOf(spec: RuleSpec): string | undefined {
  const destination = exact(spec.destination)
  if (destination) return `d ${destination}`
  const source = exact(spec.source)
  if (source) return `s ${source}`
  const ports = spec.matches.flatMap((match) => match.options.filter((option) => option.name === '--dport'))
  const [port] = ports
  return port && !port.negated && /^\d+$/.test(port.args[0] ?? '') ? `p ${port.args[0]}` : undefined
}

function exact(operand: RuleSpec['source']): string | undefined {
  if (!operand || operand.negated) return undefined
  if (/^\d+\.\d+\.\d+\.\d+(\/32)?$/.test(operand.value)) return operand.value.replace('/32', '')
  const network = parseNetwork(operand.value)
  const only = network && onlyAddress(network)
  return only && formatAddress(only)
}

function candidates({ always, keyed }: Index, flow: Flow): readonly number[] | undefined {
  if (!flow.destination || !flow.source || flow.destinationPort === null) return undefined
  const lists = [`d ${formatAddress(flow.destination)}`, `s ${formatAddress(flow.source)}`, `p ${flow.destinationPort}`]
    .flatMap((key) => keyed.get(key) ?? [])
  return lists.length === 0 ? always : [...always, ...lists].sort((a, b) => a - b)
}
