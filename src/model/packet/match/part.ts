/** One thing a rule asks of a packet, and the four answers it can get. */
import type { Match, Option } from '../../../parse/iptables/rule.ts'
import type { Flow } from '../flow.ts'
import type { HostView } from '../host.ts'
import type { Hook, TableName } from '../packet.ts'

/** A question the snapshot does not answer. */
export interface Question {
  /** Equal id, equal answer within one evaluation. */
  readonly id: string
  readonly text: string
  readonly reason: string
  readonly newClient?: boolean
  /** What a yes tells about the packet. */
  readonly learn?: (flow: Flow) => Flow
}

/** Yes, no, yes for a share of the packets, or: yes exactly if the question's answer is `answer`. */
export type Truth = boolean | { readonly chance: number } | { readonly question: Question; readonly answer: boolean }

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

export function not(truth: Truth): Truth {
  if (typeof truth === 'boolean') return !truth
  if ('chance' in truth) return { chance: 1 - truth.chance }
  return { question: truth.question, answer: !truth.answer }
}

export function negateIf(negated: boolean, check: Part['check']): Part {
  return { check: negated ? (situation) => not(check(situation)) : check }
}

export function ask(question: Question): Truth {
  return { question, answer: true }
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
