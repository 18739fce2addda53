import { words } from '../../words.ts'
/** Expressions in the text of a rule. Throws UNREAD at what is not known. */

import { combine } from './combine.ts'
import { parseDuration } from './duration.ts'
import type { Element, Expression, Literal, Operator, Stateful, Statement } from './expression.ts'
import { readValue } from './literal.ts'
import { BARE_META, EXTENSION_FIELDS, OTHER_SELECTORS, PAYLOAD_FIELDS } from './selectors.ts'
import { readStateful } from './text-stateful.ts'
import { expect, expectNumber, expectWord, skipNewlines, type Tokens, UNREAD } from './tokens.ts'

/** What reads the packet, or a value: the left side of a match, what is assigned, an address to translate to. */
export function readExpression(tokens: Tokens): Expression {
  return withMap(tokens, concatenated(tokens, readSelector))
}

/** A value that is written down: the right side of a match, a key of a set. */
export function readConstant(tokens: Tokens): Expression {
  return withMap(tokens, concatenated(tokens, readConstantTerm))
}

type Term = (tokens: Tokens) => Expression

/** Throws UNREAD where a word that is no selector stands for one: what it reads of the packet is not known. */
export function requireSelector(expression: Expression): Exclude<Expression, Literal> {
  if (typeof expression !== 'object') throw UNREAD
  switch (expression.kind) {
    case 'concatenation':
      expression.parts.forEach(requireSelector)
      return expression
    case 'binary':
      requireSelector(expression.left)
      return expression
    case 'prefix':
    case 'range':
    case 'list':
    case 'set':
    case 'reference':
    case 'verdict':
      throw UNREAD
    default:
      return expression
  }
}

function concatenated(tokens: Tokens, term: Term): Expression {
  const parts = [binary(tokens, term, 0)]
  while (tokens.is('.')) {
    nextPart(tokens)
    parts.push(binary(tokens, term, 0))
  }
  return parts.length === 1 ? parts[0]! : { kind: 'concatenation', parts }
}

function nextPart(tokens: Tokens): void {
  tokens.next()
  skipNewlines(tokens)
}

function withMap(tokens: Tokens, key: Expression): Expression {
  if (!tokens.is('map')) return key
  requireSelector(key)
  tokens.next()
  return { kind: 'map', key, data: readData(tokens) }
}

/** `@name` or `{ … }`. */
export function readData(tokens: Tokens): Expression {
  if (tokens.is('{')) return readAnonymousSet(tokens)
  const word = expectWord(tokens)
  if (!word.startsWith('@')) throw UNREAD
  return { kind: 'reference', name: word.slice(1) }
}

export function readAnonymousSet(tokens: Tokens): Expression {
  return { kind: 'set', elements: readElements(tokens) }
}

const WORDS: Readonly<Record<string, Operator>> = words({ and: '&', or: '|', xor: '^', lshift: '<<', rshift: '>>' })
const PRECEDENCE: Readonly<Record<Operator, number>> = { '|': 1, '^': 2, '&': 3, '<<': 4, '>>': 4 }

function binary(tokens: Tokens, term: Term, above: number): Expression {
  let left = term(tokens)
  for (;;) {
    const operator = operatorAt(tokens)
    if (operator === undefined || PRECEDENCE[operator] <= above) return left
    tokens.next()
    left = combine(operator, left, binary(tokens, term, PRECEDENCE[operator]))
  }
}

function operatorAt({ kind, value }: Tokens): Operator | undefined {
  if (kind === 'operator') return Object.hasOwn(PRECEDENCE, value) ? (value as Operator) : undefined
  return kind === 'word' && Object.hasOwn(WORDS, value) ? WORDS[value] : undefined
}

function readConstantTerm(tokens: Tokens): Expression {
  if (tokens.is('{')) return readAnonymousSet(tokens)
  if (tokens.take('(')) return inParentheses(tokens, readConstant)
  if (tokens.kind === 'string') return quoted(tokens)
  const word = expectWord(tokens)
  if (word === 'ct' || word === 'meta') throw UNREAD
  if (word.startsWith('@')) return { kind: 'reference', name: word.slice(1) }
  return readValue(word)
}

/** `"12:00"-"13:00"` */
function quoted(tokens: Tokens): Expression {
  const from = tokens.next()
  if (!tokens.take('-')) return from
  if (tokens.kind !== 'string') throw UNREAD
  return { kind: 'range', from, to: tokens.next() }
}

function inParentheses(tokens: Tokens, read: Term): Expression {
  const inner = tokens.nested(() => read(tokens))
  expect(tokens, ')')
  return inner
}

function readSelector(tokens: Tokens): Expression {
  if (tokens.take('(')) return inParentheses(tokens, readExpression)
  if (tokens.is('{')) return readAnonymousSet(tokens)
  if (tokens.kind === 'string') return quoted(tokens)
  const word = expectWord(tokens)
  if (word.startsWith('@')) return atSign(tokens, word)
  switch (word) {
    case 'meta':
      return { kind: 'meta', key: expectWord(tokens) }
    case 'ct':
      return conntrack(tokens)
    case 'fib':
      return fib(tokens)
    case 'numgen':
      return numberGenerator(tokens)
    case 'jhash':
      return hash(
        tokens,
        'jhash',
        tokens.nested(() => requireSelector(concatenated(tokens, readSelector)))
      )
    case 'symhash':
      return hash(tokens, 'symhash')
    default:
      return headerField(tokens, word) ?? readValue(word)
  }
}

/** `@th,16,16` of a header, `@name` of a set. */
function atSign(tokens: Tokens, word: string): Expression {
  if (!tokens.take(',')) return { kind: 'reference', name: word.slice(1) }
  const offset = expectNumber(tokens)
  expect(tokens, ',')
  return { kind: 'raw', base: word.slice(1), offset, length: expectNumber(tokens) }
}

function headerField(tokens: Tokens, word: string): Expression | undefined {
  const field = tokens.kind === 'word' ? tokens.value : ''
  if (has(PAYLOAD_FIELDS, word, field)) return { kind: 'payload', protocol: word, field: tokens.next() }
  if (has(EXTENSION_FIELDS, word, field)) return { kind: 'selector', words: `${word} ${tokens.next()}` }
  if (has(OTHER_SELECTORS, word, field)) return { kind: 'selector', words: `${word} ${tokens.next()}` }
  if (BARE_META.has(word)) return { kind: 'meta', key: word }
  if (word === 'exthdr') return { kind: 'selector', words: `exthdr ${expectWord(tokens)}` }
  if (field === 'option' && (word === 'tcp' || word === 'ip' || word === 'sctp' || word === 'dccp')) {
    tokens.next()
    return { kind: 'selector', words: `${word} option ${optionWords(tokens).join(' ')}` }
  }
  return undefined
}

function has(of: Readonly<Record<string, ReadonlySet<string>>>, word: string, field: string): boolean {
  return Object.hasOwn(of, word) && of[word]!.has(field)
}

/** `maxseg size`, `sack0 left`, `@254,8,16`; `sack-permitted exists` asks for the whole option. */
function optionWords(tokens: Tokens): string[] {
  const words = [expectWord(tokens)]
  const field = tokens.kind === 'word' && !/^(?:exists|missing|set|vmap|map|\d.*)$/.test(tokens.value)
  if (field) words.push(tokens.next())
  return words
}

function conntrack(tokens: Tokens): Expression {
  const direction = tokens.is('original') || tokens.is('reply') ? (tokens.next() as 'original' | 'reply') : undefined
  const key = expectWord(tokens)
  const full = key === 'ip' || key === 'ip6' ? `${key} ${expectWord(tokens)}` : key
  return { kind: 'ct', key: full, ...(direction && { direction }) }
}

/** `fib saddr . iif oif`: the last word is what is asked for. */
function fib(tokens: Tokens): Expression {
  const flags = [expectWord(tokens)]
  while (tokens.take('.')) flags.push(expectWord(tokens))
  return { kind: 'fib', flags, result: expectWord(tokens) }
}

function numberGenerator(tokens: Tokens): Expression {
  const mode = expectWord(tokens)
  if (mode !== 'random' && mode !== 'inc') throw UNREAD
  expect(tokens, 'mod')
  const modulus = expectNumber(tokens)
  return { kind: 'numgen', mode, modulus, offset: tokens.take('offset') ? expectNumber(tokens) : 0 }
}

function hash(tokens: Tokens, kind: 'jhash' | 'symhash', of?: Expression): Expression {
  expect(tokens, 'mod')
  const modulus = expectNumber(tokens)
  const seed = tokens.take('seed') ? expectNumber(tokens) : undefined
  const offset = tokens.take('offset') ? expectNumber(tokens) : 0
  return { kind, ...(of !== undefined && { of }), modulus, ...(seed !== undefined && { seed }), offset }
}

/** From `{` to `}`. */
export function readElements(tokens: Tokens): Element[] {
  expect(tokens, '{')
  const elements: Element[] = []
  for (;;) {
    skipNewlines(tokens)
    if (tokens.take('}')) return elements
    elements.push(tokens.nested(() => readElement(tokens, readConstant)))
    skipNewlines(tokens)
    if (!tokens.is('}')) expect(tokens, ',')
  }
}

/** A key, what it carries, and after a colon what it leads to. */
export function readElement(tokens: Tokens, readKey: Term): Element {
  const element: { -readonly [K in keyof Element]: Element[K] } = { key: readKey(tokens) }
  const statements: Stateful[] = []
  for (;;) {
    skipNewlines(tokens)
    if (tokens.take('timeout')) element.timeout = readDuration(tokens)
    else if (tokens.take('expires')) element.expires = readDuration(tokens)
    else if (tokens.take('comment')) element.comment = expectWord(tokens)
    else if (tokens.take(':')) element.data = readElementData(tokens, readKey)
    else {
      const stateful = readStateful(tokens)
      if (!stateful) break
      statements.push(stateful)
    }
  }
  return statements.length > 0 ? { ...element, statements } : element
}

function readElementData(tokens: Tokens, readKey: Term): Expression {
  skipNewlines(tokens)
  return readVerdict(tokens) ?? readKey(tokens)
}

export function readDuration(tokens: Tokens): number {
  const word = expectWord(tokens)
  const seconds = word === 'never' ? Number.POSITIVE_INFINITY : parseDuration(word)
  if (seconds === undefined) throw UNREAD
  return seconds
}

export function readVerdict(tokens: Tokens): (Expression & Statement & { kind: 'verdict' }) | undefined {
  if (tokens.kind !== 'word') return undefined
  switch (tokens.value) {
    case 'accept':
    case 'drop':
    case 'continue':
    case 'return':
      return { kind: 'verdict', verdict: tokens.next() as 'accept' }
    case 'jump':
    case 'goto': {
      const verdict = tokens.next() as 'jump'
      return { kind: 'verdict', verdict, chain: expectWord(tokens) }
    }
    default:
      return undefined
  }
}
