import { words } from '../../words.ts'
/** Expressions in JSON (libnftables-json(5), EXPRESSIONS). Throws UNREAD at what is not known. */

import { combine } from './combine.ts'
import type { Element, Expression, Literal, Operator, Verdict } from './expression.ts'
import { readStatefulJson } from './json-stateful.ts'
import { asArray, asNumber, asObject, asString, type JsonObject, listOf } from './json-value.ts'
import { readLiteral } from './literal.ts'
import { UNREAD } from './tokens.ts'

export function readExpressionJson(json: unknown): Expression {
  if (typeof json === 'string') return json.startsWith('@') ? { kind: 'reference', name: json.slice(1) } : literal(json)
  if (typeof json === 'number' || typeof json === 'boolean') return json
  if (Array.isArray(json)) return { kind: 'list', items: json.map(literal) }
  const [entry, more] = Object.entries(asObject(json) ?? {})
  if (!entry || more) throw UNREAD
  const [name, value] = entry
  if (Object.hasOwn(READERS, name)) return READERS[name]!(asObject(value) ?? {}, value)
  return readVerdictJson(name, value) ?? unread()
}

function unread(): never {
  throw UNREAD
}

/** Text prints names where JSON has them; what is a number there is a number here. */
function literal(json: unknown): Literal {
  if (typeof json === 'string') return readLiteral(json)
  if (typeof json === 'number' || typeof json === 'boolean') return json
  throw UNREAD
}

type Reader = (value: JsonObject, raw: unknown) => Expression

const READERS: Readonly<Record<string, Reader>> = words({
  prefix: ({ addr, len }) => ({ kind: 'prefix', address: literal(addr), length: number(len) }),
  range: (_, raw) => {
    const [from, to] = asArray(raw) ?? []
    return { kind: 'range', from: literal(from), to: literal(to) }
  },
  concat: (_, raw) => ({ kind: 'concatenation', parts: (asArray(raw) ?? []).map(readExpressionJson) }),
  set: (_, raw) => ({ kind: 'set', elements: listOf(raw).map(readElementJson) }),
  payload: readPayload,
  meta: ({ key }) => ({ kind: 'meta', key: text(key) }),
  ct: ({ key, dir, family }) => ({
    kind: 'ct',
    key: typeof family === 'string' ? `${family} ${text(key)}` : text(key),
    ...((dir === 'original' || dir === 'reply') && { direction: dir })
  }),
  fib: ({ result, flags }) => ({ kind: 'fib', flags: listOf(flags).map(text), result: text(result) }),
  numgen: ({ mode, mod, offset }) => ({
    kind: 'numgen',
    mode: mode === 'random' || mode === 'inc' ? mode : unread(),
    modulus: number(mod),
    offset: asNumber(offset) ?? 0
  }),
  jhash: (value) => ({ ...hash('jhash', value), of: readExpressionJson(value.expr) }),
  symhash: (value) => hash('symhash', value),
  map: ({ key, data }) => ({ kind: 'map', key: readExpressionJson(key), data: readExpressionJson(data) }),
  'tcp option': option('tcp'),
  'ip option': option('ip'),
  'sctp chunk': () => unread(),
  exthdr: ({ name, field, offset }) => {
    if (offset !== undefined && offset !== 0) throw UNREAD
    return { kind: 'selector', words: field === undefined ? `exthdr ${text(name)}` : `${text(name)} ${text(field)}` }
  },
  rt: ({ key, family }) => (family === undefined ? { kind: 'selector', words: `rt ${text(key)}` } : unread()),
  socket: ({ key }) => ({ kind: 'selector', words: `socket ${text(key)}` }),
  '&': binary('&'),
  '|': binary('|'),
  '^': binary('^'),
  '<<': binary('<<'),
  '>>': binary('>>')
})

function readPayload({ protocol, field, base, offset, len }: JsonObject): Expression {
  if (typeof base === 'string') return { kind: 'raw', base, offset: number(offset), length: number(len) }
  return { kind: 'payload', protocol: text(protocol), field: text(field) }
}

function hash(
  kind: 'jhash' | 'symhash',
  { mod, seed, offset }: JsonObject
): Extract<Expression, { kind: 'jhash' | 'symhash' }> {
  return {
    kind,
    modulus: number(mod),
    ...(typeof seed === 'number' && { seed }),
    offset: asNumber(offset) ?? 0
  }
}

function option(header: string): Reader {
  return ({ name, field, base }) => {
    if (base !== undefined) throw UNREAD
    const words = [header, 'option', text(name), ...(field === undefined ? [] : [text(field)])]
    return { kind: 'selector', words: words.join(' ') }
  }
}

/** Of two, or since nft 1.1 of more. */
function binary(operator: Operator): Reader {
  return (_, raw) => {
    const [first, ...others] = (asArray(raw) ?? []).map(readExpressionJson)
    if (first === undefined || others.length === 0) throw UNREAD
    return others.reduce((left, right) => combine(operator, left, right), first)
  }
}

function text(json: unknown): string {
  return asString(json) ?? unread()
}

function number(json: unknown): number {
  return asNumber(json) ?? unread()
}

export function readVerdictJson(name: string, value: unknown): Verdict | undefined {
  switch (name) {
    case 'accept':
    case 'drop':
    case 'continue':
    case 'return':
      return { kind: 'verdict', verdict: name }
    case 'jump':
    case 'goto':
      return { kind: 'verdict', verdict: name, chain: text(asObject(value)?.target) }
    default:
      return undefined
  }
}

/** `key`, `[key, data]`, `{"elem": {"val": key, "comment": …}}`. */
export function readElementJson(json: unknown): Element {
  if (Array.isArray(json) && json.length === 2) {
    return { ...readElementJson(json[0]), data: readExpressionJson(json[1]) }
  }
  const elem = asObject(asObject(json)?.elem)
  if (!elem) return { key: readExpressionJson(json) }
  const { val, timeout, expires, comment, ...rest } = elem
  const statements = Object.entries(rest).map(([name, value]) => readStatefulJson({ [name]: value }))
  return {
    key: readExpressionJson(val),
    ...(typeof timeout === 'number' && { timeout }),
    ...(typeof expires === 'number' && { expires }),
    ...(typeof comment === 'string' && { comment }),
    ...(statements.length > 0 && { statements })
  }
}
