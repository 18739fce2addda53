import { metadata } from './metadata.ts'
import { fields, list, reduce, type Shape, scalars } from './shape.ts'

/** Keeps the named parts of an object, and its metadata. */
export const object = (parts: { readonly [name: string]: Shape }): ((value: unknown) => unknown) => {
  const shape = fields({ ...scalars('apiVersion', 'kind'), metadata, ...parts })
  return (value) => reduce(value, shape)
}

export const targetRef = fields(scalars('kind', 'namespace', 'name', 'uid'))
export const named = list(fields(scalars('name')))
