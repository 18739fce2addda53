import { at, type Json, object, text, Unreadable } from './json.ts'

/** An object that could not be read, named so that a person finds it. */
export interface ObjectProblem {
  /** `Service demo/web`, or `item 17` where it has no name. */
  readonly object: string
  readonly message: string
}

/** Throws: SyntaxError for half JSON, Error for JSON that is no list of API objects. */
export function readList(json: string): Json[] {
  const document: unknown = JSON.parse(json)
  const items = object(document)?.items
  // `kubectl get x` of one name prints the object itself; a list of none prints `items: []`.
  if (items === undefined && at(document, 'metadata', 'name') !== undefined) return [object(document)!]
  if (!Array.isArray(items)) throw new Error('is JSON, but no list of Kubernetes objects (no "items")')
  return items.map((item) => object(item) ?? {})
}

/** Namespace and name, or nothing where the object has no name and cannot be told from others. */
export function identity(item: Json): { namespace: string; name: string } | undefined {
  const name = text(at(item, 'metadata', 'name'))
  return name ? { namespace: text(at(item, 'metadata', 'namespace')) ?? '', name } : undefined
}

/**
 * Reads each item by itself, so that one broken object does not hide the others.
 * `read` gets the item and its identity and returns the rows it stands for.
 */
export function readItems<Row>(
  items: readonly Json[],
  kind: string,
  read: (item: Json, identity: { namespace: string; name: string }) => Row
): { rows: Row[]; problems: ObjectProblem[] } {
  const rows: Row[] = []
  const problems: ObjectProblem[] = []
  const known = new Map<string, string>()
  items.forEach((item, index) => {
    let named = `${kind} list, item ${index + 1}`
    try {
      const who = identity(item)
      if (!who) throw new Unreadable('has no metadata.name')
      named = `${kind} ${who.namespace === '' ? '' : `${who.namespace}/`}${who.name}`
      const key = JSON.stringify([item.apiVersion, item.kind, who.namespace, who.name])
      const content = JSON.stringify(item)
      if (known.get(key) === content) return
      if (known.has(key)) throw new Unreadable('stands twice in the list, not the same: the first was read')
      known.set(key, content)
      rows.push(read(item, who))
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      problems.push({ object: named, message: error.message })
    }
  })
  return { rows, problems }
}
