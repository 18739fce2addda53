/**
 * What may be kept of a JSON value. Everything a shape does not name is dropped, so a field that nobody thought of
 * (the next Kubernetes version's, an operator's) never reaches the disk.
 */
export type Shape =
  /** A string, a number, a boolean or null. */
  | 'scalar'
  /** An object of scalars under any names, such as labels. */
  | 'map'
  | { readonly list: Shape }
  | { readonly fields: { readonly [name: string]: Shape } }
  /** Decides by itself; undefined drops the value. */
  | { readonly by: (value: unknown) => unknown }

export const list = (of: Shape): Shape => ({ list: of })
export const fields = (names: { readonly [name: string]: Shape }): Shape => ({ fields: names })
export const scalars = (...names: readonly string[]): { readonly [name: string]: Shape } =>
  Object.fromEntries(names.map((name) => [name, 'scalar']))

/** The kept part of `value`; undefined when nothing of it may be kept. Null is kept: `endpoints: null` is not an absent field. */
export function reduce(value: unknown, shape: Shape): unknown {
  if (typeof shape === 'object' && 'by' in shape) return shape.by(value)
  if (value === null) return null
  if (shape === 'scalar') return typeof value === 'object' ? undefined : value
  if (shape === 'map') return isObject(value) ? reduceFields(value, () => 'scalar') : undefined
  if ('list' in shape) return Array.isArray(value) ? value.flatMap((one) => reduce(one, shape.list) ?? []) : undefined
  return isObject(value)
    ? reduceFields(value, (name) => (Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined))
    : undefined
}

function reduceFields(value: object, shapeOf: (name: string) => Shape | undefined): object {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const shape = shapeOf(name)
      const kept = shape === undefined ? undefined : reduce(inner, shape)
      return kept === undefined ? [] : [[name, kept]]
    })
  )
}

export function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
