import { listText } from '../../collect/redact/list.ts'
import { isObject } from '../../kinds/keep/shape.ts'
import { API_KINDS, type ApiName, objectKinds } from '../../kinds/kinds.ts'
import { looksLikeJson } from '../json-bounds.ts'
import { parseYaml } from './yaml.ts'

export type ApiObject = { readonly [name: string]: unknown }

/**
 * The objects of a file, whatever tool wrote them: a List, a PodList whose items do not name their kind, a bare array, one object.
 * `mixed`: of a list of several kinds those of this one. Throws, without quoting the text, where it is neither JSON nor YAML of that kind.
 */
export function readObjects(content: Buffer, listed: ApiName, { mixed = false } = {}): ApiObject[] {
  const kinds: readonly unknown[] = objectKinds(listed)
  const items = itemsOf(parseText(content))
  return (mixed ? items.filter((item) => isObject(item) && kinds.includes(item['kind'])) : items).map((item) => {
    if (!isObject(item) || !isObject(item['metadata']))
      throw new Error(`holds something else than objects of kind ${kinds.join(', ')}`)
    if (item['kind'] !== undefined && !kinds.includes(item['kind']))
      throw new Error(`holds another kind of object than ${kinds.join(', ')}`)
    return { kind: kinds[0], ...item }
  })
}

/** The JSON or YAML of a file. */
export function parseText(content: Buffer): unknown {
  const text = content.toString('utf8').replace(/^\ufeff/, '')
  if (!looksLikeJson(content)) return parseYaml(text)
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('is JSON that ends early or is none')
  }
}

/** A PodList's items need not name their kind. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (isObject(value) && Array.isArray(value['items'])) {
    const kind =
      typeof value['kind'] === 'string' && value['kind'] !== 'List' ? value['kind'].replace(/List$/, '') : undefined
    return kind === undefined
      ? value['items']
      : value['items'].map((item: unknown) => (isObject(item) ? { kind, ...item } : item))
  }
  // client-go writes a list without items as null.
  if (value === null || (isObject(value) && value['items'] === null)) return []
  return [value]
}

/** What snap keeps of an object. */
export function reduced(listed: ApiName, one: ApiObject): ApiObject {
  return API_KINDS[listed].reduce(one) as ApiObject
}

/** Reduced objects as the list that snap itself would have collected, of an object that is there twice the last. */
export function listContent(objects: readonly ApiObject[]): Buffer {
  const byName = new Map(
    objects.map((one) => {
      const { namespace = '', name = '' } = one['metadata'] as { readonly namespace?: string; readonly name?: string }
      return [`${namespace}/${name}`, one]
    })
  )
  return Buffer.from(listText([...byName.values()]))
}
