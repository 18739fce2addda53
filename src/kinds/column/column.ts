import type { Got } from '../row.ts'
import { age } from './age.ts'

/** One column of the table that `snap get` prints; null is unknown. */
export interface Column {
  readonly head: string
  /** Only with `-o wide`, and in the formats that programs read. */
  readonly isWide?: true
  value(got: Got, takenAt: string): string | number | null
}

export const NONE = '<none>'

export const field = (head: string, column: string, options: { isWide?: true } = {}): Column => ({
  head,
  ...options,
  value: (got) => cell(got[column])
})

export const AGE: Column = {
  head: 'AGE',
  value: ({ created_at: from }, takenAt) => (typeof from === 'string' && from !== '' ? age(from, takenAt) : null)
}

export const NODE = field('NODE', 'node')

/** Before all others, where several namespaces are listed. */
export const NAMESPACE = field('NAMESPACE', 'namespace')

export function cell(value: unknown): string | number | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return value
  if (Array.isArray(value)) return joined(value.map(String))
  return value === '' ? NONE : String(value)
}

export function joined(list: readonly string[]): string {
  return list.join(',') || NONE
}

const SHOWN = 3

/** As kubectl shows endpoints: three, and how many more. */
export function some(list: readonly string[]): string {
  return list.length > SHOWN ? `${list.slice(0, SHOWN).join(',')} + ${list.length - SHOWN} more...` : joined(list)
}

export function first(list: unknown): string | null {
  return Array.isArray(list) ? String(list[0] ?? NONE) : null
}

export function pairs(object: unknown): string | null {
  return typeof object === 'object' && object !== null
    ? joined(Object.entries(object).map(([key, value]) => `${key}=${value}`))
    : null
}
