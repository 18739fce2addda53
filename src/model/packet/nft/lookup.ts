/** Sets and maps: which element a key may be. Kernel: net/netfilter/nft_lookup.c and the nft_set_* backends. */
import type { Element, Expression } from '../../../parse/nft/expression.ts'
import { type Datum, datumOf, holds, keyOf, type Type } from './constant.ts'
import type { Unknown } from './field.ts'

export interface Table {
  readonly elements: readonly Element[]
  /** By key, those that are one value. */
  readonly exact: ReadonlyMap<string, Element>
  /** Intervals and whatever is not understood, in order; `*` last. */
  readonly others: readonly Element[]
}

const tables = new WeakMap<readonly Element[], Map<string, Table>>()

export function tableOf(elements: readonly Element[], types: readonly Type[]): Table {
  const known = tables.get(elements) ?? new Map<string, Table>()
  tables.set(elements, known)
  const key = types.join()
  let table = known.get(key)
  if (!table) known.set(key, (table = build(elements, types)))
  return table
}

function build(elements: readonly Element[], types: readonly Type[]): Table {
  const exact = new Map<string, Element>()
  const others: Element[] = []
  for (const element of elements) {
    const key = exactKey(element.key, types)
    if (key === undefined) others.push(element)
    else exact.set(key, element)
  }
  others.sort((a, b) => Number(a.key === '*') - Number(b.key === '*'))
  return { elements, exact, others }
}

function exactKey(key: Expression, types: readonly Type[]): string | undefined {
  const data: Datum[] = []
  for (const [at, part] of partsOf(key).entries()) {
    if (typeof part === 'object' || part === '*') return undefined
    const type = types[at] ?? 'number'
    if (type === 'device' && typeof part === 'string' && part.endsWith('*')) return undefined
    const datum = datumOf(part, type)
    if (datum === undefined) return undefined
    data.push(datum)
  }
  return keyOf(data)
}

export function partsOf(expression: Expression): readonly Expression[] {
  return typeof expression === 'object' && expression.kind === 'concatenation' ? expression.parts : [expression]
}

export type Part = Datum | Unknown

export function isUnknown(part: Part): part is Unknown {
  return typeof part === 'object' && 'reason' in part
}

/** Of the elements that the key may be, whether it is this one for sure. In the order they are to be asked. */
export interface Candidate {
  readonly element: Element
  readonly sure: boolean
}

/** Ends with a sure one, or else the key may be none of them. */
export function candidates(table: Table, parts: readonly Part[], types: readonly Type[]): Candidate[] {
  const data: Datum[] = []
  for (const part of parts) if (!isUnknown(part)) data.push(part)
  if (data.length === parts.length) {
    const element = table.exact.get(keyOf(data))
    if (element) return [{ element, sure: true }]
  }
  const found: Candidate[] = []
  for (const element of data.length === parts.length ? table.others : [...table.exact.values(), ...table.others]) {
    const answer = holdsAll(element.key, parts, types)
    if (answer === false) continue
    found.push({ element, sure: answer === true })
    if (answer === true) break
  }
  return found
}

function holdsAll(key: Expression, parts: readonly Part[], types: readonly Type[]): boolean | undefined {
  if (key === '*') return true
  const constants = partsOf(key)
  let sure = true
  for (const [at, part] of parts.entries()) {
    const constant = constants[at]
    if (constant === undefined) return undefined
    const answer = isUnknown(part) ? mayHold(part, constant) : holds(part, constant, types[at] ?? 'number')
    if (answer === false) return false
    if (answer === undefined) sure = false
  }
  return sure ? true : undefined
}

function mayHold({ domain }: Unknown, constant: Expression): boolean | undefined {
  const span = domain && spanOf(constant)
  if (constant === '*') return true
  if (!span) return undefined
  if (span.to < domain.from || span.from >= domain.from + domain.count) return false
  return span.from <= domain.from && span.to >= domain.from + domain.count - 1 ? true : undefined
}

/** Whole numbers that are written down. */
export function spanOf(constant: Expression): { readonly from: number; readonly to: number } | undefined {
  if (typeof constant === 'number') return { from: constant, to: constant }
  if (typeof constant !== 'object' || constant.kind !== 'range') return undefined
  const { from, to } = constant
  return typeof from === 'number' && typeof to === 'number' ? { from, to } : undefined
}
