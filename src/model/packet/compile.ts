/** A rule made ready to run: what it asks, cheapest first as the kernel does, and what it then does. */
import type { RuleSpec } from '../../parse/iptables/rule.ts'
import { networkPart } from './match/address.ts'
import { interfaceTruth } from './match/interface.ts'
import { matchParts } from './match/modules.ts'
import { ask, negateIf, type Part } from './match/part.ts'
import type { EvaluatedRule } from './packet.ts'
import { protocolNumber } from './protocol.ts'
import { compileTarget, type Action } from './target/action.ts'

export interface CompiledRule {
  readonly rule: EvaluatedRule
  readonly parts: readonly Part[]
  readonly action: Action
}

export function compileRule(rule: EvaluatedRule): CompiledRule {
  const { spec } = rule
  return { rule, parts: [...coreParts(spec), ...spec.matches.flatMap(matchParts), ...unreadParts(spec)], action: compileTarget(spec) }
}

function coreParts(spec: RuleSpec): Part[] {
  const parts: Part[] = []
  const { source, destination, inInterface, outInterface, protocol, fragment } = spec
  if (destination) parts.push(networkPart('destination', destination.value, destination.negated) ?? unread(`-d ${destination.value}`))
  if (source) parts.push(networkPart('source', source.value, source.negated) ?? unread(`-s ${source.value}`))
  if (protocol) parts.push(protocolPart(protocol.value, protocol.negated))
  if (inInterface) parts.push(negateIf(inInterface.negated, (at) => interfaceTruth('in', inInterface.value, at)))
  if (outInterface) parts.push(negateIf(outInterface.negated, (at) => interfaceTruth('out', outInterface.value, at)))
  // The packets asked about are whole; connection tracking puts fragments together before any rule.
  if (fragment) parts.push({ check: () => fragment.negated })
  return parts
}

function protocolPart(name: string, negated: boolean): Part {
  const number = protocolNumber(name)
  if (number === undefined) return unread(`-p ${name}`)
  return negateIf(negated, ({ flow }) => number === 0 || flow.protocol === number)
}

/** What a listing could not carry, or nobody could read, may forbid the match. */
function unreadParts(spec: RuleSpec): Part[] {
  const parts: Part[] = []
  if (spec.unreadable?.includes('interfaces')) parts.push(unread('its interfaces, which this listing does not show,', 'match'))
  if (spec.unreadable?.includes('match')) parts.push(unread('its matches, which this listing does not show in full,', 'match'))
  if (spec.unreadable?.includes('names')) parts.push(unread('its names, which only the node can resolve,', 'match'))
  if (spec.remainder !== undefined) parts.push(unread(spec.remainder))
  return parts
}

function unread(what: string, verb = 'matches'): Part {
  return {
    check: (situation) => ask({ id: `${what} at ${situation.place()}`, text: `${what} ${verb}`, reason: 'this part of the rule could not be read' }),
  }
}
