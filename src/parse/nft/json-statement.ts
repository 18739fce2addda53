/** Statements in JSON (libnftables-json(5), STATEMENTS). What is not known is kept as it stands. */
import type { Comparison, Element, Expression, Nat, Statement } from './expression.ts'
import { readElementJson, readExpressionJson, readVerdictJson } from './json-expression.ts'
import { asArray, asNumber, asObject, asString, type JsonObject, listOf } from './json-value.ts'
import { rejection } from './text-statement.ts'
import { UNREAD } from './tokens.ts'

export function readStatementJson(json: unknown): Statement {
  try {
    const [entry, more] = Object.entries(asObject(json) ?? {})
    if (!entry || more) throw UNREAD
    const [name, value] = entry
    if (Object.hasOwn(READERS, name)) return READERS[name]!(asObject(value) ?? {}, value)
    const verdict = readVerdictJson(name, value)
    if (!verdict) throw UNREAD
    return verdict
  } catch (error) {
    if (error !== UNREAD) throw error
    return { kind: 'unread', json }
  }
}

type Reader = (value: JsonObject, raw: unknown) => Statement

const READERS: Readonly<Record<string, Reader>> = {
  match: readMatch,
  vmap: ({ key, data }) => ({ kind: 'vmap', key: readExpressionJson(key), data: readExpressionJson(data) }),
  counter: ({ packets, bytes }, raw) => {
    if (raw !== null && typeof raw !== 'object') return objectUse('counter', raw)
    if (typeof packets !== 'number' || typeof bytes !== 'number') return { kind: 'counter' }
    return { kind: 'counter', packets, bytes }
  },
  limit: readLimit,
  quota: readQuota,
  log: readLog,
  reject: readReject,
  dnat: nat('dnat'),
  snat: nat('snat'),
  masquerade: nat('masquerade'),
  redirect: nat('redirect'),
  mangle: ({ key, value }) => ({ kind: 'assign', target: readExpressionJson(key), value: readExpressionJson(value) }),
  set: readUpdate,
  map: readUpdate,
  notrack: () => ({ kind: 'named', name: 'notrack', words: '' }),
  flow: ({ op, flowtable }) => ({ kind: 'named', name: 'flow', words: `${text(op)} ${text(flowtable)}` }),
  xt: ({ type, name }) => ({ kind: 'named', name: 'xt', words: `${text(type)} "${text(name)}"` }),
  'ct helper': (_, raw) => objectUse('ct helper', raw),
  'ct timeout': (_, raw) => objectUse('ct timeout', raw),
  'ct expectation': (_, raw) => objectUse('ct expectation', raw),
  'ct count': ({ val, inv }) => ({ kind: 'ct count', over: inv === true, count: number(val) })
}

function objectUse(type: string, raw: unknown): Statement {
  return { kind: 'object', type, name: readExpressionJson(raw) }
}

const COMPARISONS: ReadonlySet<unknown> = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', '!'])

function readMatch({ op, left, right }: JsonObject): Statement {
  const operator = (op === '~' ? 'in' : op) as Comparison
  if (!COMPARISONS.has(operator)) throw UNREAD
  return { kind: 'match', operator, left: readExpressionJson(left), right: readExpressionJson(right) }
}

function readLimit({ rate, per, burst, inv, rate_unit, burst_unit }: JsonObject, raw: unknown): Statement {
  if (typeof raw !== 'object') return objectUse('limit', raw)
  const unit = rate_unit === 'packets' ? undefined : asString(rate_unit)
  const burstUnit = burst_unit === 'packets' ? undefined : asString(burst_unit)
  return {
    kind: 'limit',
    rate: number(rate),
    per: text(per),
    over: inv === true,
    burst: asNumber(burst) ?? (unit === undefined ? 5 : 0),
    ...(unit !== undefined && { unit }),
    ...(unit !== undefined && { burstUnit: burstUnit ?? 'bytes' })
  }
}

function readQuota({ val, val_unit, used, used_unit, inv }: JsonObject, raw: unknown): Statement {
  if (typeof raw !== 'object') return objectUse('quota', raw)
  return {
    kind: 'quota',
    over: inv === true,
    amount: number(val),
    unit: text(val_unit),
    ...(typeof used === 'number' && { used, usedUnit: asString(used_unit) ?? 'bytes' })
  }
}

function readLog(value: JsonObject): Statement {
  const { prefix, group, snaplen, level } = value
  const threshold = value['queue-threshold']
  return {
    kind: 'log',
    ...(typeof prefix === 'string' && { prefix }),
    ...(typeof group === 'number' && { group }),
    ...(typeof snaplen === 'number' && { snaplen }),
    ...(typeof threshold === 'number' && { queueThreshold: threshold }),
    ...(typeof level === 'string' && { level }),
    flags: listOf(value.flags).map(text)
  }
}

function readReject({ type, expr }: JsonObject): Statement {
  if (type === undefined) return { kind: 'reject' }
  if (type === 'tcp reset') return { kind: 'reject', type }
  const code = readExpressionJson(expr)
  if (typeof code === 'object') throw UNREAD
  return rejection(text(type), code)
}

function nat(action: Nat['action']): Reader {
  return ({ addr, port, family, flags, type_flags }) => {
    const all = listOf(flags).map(text)
    return {
      kind: 'nat',
      action,
      ...(typeof family === 'string' && { family }),
      ...(addr !== undefined && { address: readExpressionJson(addr) }),
      ...(port !== undefined && { port: readExpressionJson(port) }),
      flags: all.filter((flag) => flag !== 'netmap'),
      prefix: listOf(type_flags).includes('prefix')
    }
  }
}

function readUpdate({ op, elem, set, map, data, stmt }: JsonObject): Statement {
  const name = asString(set) ?? text(map)
  if (op !== 'add' && op !== 'update' && op !== 'delete') throw UNREAD
  const element: Element = readElementJson(elem)
  const leads: { data?: Expression } = data === undefined ? {} : { data: readExpressionJson(data) }
  const { statements = [], ...plain } = element
  return {
    kind: 'update',
    operation: op,
    set: name.replace(/^@/, ''),
    element: { ...plain, ...leads },
    statements: [...statements, ...(asArray(stmt) ?? []).map(readStatementJson)]
  }
}

function text(json: unknown): string {
  const value = asString(json)
  if (value === undefined) throw UNREAD
  return value
}

function number(json: unknown): number {
  const value = asNumber(json)
  if (value === undefined) throw UNREAD
  return value
}
