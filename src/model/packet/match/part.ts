/** One thing a rule asks of a packet, and the four answers it can get. */
import type { Match, Option } from '../../../parse/iptables/rule.ts'
import type { Flow } from '../flow.ts'
import type { HostView } from '../host-view.ts'
import type { Hook, TableName } from '../packet.ts'
import { ask, not, type Truth } from './truth.ts'

/** The packet as it was sent, and what of it no rule changes. */
export interface Sent {
  /** Before any NAT: conntrack's original direction. */
  readonly flow: Flow
  readonly reply: boolean
  readonly tcpFlags?: ReadonlySet<string>
  readonly icmpType?: number
  readonly icmpCode?: number
}

/** Where the packet is when a rule looks at it. */
export interface Situation {
  flow: Flow
  hook: Hook
  table: TableName
  readonly host: HostView
  readonly sent: Sent
  /** The calls that led here, down to the rule: tells two visits of one rule apart. */
  place(): string
}

export interface Part {
  readonly check: (situation: Situation) => Truth
  /** What the match itself leaves behind when it matches (`-m recent --set`). */
  readonly remember?: (flow: Flow, situation: Situation) => Flow
}

export function negateIf(negated: boolean, check: Part['check']): Part {
  return { check: negated ? (situation) => not(check(situation)) : check }
}

/** `-m limit --limit 5/min`, one option of it when `only` is given, as a save would write it. */
export function matchWords(match: Match, only?: Option): string {
  const options = only ? [{ ...only, negated: false }] : match.options
  const words = options.flatMap((option) => [...(option.negated ? ['!'] : []), option.name, ...option.args])
  return ['-m', match.module, ...words].join(' ')
}

/** An option whose meaning is known but whose answer is not, or is not known at all. */
export function undecided(match: Match, option: Option, reason: string): Part {
  const words = matchWords(match, option)
  return negateIf(option.negated, () => ask({ id: words, text: `${words} matches`, reason }))
}
