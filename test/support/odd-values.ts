import fc from 'fast-check'
import { HOSTILE } from './hostile.ts'

/** What no API server writes at most places: other types, numbers out of range, names that are something to JavaScript, SQL or a path. */
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  80.5,
  1e300,
  -1e300,
  65_536,
  2 ** 31,
  2 ** 53,
  '',
  '0',
  'x',
  '__proto__',
  'constructor',
  'toString',
  '$.a',
  'a"b',
  "a'b",
  'a\0b',
  'a/b/c',
  '..',
  '?',
  '10.0.0.256',
  '010.0.0.1',
  'fe80::1%eth0',
  '::ffff:10.0.0.1',
  '::/129',
  '0.0.0.0/0',
  '10.0.0.0/33',
  '99999999999999999999999',
  HOSTILE,
  'é'.repeat(2000),
  '\ud800',
  [],
  {},
  [null],
  [[]],
  ['', 7],
  { '': '' },
  JSON.parse('{"__proto__": "x", "constructor": "y", "a\\"b": "c", "a\\u0000b": "d", "$": "e", "0": "f"}')
]

export interface Change {
  readonly place: number
  readonly value: unknown
  readonly how: 'set' | 'remove' | 'double' | 'add'
}

export const aChange: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(1_000_000),
  value: fc.constantFrom(...VALUES),
  how: fc.constantFrom('set', 'set', 'set', 'set', 'remove', 'double', 'add')
})

type Container = Record<string | number, unknown>

/** A copy of some JSON with one change at one of its places. */
export function changed<T>(json: T, { place, value, how }: Change): T {
  const copy = { root: structuredClone(json) as unknown }
  const places = placesOf(copy.root, copy, 'root')
  const { of, key } = places[place % places.length]!
  if (how === 'remove' && key !== 'root') Array.isArray(of) ? of.splice(Number(key), 1) : delete of[key]
  else if (how === 'double' && Array.isArray(of)) of.push(structuredClone(of[key as number]))
  else if (how === 'add' && !Array.isArray(of) && key !== 'root')
    Object.defineProperty(of, typeof value === 'string' ? value : '__proto__', { value: 'added', enumerable: true })
  else if (key !== 'root') of[key] = value
  return copy.root as T
}

function placesOf(value: unknown, of: Container, key: string | number): { of: Container; key: string | number }[] {
  if (typeof value !== 'object' || value === null) return [{ of, key }]
  const below = Object.entries(value).flatMap(([name, inner]) =>
    placesOf(inner, value as Container, Array.isArray(value) ? Number(name) : name)
  )
  return key === 'root' ? below : [{ of, key }, ...below]
}
