import { fields, isObject, reduce, scalars } from '../../kinds/keep/shape.ts'
import { API_KINDS, type ApiName, objectKinds } from '../../kinds/kinds.ts'

export interface ReducedList {
  /** One object a line, so that grep and diff see objects. */
  readonly json: string
  readonly items: readonly { readonly [name: string]: unknown }[]
}

/** Reduces what `kubectl get … -o json` printed to the fields that snap reads. Throws, without quoting the input, when it is no such list. */
export function reduceList(plural: ApiName, json: string): ReducedList {
  const value = parse(json)
  if (!isObject(value) || value['kind'] !== 'List' || !Array.isArray(value['items']))
    throw new Error('kubectl printed no List')
  const kinds: readonly unknown[] = objectKinds(plural)
  const items = value['items'].map((item: unknown) => {
    if (!isObject(item) || !kinds.includes(item['kind']))
      throw new Error(`kubectl printed another kind of object than ${kinds.join(', ')}`)
    return API_KINDS[plural].reduce(item) as { readonly [name: string]: unknown }
  })
  return { json: listText(items), items }
}

/** Reduced objects as a List, one object a line. */
export function listText(items: readonly unknown[]): string {
  const lines = items.map((item) => JSON.stringify(item)).join(',\n')
  return `{"apiVersion":"v1","kind":"List","items":[${lines === '' ? '' : `\n${lines}\n`}]}\n`
}

/** The text of a list without an object: any object makes a longer one. */
export const EMPTY_LIST = listText([])

const version = fields(scalars('major', 'minor', 'gitVersion', 'platform'))

/** Reduces what `kubectl version -o json` printed. Throws when it names no server. */
export function reduceVersion(json: string): string {
  const value = parse(json)
  if (!isObject(value) || !isObject(value['serverVersion'])) throw new Error('kubectl printed no version of the server')
  return `${JSON.stringify(reduce(value, fields({ clientVersion: version, serverVersion: version })))}\n`
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new Error('kubectl printed JSON that ends early or is none')
  }
}
