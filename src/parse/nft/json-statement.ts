import { words } from '../../words.ts'
/** Statements in JSON (libnftables-json(5), STATEMENTS). What is not known is kept as it stands. */
import type { Comparison, Element, Expression, Nat, Statement } from './expression.ts'
import { readElementJson, readExpressionJson, readVerdictJson } from './json-expression.ts'
import { readStatefulJson } from './json-stateful.ts'
import { asArray, asObject, asString, type JsonObject, listOf } from './json-value.ts'
import { rejection } from './rejection.ts'
import { UNREAD } from './tokens.ts'

export function readStatementJson(json: unknown): Statement {
  try {
    const [entry, more] = Object.entries(asObject(json) ?? {})
    if (!entry || more) throw UNREAD
    const [name, value] = entry
    if (Object.hasOwn(READERS, name)) return READERS[name]!(asObject(value) ?? {}, value)
    return readVerdictJson(name, value) ?? readStatefulJson(json)
  } catch (error) {
    if (error !== UNREAD) throw error
    return { kind: 'unread', json }
  }
}

type Reader = (value: JsonObject, raw: unknown) => Statement

const READERS: Readonly<Record<string, Reader>> = words({
  match: readMatch,
  vmap: ({ key, data }) => ({ kind: 'vmap', key: readExpressionJson(key), data: readExpressionJson(data) }),
  counter: named('counter'),
  limit: named('limit'),
  quota: named('quota'),
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
  'ct expectation': (_, raw) => objectUse('ct expectation', raw)
})

/** An object of the table, or one that counts for the rule alone. */
function named(type: string): Reader {
  return (_, raw) => (typeof raw === 'string' || isMap(raw) ? objectUse(type, raw) : readStatefulJson({ [type]: raw }))
}

function isMap(raw: unknown): boolean {
  return asObject(raw)?.map !== undefined
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
    statements: [...statements, ...(asArray(stmt) ?? []).map(readStatefulJson)]
  }
}

function text(json: unknown): string {
  const value = asString(json)
  if (value === undefined) throw UNREAD
  return value
}
