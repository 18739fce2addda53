import { type RuleColumns, ruleColumns } from '../../model/rule-columns.ts'
import { closingQuote } from '../../parse/iptables/quote.ts'
import { words } from '../../words.ts'

/** How many arguments a form may have; more stay part of its text. */
const MOST_ARGUMENTS = 4

/** In a form's text: the chain's label. The arguments are U+0001 … U+0004. */
export const LABEL = '\x05'

/** A rule taken apart into what it has in common with others and its own words. */
export interface FormText {
  /** With a mark where each argument and the label belong, if there are any. */
  readonly text: string
  readonly args: readonly string[]
  readonly labelled: boolean
  columns(): FormColumns
}

/** The columns of all rules of a form: the text, and of which argument stands behind it. */
export type FormColumns = Readonly<Record<keyof RuleColumns, FormColumn>>

export interface FormColumn {
  readonly text: string | null
  /** From 0 */
  readonly argument: number | null
}

/** Options whose value differs from rule to rule, and the column that shows it. */
const VARIABLE: Readonly<Record<string, keyof RuleColumns | null>> = words({
  '-s': 'source',
  '-d': 'destination',
  '-i': 'inInterface',
  '-o': 'outInterface',
  '--dport': 'destinationPorts',
  '--dports': 'destinationPorts',
  '-j': 'target',
  '-g': 'target',
  '--to-destination': 'toDestination',
  '--probability': 'probability',
  '--comment': null,
  '--match-set': null
})

/** A chain made for one thing, of which many rules of one form have one each: what such names begin with, and their own part. */
const CHAIN_OF_ONE = /^([A-Za-z]+-(?:.*-)?)([^-]*[0-9A-Za-z]{8})$/

/** The marks: a rule that holds a control character is a form of its own. */
const CONTROL = /[\x00-\x1f]/

/** `label`: what the comments of the rule's chain begin with, if anything. */
export function readForm(rule: string, label: string | null): FormText {
  const taken = CONTROL.test(rule) ? null : takeArguments(rule, label)
  const columns = taken && formColumns(rule, taken)
  return taken && columns
    ? { ...taken, columns: () => columns }
    : { text: rule, args: [], labelled: false, columns: () => plainColumns(rule) }
}

interface Taken {
  readonly text: string
  readonly args: readonly string[]
  readonly labelled: boolean
  /** Of each argument: the option, and what stands before the argument in the same word. */
  readonly places: readonly { readonly option: string; readonly before: string }[]
}

/** Null where quotes stand otherwise than around a whole word. */
function takeArguments(rule: string, label: string | null): Taken | null {
  const args: string[] = []
  const places: { option: string; before: string }[] = []
  let labelled = false
  let text = ''
  let option = ''
  for (let at = 0; at <= rule.length; ) {
    const quoted = rule.charCodeAt(at) === 34
    const end = quoted ? closingQuote(rule, at + 1, rule.length) + 1 : wordOrMore(rule, at)
    if (quoted && (end === 0 || (end < rule.length && rule.charCodeAt(end) !== 32))) return null
    const word = quoted ? rule.slice(at + 1, end - 1) : rule.slice(at, end)
    if (!quoted && word.includes('"')) return null
    const part = variablePart(option, word, quoted, label)
    if (part && (part.own === '' || args.length < MOST_ARGUMENTS)) {
      if (part.own !== '') places.push({ option, before: part.before })
      const mark = part.own === '' ? '' : String.fromCharCode(args.push(part.own))
      labelled ||= part.labelled
      const marked = (part.labelled ? LABEL : '') + part.before + mark
      text += quoted ? `"${marked}"` : marked
    } else text += rule.slice(at, end)
    if (end < rule.length) text += ' '
    option = quoted ? '' : word
    at = end + 1
  }
  return { text, args, labelled, places }
}

function wordOrMore(rule: string, from: number): number {
  const end = rule.indexOf(' ', from)
  return end === -1 ? rule.length : end
}

interface VariablePart {
  /** Begins with the chain's label. */
  readonly labelled: boolean
  /** What other rules have too. */
  readonly before: string
  /** The argument; '' for none. */
  readonly own: string
}

function variablePart(option: string, word: string, quoted: boolean, label: string | null): VariablePart | null {
  if (word === '' || !Object.hasOwn(VARIABLE, option)) return null
  if (quoted) return option === '--comment' ? commentPart(word, label) : null
  if (wordEnd(word, 0) !== word.length || (option === '--probability' && isCommonProbability(word))) return null
  if (option !== '-j' && option !== '-g') return { labelled: false, before: '', own: word }
  const name = CHAIN_OF_ONE.exec(word)
  return name && { labelled: false, before: name[1]!, own: name[2]! }
}

/** `namespace/name:port`, `… -> address:port`, `… cluster IP` */
function commentPart(comment: string, label: string | null): VariablePart {
  if (label === null || !comment.startsWith(label)) return { labelled: false, before: '', own: comment }
  const arrow = comment.startsWith(' -> ', label.length) && comment.length > label.length + 4 ? ' -> ' : ''
  return { labelled: true, before: arrow, own: comment.slice(label.length + arrow.length) }
}

/** One in up to 64, as kube-proxy chooses among as many endpoints: few values, so they stay in the form. */
function isCommonProbability(word: string): boolean {
  return Number(word) > 1 / 65
}

/** Null unless there is something to take out, and each argument is just what its column shows. */
function formColumns(rule: string, { args, labelled, places }: Taken): FormColumns | null {
  if (args.length === 0 && !labelled) return null
  const columns = plainColumns(rule)
  if (columns.notUnderstood.text !== null) return null
  for (const [argument, { option, before }] of places.entries()) {
    const column = VARIABLE[option]
    if (!column) continue
    const { text } = columns[column]
    const word = before + args[argument]!
    if (text === word) columns[column] = { text: before, argument }
    else if (text === `!${word}`) columns[column] = { text: `!${before}`, argument }
    else return null
  }
  return columns
}

function plainColumns(rule: string): Record<keyof RuleColumns, FormColumn> {
  const columns = ruleColumns(rule)
  const texts = {
    ...columns,
    isGoto: columns.isGoto ? '1' : '0',
    probability: probabilityText(rule, columns.probability)
  }
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { text, argument: null }])) as Record<
    keyof RuleColumns,
    FormColumn
  >
}

/** In the words of the rule, so that it can be an argument. */
function probabilityText(rule: string, probability: number | null): string | null {
  if (probability === null || Number.isNaN(probability)) return null
  const text = / --probability (\S+)/.exec(rule)?.[1]
  return text !== undefined && Number(text) === probability ? text : String(probability)
}

/** Where the plain word at this place ends; the place itself where there is none. */
export function wordEnd(text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 32 || code === 10) break
    // + , - . / 0-9 : [ ] A-Z a-z _ and no - in front
    const plain =
      code >= 97 ? code <= 122 : code >= 65 ? code <= 91 || code === 93 || code === 95 : code >= 43 && code <= 58
    if (!plain) return from
  }
  return text.charCodeAt(from) === 45 ? from : at
}
