import { UserError } from '../../problem.ts'
import type { Kind } from './kind.ts'
import { type Labels, readSelector } from './labels.ts'
import { columnOf, type Got, valueAt } from './path.ts'

/** Those with the labels. `unknown` is how many had to be left out because their labels are not known. Throws: UserError for a kind that bears none. */
export function withLabels({ name }: Kind, gots: readonly Got[], selector: string): { gots: Got[]; unknown: number } {
  const matches = readSelector(selector)
  if (gots.length > 0 && !gots.some((got) => Object.hasOwn(got, 'labels')))
    throw new UserError(`get: ${name} have no labels in a snapshot; leave -l out`)
  const known = gots.filter(({ labels }) => labels !== null && labels !== undefined)
  return { gots: known.filter(({ labels }) => matches(labels as Labels)), unknown: gots.length - known.length }
}

/** Sorted by what stands at a path; numbers as numbers, unknown last. Throws: UserError where there is no such column. */
export function sortedBy(gots: readonly Got[], path: string): Got[] {
  requireColumn(gots, path)
  return gots.toSorted((a, b) => order(valueAt(a, path), valueAt(b, path)))
}

/** Throws: UserError for a path that begins with a column that the rows do not have. */
export function requireColumn(gots: readonly Got[], path: string): void {
  const [got] = gots
  if (got && !Object.hasOwn(got, columnOf(path)))
    throw new UserError(`get: no column ${columnOf(path) || '""'}; there are ${Object.keys(got).join(', ')}`)
}

function order(a: unknown, b: unknown): number {
  const isUnknown = (value: unknown) => value === null || value === undefined
  if (isUnknown(a) || isUnknown(b)) return Number(isUnknown(a)) - Number(isUnknown(b))
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [one, other] = [a, b].map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))) as [
    string,
    string
  ]
  return one < other ? -1 : one > other ? 1 : 0
}

/** Those with one of the names: `web`, or `demo/web`. `missing` are the names that none has. */
export function named(
  { key, isNamespaced }: Kind,
  gots: readonly Got[],
  names: readonly string[]
): { gots: Got[]; missing: string[]; all: string[] } {
  const nameOf = (got: Got) => (isNamespaced ? `${got.namespace}/${got[key]}` : String(got[key]))
  const isNamed = (name: string) => (got: Got) => nameOf(got) === name || (isNamespaced && got[key] === name)
  return {
    gots: names.length === 0 ? [...gots] : gots.filter((got) => names.some((name) => isNamed(name)(got))),
    missing: names.filter((name) => !gots.some(isNamed(name))),
    all: [...new Set(gots.map(nameOf))]
  }
}
