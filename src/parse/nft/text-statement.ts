import { words } from '../../words.ts'
/** Statements in the text of a rule (nft(8), STATEMENTS). Throws UNREAD at what is not known. */
import type { Comparison, Expression, Statement } from './expression.ts'
import { readLiteral, readValue } from './literal.ts'
import { rejection } from './rejection.ts'
import { isBitmask } from './selectors.ts'
import { readConstant, readData, readElement, readExpression, readVerdict, requireSelector } from './text-expression.ts'
import { readNat } from './text-nat.ts'
import { readStateful } from './text-stateful.ts'
import { expect, expectNumber, expectWord, type Tokens, UNREAD } from './tokens.ts'

export function readStatement(tokens: Tokens): Statement {
  const verdict = readVerdict(tokens)
  if (verdict) return verdict
  const { kind, value, start, line } = tokens
  if (kind === 'word' && Object.hasOwn(BY_FIRST_WORD, value)) {
    tokens.next()
    const statement = BY_FIRST_WORD[value]!(tokens, value)
    if (statement) return statement
    tokens.rewind(start, line)
  }
  return readStateful(tokens) ?? readMatch(tokens)
}

type Reader = (tokens: Tokens, word: string) => Statement | undefined

const BY_FIRST_WORD: Readonly<Record<string, Reader>> = words({
  counter: readNamed,
  limit: readNamed,
  quota: readNamed,
  log: readLog,
  reject: readReject,
  dnat: readNat,
  snat: readNat,
  masquerade: readNat,
  redirect: readNat,
  notrack: () => ({ kind: 'named', name: 'notrack', words: '' }),
  queue: readQueue,
  flow: (tokens) => ({ kind: 'named', name: 'flow', words: [expectWord(tokens), expectWord(tokens)].join(' ') }),
  xt: (tokens) => ({ kind: 'named', name: 'xt', words: `${expectWord(tokens)} "${expectWord(tokens)}"` }),
  add: readUpdate,
  update: readUpdate,
  delete: readUpdate,
  set: readOldUpdate,
  ct: readConnectionStatement
})

/** `counter name "x"` */
function readNamed(tokens: Tokens, type: string): Statement | undefined {
  return tokens.take('name') ? { kind: 'object', type, name: readName(tokens) } : undefined
}

/** A name, or what a map says. */
function readName(tokens: Tokens): Expression {
  return tokens.kind === 'string' ? tokens.next() : readExpression(tokens)
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

function readLog(tokens: Tokens): Statement {
  const log: Writable<Extract<Statement, { kind: 'log' }>> = { kind: 'log', flags: [] }
  for (;;) {
    if (tokens.take('prefix')) log.prefix = expectWord(tokens)
    else if (tokens.take('group')) log.group = expectNumber(tokens)
    else if (tokens.take('snaplen')) log.snaplen = expectNumber(tokens)
    else if (tokens.take('queue-threshold')) log.queueThreshold = expectNumber(tokens)
    else if (tokens.take('level')) log.level = expectWord(tokens)
    else if (tokens.take('flags')) log.flags = [...log.flags, ...logFlags(tokens)]
    else return log
  }
}

/** `tcp sequence,options`, `skuid`, `all` */
function logFlags(tokens: Tokens): string[] {
  const flag = expectWord(tokens)
  if (flag !== 'tcp' && flag !== 'ip') return [flag]
  const flags = [`${flag} ${expectWord(tokens)}`]
  while (tokens.take(',')) flags.push(`${flag} ${expectWord(tokens)}`)
  return flags
}

/** `reject with icmp host-unreachable`; before nft 1.0.1 `icmp type host-unreachable`. */
function readReject(tokens: Tokens): Statement {
  if (!tokens.take('with')) return { kind: 'reject' }
  const type = expectWord(tokens)
  if (type === 'tcp') {
    expect(tokens, 'reset')
    return { kind: 'reject', type: 'tcp reset' }
  }
  tokens.take('type')
  return rejection(type, readLiteral(expectWord(tokens)))
}

function readQueue(tokens: Tokens): Statement {
  const from = tokens.start
  let to = from
  while (!tokens.atLineEnd) {
    to = tokens.end
    tokens.next()
  }
  return { kind: 'named', name: 'queue', words: tokens.text.slice(from, to) }
}

/** `update @set { ip saddr timeout 10s limit rate over 5/second : value }` */
function readUpdate(tokens: Tokens, operation: string): Statement | undefined {
  if (!tokens.value.startsWith('@')) return undefined
  const set = expectWord(tokens).slice(1)
  expect(tokens, '{')
  const { statements = [], ...element } = readElement(tokens, readExpression)
  expect(tokens, '}')
  return { kind: 'update', operation: operation as 'add', set, element, statements }
}

/** `set update ip saddr timeout 10s @clients`, as nft wrote it before 0.9. */
function readOldUpdate(tokens: Tokens): Statement | undefined {
  if (!tokens.is('add') && !tokens.is('update')) return undefined
  const operation = tokens.next() as 'add'
  const { statements = [], ...element } = readElement(tokens, readExpression)
  const set = expectWord(tokens)
  if (!set.startsWith('@')) throw UNREAD
  return { kind: 'update', operation, set: set.slice(1), element, statements }
}

/** `ct helper set "ftp"`; undefined for all that begins with `ct` like a match. */
function readConnectionStatement(tokens: Tokens): Statement | undefined {
  const type = tokens.value
  if (type !== 'helper' && type !== 'timeout' && type !== 'expectation') return undefined
  tokens.next()
  if (!tokens.take('set')) return undefined
  return { kind: 'object', type: `ct ${type}`, name: readName(tokens) }
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=', '!'])

function readMatch(tokens: Tokens): Statement {
  const left = requireSelector(readExpression(tokens))
  if (tokens.take('set')) return { kind: 'assign', target: left, value: readAssigned(tokens) }
  if (tokens.take('vmap')) return { kind: 'vmap', key: left, data: readData(tokens) }
  const given = tokens.kind === 'operator' && COMPARISONS.has(tokens.value) ? (tokens.next() as Comparison) : undefined
  const right = readRight(tokens, left)
  // `tcp flags syn / fin,syn`: of these bits that one alone.
  if (tokens.take('/')) {
    const mask = readRight(tokens, left)
    return { kind: 'match', operator: given ?? '==', left: { kind: 'binary', operator: '&', left, right: mask }, right }
  }
  return { kind: 'match', operator: given ?? implicit(left, right), left, right }
}

function readAssigned(tokens: Tokens): Expression {
  if (tokens.kind === 'word' && /^\d+:\d+$|^[0-9a-f]+:[0-9a-f]+$/i.test(tokens.value)) return tokens.next()
  const value = readExpression(tokens)
  return tokens.is(',') ? readList(tokens, value) : value
}

function readRight(tokens: Tokens, left: Expression): Expression {
  if (asksForPresence(left)) {
    if (tokens.take('exists')) return true
    if (tokens.take('missing')) return false
  }
  const right = readConstant(tokens)
  return tokens.is(',') ? readList(tokens, right) : right
}

function readList(tokens: Tokens, first: Expression): Expression {
  if (typeof first === 'object') throw UNREAD
  const items = [first]
  while (tokens.take(',')) {
    const item = readValue(expectWord(tokens))
    if (typeof item === 'object') throw UNREAD
    items.push(item)
  }
  return { kind: 'list', items }
}

function asksForPresence(left: Expression): boolean {
  return typeof left === 'object' && (left.kind === 'fib' || left.kind === 'selector')
}

/** Without an operator a value of bits asks for any of them; everything else for equality. */
function implicit(left: Expression, right: Expression): Comparison {
  if (typeof right === 'object' && right.kind !== 'list') return '=='
  if (typeof left !== 'object') return '=='
  const key = left.kind === 'payload' ? `${left.protocol} ${left.field}` : left.kind === 'ct' ? left.key : ''
  return isBitmask(left.kind, key) ? 'in' : '=='
}
