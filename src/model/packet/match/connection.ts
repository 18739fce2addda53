/** What connection tracking knows of the packet: -m conntrack, -m state. Kernel: net/netfilter/xt_conntrack.c. */
import type { Match, Option } from '../../../parse/iptables/rule.ts'
import { type Address, inNetwork, parseNetwork } from '../address.ts'
import type { ConnectionState } from '../packet.ts'
import { protocolNumber } from '../protocol.ts'
import { inRange, parseRange } from './number.ts'
import { matchWords, negateIf, type Part, type Situation, undecided } from './part.ts'
import { ask, type Truth } from './truth.ts'

export function connectionParts(match: Match): Part[] {
  const withState = match.options.some(isState)
  return match.options.map((option) => {
    const { check } = connectionPart(match, option)
    // A packet without conntrack entry is judged by its state alone; without a state option nothing matches.
    return { check: (situation) => (isTracked(situation) || isState(option) ? check(situation) : withState) }
  })
}

function isState(option: Option): boolean {
  return option.name === '--ctstate' || option.name === '--state'
}

function connectionPart(match: Match, option: Option): Part {
  const value = option.args[0] ?? ''
  const words = matchWords(match, option)
  switch (option.name) {
    case '--ctstate':
    case '--state':
      return statePart(option, value.split(','))
    case '--ctstatus':
      return negateIf(option.negated, (situation) => statusTruth(value.split(','), words, situation))
    case '--ctproto':
      return negateIf(option.negated, ({ flow }) => flow.protocol === protocolNumber(value))
    case '--ctdir':
      return negateIf(option.negated, ({ sent }) => sent.reply === (value.toUpperCase() === 'REPLY'))
    default:
      return tuplePart(match, option, value)
  }
}

/** The raw table comes before connection tracking: what has no entry yet looks invalid there. */
function stateOf({ flow, table }: Situation): ConnectionState {
  return table === 'raw' && !flow.looped && flow.state !== 'UNTRACKED' ? 'INVALID' : flow.state
}

/** The packet has a conntrack entry. */
export function isTracked(situation: Situation): boolean {
  const state = stateOf(situation)
  return state !== 'UNTRACKED' && state !== 'INVALID'
}

function statePart(option: Option, states: readonly string[]): Part {
  return negateIf(option.negated, (situation) => {
    const { flow } = situation
    if (states.includes(stateOf(situation))) return true
    if (!isTracked(situation)) return false
    return (flow.destinationChanged && states.includes('DNAT')) || (flow.sourceChanged && states.includes('SNAT'))
  })
}

/** A new connection is confirmed when its first packet leaves POSTROUTING; only a looped packet is seen after that. */
function statusTruth(statuses: readonly string[], words: string, { flow }: Situation): Truth {
  if (flow.state === 'NEW') return flow.looped && statuses.includes('CONFIRMED')
  if (statuses.includes('CONFIRMED') && flow.state === 'ESTABLISHED') return true
  return ask({ id: words, text: `${words} matches`, reason: 'depends on the connection’s history' })
}

type Tuple = 'orig' | 'repl'

function tuplePart(match: Match, option: Option, value: string): Part {
  const name = /^--ct(orig|repl)(src|dst)(port)?$/.exec(option.name)
  const network = name && !name[3] ? parseNetwork(value) : undefined
  const range = name?.[3] ? parseRange(value) : undefined
  if (!name || !(network || range)) return undecided(match, option, 'option not known')
  const words = matchWords(match, option)
  return negateIf(option.negated, (situation) => {
    const side = tupleSide(name[1] as Tuple, name[2] as 'src' | 'dst', situation)
    const known = network ? side?.address : side?.port
    if (!side || known === null) {
      return ask({ id: words, text: `${words} matches`, reason: 'the conntrack entry is not known' })
    }
    return network ? inNetwork(side.address!, network) : inRange(side.port!, range!)
  })
}

/**
 * The original direction is the first packet as sent. The reply direction answers what it was rewritten to: for a
 * new connection that is the packet as it looks now, turned round.
 */
export function tupleSide(
  tuple: Tuple,
  end: 'src' | 'dst',
  { flow, sent }: Situation
): { address: Address | null; port: number | null } | undefined {
  if (flow.state !== 'NEW') return undefined
  const of = tuple === 'orig' ? sent.flow : flow
  const source = (tuple === 'orig') === (end === 'src')
  return source ? { address: of.source, port: of.sourcePort } : { address: of.destination, port: of.destinationPort }
}
