/** A rule made ready to run: what it asks, cheapest first as the kernel does, and what it then does. */
import type { RuleSpec, Unreadable } from '../../parse/iptables/rule.ts'
import { parseSpec } from '../../parse/iptables/spec.ts'
import { networkPart } from './match/address.ts'
import { interfaceTruth } from './match/interface.ts'
import { matchParts } from './match/modules.ts'
import { negateIf, type Part } from './match/part.ts'
import { ask } from './match/truth.ts'
import type { RuleText } from './packet.ts'
import { protocolNumber } from './protocol.ts'
import { type Action, compileTarget } from './target/action.ts'

export interface CompiledRule {
  /** 1-based position in its chain. */
  readonly number: number
  readonly text: string
  readonly parts: readonly Part[]
  readonly action: Action
}

export function compileRule(rule: RuleText, number: number): CompiledRule {
  const text = textOf(rule)
  const spec = typeof rule === 'string' ? parseSpec(rule) : { ...parseSpec(text), unreadable: rule.unreadable }
  const parts = [...coreParts(spec), ...spec.matches.flatMap(matchParts), ...unreadParts(spec)]
  return { number, text, parts, action: compileTarget(spec) }
}

export function textOf(rule: RuleText): string {
  return typeof rule === 'string' ? rule : rule.text
}

function coreParts(spec: RuleSpec): Part[] {
  const parts: Part[] = []
  const { source, destination, inInterface, outInterface, protocol, fragment } = spec
  if (destination) parts.push(networkPart('destination', destination) ?? unread(`-d ${destination.value}`))
  if (source) parts.push(networkPart('source', source) ?? unread(`-s ${source.value}`))
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
  const parts = (spec.unreadable ?? []).flatMap((part) => {
    const what = NOT_SHOWN[part]
    return what === undefined ? [] : [notShown(what)]
  })
  // Without a target, what is not read may be the target: then that is the question.
  return spec.remainder === undefined || !spec.target ? parts : [...parts, unread(spec.remainder)]
}

const NOT_SHOWN: Readonly<Partial<Record<Unreadable, string>>> = {
  interfaces: 'its interfaces, which are not shown,',
  match: 'its matches, which are not shown in full,',
  names: 'its names, which only the node can resolve,'
}

/** Of which rule it is must be said: several rules of one way may hide the same. */
function notShown(what: string): Part {
  const reason = 'this part of the rule could not be read'
  return {
    check: (situation) => {
      const place = situation.place()
      const rule = place.slice(place.lastIndexOf(' ') + 1).replace(':', ' rule ')
      return ask({ id: `${what} at ${place}`, text: `${rule}: ${what} match`, reason })
    }
  }
}

function unread(what: string): Part {
  const reason = 'this part of the rule could not be read'
  return { check: (situation) => ask({ id: `${what} at ${situation.place()}`, text: `${what} matches`, reason }) }
}
