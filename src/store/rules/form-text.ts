import { ruleColumns, type RuleColumns } from '../../model/rule-columns.ts'
import { closingQuote } from '../../parse/iptables/quote.ts'

/** How many arguments a form may have; more stay part of its text. */
export const MOST_ARGUMENTS = 4

/** A rule taken apart: `text` has the characters U+0001 … U+0004 where the arguments belong, if there are any. */
export interface FormText {
  readonly text: string
  readonly args: string[]
  /** The columns of all rules of this form, with the same characters for the arguments. */
  columns(): Columns
}

export type Columns = Omit<RuleColumns, 'probability'> & { readonly probability: string | null }

/** Options whose value differs from rule to rule, and the column that shows it. */
const VARIABLE: Readonly<Record<string, keyof Columns | null>> = {
  '-s': 'source', '-d': 'destination', '-i': 'inInterface', '-o': 'outInterface', '--dport': 'destinationPorts',
  '--dports': 'destinationPorts', '-j': 'target', '-g': 'target', '--to-destination': 'toDestination', '--probability': 'probability',
  '--comment': null, '--match-set': null
}

/** A chain made for one thing: a target that many rules of one form may have instead of each other. */
const CHAIN_OF_ONE = /^[A-Za-z]+-.*[0-9A-Za-z]{8}$/

/** Control characters are the arguments' places: a rule that holds one has no arguments. */
const CONTROL = /[\x00-\x1f]/

export function readForm(rule: string): FormText {
  const taken = CONTROL.test(rule) ? null : takeArguments(rule)
  const columns = taken && formColumns(rule, taken)
  return taken && columns ? { text: taken.text, args: taken.args, columns } : { text: rule, args: [], columns: () => plainColumns(rule) }
}

interface Taken {
  readonly text: string
  readonly args: string[]
  /** The option of each argument. */
  readonly options: readonly string[]
}

/** Null where quotes stand otherwise than around a whole word. */
function takeArguments(rule: string): Taken | null {
  const args: string[] = []
  const options: string[] = []
  let text = ''
  let option = ''
  for (let at = 0; at <= rule.length;) {
    const quoted = rule.charCodeAt(at) === 34
    const end = quoted ? closingQuote(rule, at + 1, rule.length) + 1 : wordOrMore(rule, at)
    if (quoted && (end === 0 || end < rule.length && rule.charCodeAt(end) !== 32)) return null
    const word = quoted ? rule.slice(at + 1, end - 1) : rule.slice(at, end)
    if (!quoted && word.includes('"')) return null
    if (args.length < MOST_ARGUMENTS && isArgument(option, word, quoted)) {
      args.push(word)
      options.push(option)
      const mark = String.fromCharCode(args.length)
      text += quoted ? `"${mark}"` : mark
    } else text += rule.slice(at, end)
    if (end < rule.length) text += ' '
    option = quoted ? '' : word
    at = end + 1
  }
  return { text, args, options }
}

function wordOrMore(rule: string, from: number): number {
  const end = rule.indexOf(' ', from)
  return end === -1 ? rule.length : end
}

function isArgument(option: string, word: string, quoted: boolean): boolean {
  if (word === '' || !Object.hasOwn(VARIABLE, option)) return false
  if (quoted) return option === '--comment'
  if (wordEnd(word, 0) !== word.length) return false
  return option !== '-j' && option !== '-g' || CHAIN_OF_ONE.test(word)
}

/** Null unless each argument is just what its column shows. */
function formColumns(rule: string, { args, options }: Taken): (() => Columns) | null {
  if (args.length === 0) return null
  const columns: Record<string, unknown> = { ...plainColumns(rule) }
  if (columns.notUnderstood !== null) return null
  for (const [index, option] of options.entries()) {
    const column = VARIABLE[option]
    if (!column) continue
    const [value, mark] = [args[index]!, String.fromCharCode(index + 1)]
    if (columns[column] === value) columns[column] = mark
    else if (columns[column] === `!${value}`) columns[column] = `!${mark}`
    else return null
  }
  return () => columns as unknown as Columns
}

function plainColumns(rule: string): Columns {
  const columns = ruleColumns(rule)
  return { ...columns, probability: probabilityText(rule, columns.probability) }
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
    if (code === 32) break
    // + , - . / 0-9 : [ ] A-Z a-z _ and no - in front
    const plain = code >= 97 ? code <= 122 : code >= 65 ? code <= 91 || code === 93 || code === 95 : code >= 43 && code <= 58
    if (!plain) return from
  }
  return text.charCodeAt(from) === 45 ? from : at
}
