import { isIPv6 } from 'node:net'
import { words } from '../../words.ts'
import { readListedMatches } from './listed-matches.ts'
import { printSpec } from './print.ts'
import type { Counters, Operand, Option, RuleSpec, Unreadable } from './rule.ts'

/** Which optional columns a listing has, and whether its rows stand as iptables spaced them (no `column -t`, no web page). */
export interface Columns {
  readonly number: boolean
  readonly counters: boolean
  readonly exact: boolean
}

export interface ListedRule {
  /** In save syntax. */
  readonly text: string
  readonly counters?: Counters
  readonly unreadable: readonly Unreadable[]
  /** Words in no known wording; they are kept at the end of `text`. */
  readonly unknown: readonly string[]
}

interface Word {
  readonly text: string
  readonly start: number
}

/** The protocols iptables-save always names (libxtables' own list); 1.8.9 and 1.8.10 list them by number. */
const PROTOCOL_NAMES: Readonly<Record<string, string>> = words({
  6: 'tcp',
  132: 'sctp',
  17: 'udp',
  136: 'udplite',
  1: 'icmp',
  58: 'ipv6-icmp',
  50: 'esp',
  51: 'ah',
  135: 'mobility-header',
  108: 'ipcomp',
  33: 'dccp',
  icmpv6: 'ipv6-icmp',
  'ipv6-mh': 'mobility-header'
})
/** As /etc/protocols names those that somebody may filter. */
const NAMED_PROTOCOLS = new Set([
  ...Object.values(PROTOCOL_NAMES),
  'all',
  'icmpv6',
  'ipv6-mh',
  'igmp',
  'ipencap',
  'egp',
  'igp',
  'ipv6',
  'ipv6-route',
  'ipv6-frag',
  'ipv6-nonxt',
  'ipv6-opts',
  'rsvp',
  'gre',
  'eigrp',
  'ospf',
  'ipip',
  'etherip',
  'encap',
  'pim',
  'vrrp',
  'l2tp',
  'isis',
  'fc',
  'mpls-in-ip',
  'manet',
  'hip',
  'shim6',
  'wesp',
  'rohc'
])
const IPV4 = /^!?\d+\.\d+\.\d+\.\d+/
/** A sum beyond 2^63 has been seen printed with a minus. */
const COUNT = /^-?\d+[KMGT]?$/
const OPT = /^(?:--|!?-f|-!f|!f)$/
const PROTOCOL = /^!?[a-z0-9][a-z0-9.+-]*$/
const NUMERIC =
  /^!?(?:\d+\.\d+\.\d+\.\d+(?:\/\d+(?:\.\d+\.\d+\.\d+)?)?|[0-9a-fA-F]*:[0-9a-fA-F:.]*(?:\/[0-9a-fA-F:]+)?)$/
const NAME = /^!?[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[0-9.]+)?$/

/** Reads one row of `iptables -L`. Null: it is none, or its columns cannot be told apart. */
export function readRow(row: string, columns: Columns): ListedRule | null {
  const words = splitWords(row)
  const layout = layoutOf(row, words, columns)
  return layout && ruleOf(row, words, layout, columns)
}

/** A row of which something broke off the end, a mail or a terminal, together with that end. */
export function readBrokenRow(row: string, rest: string, columns: Columns): ListedRule | null {
  const words = splitWords(row)
  const layout = layoutOf(row, words, columns)
  if (!layout) return null
  // What iptables prints behind the destination begins after that one's field.
  const isBare = layout.source + 2 === words.length
  return readRow(`${row.trimEnd()}${' '.repeat(isBare ? 20 : 1)}${rest.trim()}`, columns)
}

function layoutOf(row: string, words: readonly Word[], columns: Columns): Layout | null {
  const first = firstCount(columns)
  if (columns.number && !/^\d+$/.test(words[0]?.text ?? '')) return null
  if (columns.counters && !(COUNT.test(words[first]?.text ?? '') && COUNT.test(words[first + 1]?.text ?? '')))
    return null
  const layouts = layoutsOf(words, columns.counters ? first + 2 : first, columns, row)
  return layouts.length === 1 ? layouts[0]! : null
}

function firstCount({ number }: Columns): number {
  return number ? 1 : 0
}

function splitWords(row: string): Word[] {
  return Array.from(row.matchAll(/\S+/g), (found) => ({ text: found[0], start: found.index }))
}

/** Where the columns from protocol on stand. */
interface Layout {
  readonly target: number | null
  readonly protocol: number
  readonly opt: number | null
  readonly source: number
}

/** The target may be missing; and ip6tables up to 1.8.8 leaves the opt column blank. */
function layoutsOf(words: readonly Word[], at: number, { counters, exact, number }: Columns, row: string): Layout[] {
  const layouts: Layout[] = []
  for (const hasTarget of [true, false]) {
    if (exact && hasTarget === targetIsBlank(row, words, at, number || counters)) continue
    // No chain's name begins so.
    if (hasTarget && /^[-!]/.test(words[at]?.text ?? '')) continue
    for (const hasOpt of [true, false]) {
      const protocol = hasTarget ? at + 1 : at
      const opt = hasOpt ? protocol + 1 : null
      const source = protocol + 1 + (hasOpt ? 1 : 0) + (counters ? 2 : 0)
      if (hasOpt !== OPT.test(words[protocol + 1]?.text ?? '') || (!hasOpt && !isWithoutOpt(words, protocol, source)))
        continue
      if (
        PROTOCOL.test(words[protocol]?.text ?? '') &&
        isAddress(words[source]?.text) &&
        isAddress(words[source + 1]?.text)
      ) {
        layouts.push({ target: hasTarget ? at : null, protocol, opt, source })
      }
    }
  }
  // Names can look like protocols; an opt column in its place, or else two numeric addresses, leave no doubt.
  const certain = layouts.filter(({ opt }) => opt !== null)
  if (certain.length > 0) return certain
  const numeric = layouts.filter(
    ({ source }) => NUMERIC.test(words[source]!.text) && NUMERIC.test(words[source + 1]!.text)
  )
  return numeric.length > 0 ? numeric : layouts
}

/** Only IPv6 lists are. Where any three words could stand, the rest of a row that a terminal broke would be a row. */
function isWithoutOpt(words: readonly Word[], protocol: number, source: number): boolean {
  const name = words[protocol]?.text.replace(/^!/, '') ?? ''
  return (
    (NAMED_PROTOCOLS.has(name) || /^\d+$/.test(name)) &&
    ![words[source], words[source + 1]].some((word) => IPV4.test(word?.text ?? ''))
  )
}

/** The target's column begins one blank after the last word before it. */
function targetIsBlank(row: string, words: readonly Word[], at: number, prefixed: boolean): boolean {
  const before = words[at - 1]
  if (!prefixed || !before) return row.startsWith(' ')
  // "%-4u " pads the row's number; counters are right-aligned.
  const start = at === 1 ? Math.max(5, before.start + before.text.length + 1) : before.start + before.text.length + 1
  return row[start] === ' '
}

function isAddress(word: string | undefined): boolean {
  if (word === undefined || (!NUMERIC.test(word) && !NAME.test(word))) return false
  // A time of day looks like one.
  return !word.includes(':') || isIPv6(word.replace(/^!/, '').replace(/\/.*$/, ''))
}

function ruleOf(row: string, words: readonly Word[], layout: Layout, columns: Columns): ListedRule {
  const first = firstCount(columns)
  const unreadable = new Set<Unreadable>()
  const name = layout.target === null ? null : words[layout.target]!.text
  const listed = readListedMatches(matchesText(row, words, layout.source + 1, columns.exact), name)
  for (const part of listed.unreadable) unreadable.add(part)
  if (listed.matches.some((match) => match.options.some(isNamedPort))) unreadable.add('names')
  const spec: RuleSpec = {
    ...protocol(words[layout.protocol]!.text),
    ...address('source', words[layout.source]!.text, unreadable),
    ...address('destination', words[layout.source + 1]!.text, unreadable),
    ...(columns.counters && interfaces(words[layout.source - 2]!.text, words[layout.source - 1]!.text)),
    ...(layout.opt !== null &&
      words[layout.opt]!.text !== '--' && { fragment: { negated: words[layout.opt]!.text.includes('!') } }),
    matches: listed.matches,
    ...(listed.target && { target: listed.target }),
    ...(listed.unknown.length > 0 && { remainder: listed.unknown.join(' ') })
  }
  if (!columns.counters) unreadable.add('interfaces').add('counters')
  const counters = columns.counters ? readCounters(words[first]!.text, words[first + 1]!.text, unreadable) : null
  return { text: printSpec(spec), ...(counters && { counters }), unreadable: [...unreadable], unknown: listed.unknown }
}

/** The matches begin one blank after the destination's field of 19 characters, which a longer address overflows. */
function matchesText(row: string, words: readonly Word[], destination: number, exact: boolean): string {
  if (!exact)
    return words
      .slice(destination + 1)
      .map(({ text }) => text)
      .join(' ')
  const { text, start } = words[destination]!
  const field = text.startsWith('!') ? start + 1 : start
  return row.slice(Math.max(field + 19, start + text.length))
}

/** Without -n: `dpt:https`, `multiport dports http,https`. */
function isNamedPort({ name, args }: Option): boolean {
  return /^--(?:[sd]?ports?)$/.test(name) && /[a-z]/i.test(args[0] ?? '')
}

function protocol(word: string): Pick<RuleSpec, 'protocol'> {
  const { negated, value } = operand(word)
  if (value === 'all' || value === '0') return {}
  return { protocol: { negated, value: PROTOCOL_NAMES[value] ?? value } }
}

function address(
  field: 'source' | 'destination',
  word: string,
  unreadable: Set<Unreadable>
): Pick<RuleSpec, 'source' | 'destination'> {
  const { negated, value } = operand(word)
  const any = value === 'anywhere' || value === '0.0.0.0/0' || value === '::/0'
  if (any && !negated) return {}
  if (!NUMERIC.test(value)) {
    unreadable.add('names')
    return { [field]: { negated, value } }
  }
  const host = value.includes('/') ? value : value.includes(':') ? `${value}/128` : `${value}/32`
  return { [field]: { negated, value: host } }
}

function interfaces(input: string, output: string): Pick<RuleSpec, 'inInterface' | 'outInterface'> {
  // Save leaves out `-i +`, which any interface matches.
  const any = (word: string) => word === '*' || word === 'any' || word === '+'
  return { ...(!any(input) && { inInterface: operand(input) }), ...(!any(output) && { outInterface: operand(output) }) }
}

function operand(word: string): Operand {
  return word.startsWith('!') ? { negated: true, value: word.slice(1) } : { negated: false, value: word }
}

const UNITS: Readonly<Record<string, string>> = { K: '000', M: '000000', G: '000000000', T: '000000000000' }

function readCounters(packets: string, bytes: string, unreadable: Set<Unreadable>): Counters | null {
  // 2^64-1 rounds to 0K: the sum overflows.
  if (/^(?:0[KMGT]$|-)/.test(packets) || /^(?:0[KMGT]$|-)/.test(bytes)) {
    unreadable.add('counters')
    return null
  }
  if (/[KMGT]$/.test(packets + bytes) || /[KMGT]$/.test(packets)) unreadable.add('counters')
  const whole = (count: string) => count.replace(/[KMGT]$/, (unit) => UNITS[unit]!)
  return { packets: whole(packets), bytes: whole(bytes) }
}
