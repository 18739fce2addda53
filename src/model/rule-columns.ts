import { matchModules, type OptionForms, targetModules } from '../parse/iptables/options.ts'
import type { Match, Operand, Option, RuleSpec } from '../parse/iptables/rule.ts'
import { parseSpec } from '../parse/iptables/spec.ts'
import { words } from '../words.ts'

/** What of a rule stands in columns of its own, for SQL. '' is "any" or "none"; a leading `!` negates. */
export interface RuleColumns {
  readonly protocol: string
  readonly source: string
  readonly destination: string
  readonly inInterface: string
  readonly outInterface: string
  readonly destinationPorts: string
  readonly target: string
  readonly isGoto: boolean
  readonly toDestination: string
  readonly probability: number | null
  /** What of the rule is not known by name, or could not be read; null when all is known. */
  readonly notUnderstood: string | null
}

export function ruleColumns(text: string): RuleColumns {
  const spec = parseSpec(text)
  return {
    protocol: operand(spec.protocol && { ...spec.protocol, value: protocolName(spec.protocol.value) }),
    source: operand(spec.source),
    destination: operand(spec.destination),
    inInterface: operand(spec.inInterface),
    outInterface: operand(spec.outInterface),
    destinationPorts: option(find(spec.matches, '--dport') ?? find(spec.matches, '--dports')),
    target: spec.target?.name ?? '',
    isGoto: spec.target?.goto ?? false,
    toDestination: option(spec.target?.options.find((entry) => entry.name === '--to-destination')),
    probability: probability(spec.matches),
    notUnderstood: notUnderstood(spec)
  }
}

const PROTOCOLS: Record<string, string> = words({
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
  'ipv6-icmp': 'icmpv6',
  '132': 'sctp',
  '136': 'udplite',
  '33': 'dccp'
})

/** One name a protocol, whether the dump has its number (iptables 1.8.9 -L -n) or its name. */
export function protocolName(value: string): string {
  return PROTOCOLS[value] ?? value.toLowerCase()
}

function operand(value: Operand | undefined): string {
  return value ? `${value.negated ? '!' : ''}${value.value}` : ''
}

function option(value: Option | undefined): string {
  return value ? `${value.negated ? '!' : ''}${value.args.join(' ')}` : ''
}

function find(matches: readonly Match[], name: string): Option | undefined {
  for (const match of matches) {
    const found = match.options.find((entry) => entry.name === name)
    if (found) return found
  }
  return undefined
}

function probability(matches: readonly Match[]): number | null {
  const value = find(matches, '--probability')
  return value ? Number(value.args[0]) : null
}

function notUnderstood(spec: RuleSpec): string | null {
  const unknown = [
    ...spec.matches
      .filter((match) => match.opaque)
      .map((match) => notKnown(`match ${match.module}`, match.options, matchModules.get(match.module))),
    ...(spec.target?.opaque
      ? [notKnown(`target ${spec.target.name}`, spec.target.options, targetModules.get(spec.target.name))]
      : []),
    ...(spec.remainder === undefined ? [] : [`not read: ${spec.remainder}`])
  ]
  return unknown.length > 0 ? unknown.join('; ') : null
}

/** Of a module that is known, the options that are not. */
function notKnown(what: string, options: readonly Option[], forms: OptionForms | undefined): string {
  const strange = forms ? options.filter(({ name }) => !forms.has(name)).map(({ name }) => name) : []
  return strange.length === 0 ? `${what} is not known` : `option ${strange.join(', ')} of ${what} is not known`
}
