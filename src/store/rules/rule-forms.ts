import { closingQuote } from '../../parse/iptables/quote.ts'
import type { Store } from '../open.ts'
import { readForm, wordEnd, type FormText } from './form-text.ts'

interface Form {
  readonly id: number
  /** The text between the arguments: one more than there are arguments. */
  readonly segments: readonly string[]
  /** Which argument is the comment between quotes; -1 where none is. */
  readonly comment: number
  /** The form of the rule that stood behind one of this form the last time. */
  next: Form | undefined
}

export interface FormedRule {
  readonly form: number
  /** As many as the form has, at most four. */
  readonly args: string[]
  readonly comment: number
}

/**
 * The forms that rules are kept in. Nearly all rules of a dump are alike but for an address, a port, a chain and a
 * comment: those are the arguments of the row, the rest is kept once and parsed once.
 */
export class RuleForms {
  private readonly known = new Map<string, Form>()
  private readonly insert
  private latest: Form | undefined

  constructor(store: Store) {
    this.insert = store.prepare(
      `INSERT INTO _rule_form (text, arguments, protocol, source, destination, in_interface, out_interface, destination_ports, target, is_goto,
         to_destination, probability, not_understood) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
    )
    const rows = store.prepare('SELECT id, text, arguments FROM _rule_form').raw().all() as [number, string, number][]
    for (const [id, text, count] of rows) this.add(id, text, count)
  }

  of(rule: string): FormedRule {
    const expected = this.latest?.next
    const args = expected && argumentsOf(rule, expected.segments)
    if (args) {
      this.latest = expected
      return { form: expected.id, args, comment: expected.comment }
    }
    const read = readForm(rule)
    const form = this.known.get(keyOf(read.text, read.args.length)) ?? this.create(read)
    if (this.latest) this.latest.next = form
    this.latest = form
    return { form: form.id, args: read.args, comment: form.comment }
  }

  private create(read: FormText): Form {
    const c = read.columns()
    const { lastInsertRowid } = this.insert.run(
      read.text, read.args.length, c.protocol, c.source, c.destination, c.inInterface, c.outInterface, c.destinationPorts, c.target, c.isGoto ? 1 : 0,
      c.toDestination, c.probability, c.notUnderstood
    )
    return this.add(Number(lastInsertRowid), read.text, read.args.length)
  }

  private add(id: number, text: string, count: number): Form {
    const segments = count === 0 ? [text] : text.split(MARK)
    const comment = count === 0 ? -1 : segments.findIndex((segment, index) => index < count && segment.endsWith('--comment "'))
    const form: Form = { id, segments, comment, next: undefined }
    this.known.set(keyOf(text, count), form)
    return form
  }
}

function keyOf(text: string, count: number): string {
  return `${count} ${text}`
}

const MARK = /[\x01-\x04]/

/** The arguments of a rule that is of this form, null for another rule. */
function argumentsOf(rule: string, segments: readonly string[]): string[] | null {
  const args: string[] = []
  if (!rule.startsWith(segments[0]!)) return null
  let at = segments[0]!.length
  for (let index = 1; index < segments.length; index++) {
    const quoted = rule.charCodeAt(at - 1) === 34
    const end = quoted ? quotedEnd(rule, at) : wordEnd(rule, at)
    const segment = segments[index]!
    if (end <= at || !rule.startsWith(segment, end)) return null
    args.push(rule.slice(at, end))
    at = end + segment.length
  }
  return at === rule.length ? args : null
}

/** A control character would be taken for the place of an argument. */
function quotedEnd(rule: string, from: number): number {
  const end = closingQuote(rule, from, rule.length)
  for (let at = from; at < end; at++) if (rule.charCodeAt(at) < 32) return -1
  return end
}
