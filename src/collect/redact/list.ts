import { fields, isObject, reduce, type Shape } from '../../kinds/keep/shape.ts'
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

/** `1`, `27+`, `v1.27.4+k3s1`, `linux/amd64`: what is otherwise is no version. */
const word: Shape = {
  by: (value) => (typeof value === 'string' && /^[\w.+~/-]{1,64}$/.test(value) ? value : undefined)
}
const version = fields({ major: word, minor: word, gitVersion: word, platform: word })

/** Reduces what the API server says of its version, or `kubectl version -o json` of both. Throws when it names no server's. */
export function reduceVersion(json: string): string {
  const value = parse(json)
  const of = isObject(value) && !('serverVersion' in value) ? { serverVersion: value } : value
  const reduced = reduce(of, fields({ clientVersion: version, serverVersion: version }))
  const said = isObject(reduced) && isObject(reduced['serverVersion']) && 'gitVersion' in reduced['serverVersion']
  if (!said) throw new Error('the API server named no version of the server')
  return `${JSON.stringify(reduced)}\n`
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new Error('kubectl printed JSON that ends early or is none')
  }
}
