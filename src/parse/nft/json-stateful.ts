import { words } from '../../words.ts'
/** Statements that keep count, in JSON: of rules, and of elements of sets. What is not known is kept as it stands. */
import type { Stateful } from './expression.ts'
import { asNumber, asObject, asString, type JsonObject } from './json-value.ts'
import { UNREAD } from './tokens.ts'

export function readStatefulJson(json: unknown): Stateful {
  try {
    const [entry, more] = Object.entries(asObject(json) ?? {})
    if (!entry || more) throw UNREAD
    const [name, raw] = entry
    if (!Object.hasOwn(READERS, name) || (raw !== null && typeof raw !== 'object')) throw UNREAD
    return READERS[name]!(asObject(raw) ?? {})
  } catch (error) {
    if (error !== UNREAD) throw error
    return { kind: 'unread', json }
  }
}

const READERS: Readonly<Record<string, (value: JsonObject) => Stateful>> = words({
  counter: ({ packets, bytes }) => {
    if (typeof packets !== 'number' || typeof bytes !== 'number') return { kind: 'counter' }
    return { kind: 'counter', packets, bytes }
  },
  limit: readLimit,
  quota: readQuota,
  'ct count': ({ val, inv }) => ({ kind: 'ct count', over: inv === true, count: number(val) })
})

function readLimit({ rate, per, burst, inv, rate_unit, burst_unit }: JsonObject): Stateful {
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

function readQuota({ val, val_unit, used, used_unit, inv }: JsonObject): Stateful {
  return {
    kind: 'quota',
    over: inv === true,
    amount: number(val),
    unit: text(val_unit),
    ...(typeof used === 'number' && { used, usedUnit: asString(used_unit) ?? 'bytes' })
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
