import type { FactRow } from './fact-rows.ts'

/** One object as it was and as it is; one of the two is missing where it came or went. */
export interface Pair {
  readonly before?: FactRow
  readonly after?: FactRow
}

/** Rows that describe the same object become one pair, in the order of their keys. */
export function pair(removed: readonly FactRow[], added: readonly FactRow[], key: readonly string[]): Pair[] {
  const pairs = new Map<string, { before?: FactRow; after?: FactRow }>()
  const at = (row: FactRow) => {
    const name = keyOf(row, key)
    const found = pairs.get(name) ?? {}
    pairs.set(name, found)
    return found
  }
  for (const row of removed) at(row).before = row
  for (const row of added) at(row).after = row
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found)
}

export function keyOf(row: FactRow, key: readonly string[]): string {
  return key.map((column) => row[column]).join('\0')
}

export interface FieldChange {
  readonly name: string
  readonly before: string | number
  readonly after: string | number
}

/** The fields of two rows that are known in both and different. `untold` takes the names of those known in one only. */
export function fieldChanges(
  before: FactRow,
  after: FactRow,
  fields: readonly string[],
  untold: (field: string, side: 'before' | 'after') => void
): FieldChange[] {
  return fields.flatMap((name) => {
    const [was, is] = [before[name] ?? null, after[name] ?? null]
    if (was === is) return []
    if (was === null || is === null) {
      untold(name, was === null ? 'before' : 'after')
      return []
    }
    const values = onlyDifferentKeys(was, is)
    return values.before === values.after ? [] : [{ name, ...values }]
  })
}

/** Of two JSON objects the entries that differ: twenty labels of which one changed are one label. */
function onlyDifferentKeys(
  before: string | number,
  after: string | number
): { before: string | number; after: string | number } {
  if (typeof before !== 'string' || typeof after !== 'string' || !before.startsWith('{') || !after.startsWith('{'))
    return { before, after }
  const [was, is] = [JSON.parse(before), JSON.parse(after)] as [Record<string, unknown>, Record<string, unknown>]
  const strip = (object: Record<string, unknown>, other: Record<string, unknown>) =>
    JSON.stringify(
      Object.fromEntries(
        Object.entries(object)
          .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(other[key]))
          .sort()
      )
    )
  return { before: strip(was, is), after: strip(is, was) }
}
