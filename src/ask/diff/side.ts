import type { Store } from '../../store/open.ts'
import type { Version } from '../../store/versions.ts'

/** What one snapshot holds of one subject. */
export interface Part {
  readonly id: number
  readonly subject: string
  readonly node: string | null
  readonly namespace: string | null
  readonly pod: string | null
  readonly container: string | null
  readonly family: string | null
  readonly backend: string | null
  readonly status: 'complete' | 'partial' | 'failed'
  readonly detail: string | null
  readonly versions: readonly Version[]
}

/** One of the two snapshots. */
export interface Side {
  readonly id: number
  readonly name: string
  readonly parts: readonly Part[]
}

export function loadSide(store: Store, { id, name }: { id: number; name: string }): Side {
  const parts = store
    .prepare(
      'SELECT id, subject, node, namespace, pod, container, family, backend, status, detail FROM _part WHERE snapshot = ? ORDER BY id'
    )
    .all(id) as Omit<Part, 'versions'>[]
  const versions = store.prepare('SELECT collection, seq FROM _part_set WHERE part = ? ORDER BY collection')
  return { id, name, parts: parts.map((part) => ({ ...part, versions: versions.all(part.id) as Version[] })) }
}

/** The versions of a subject's rows; of one node's or pod's where an owner is given. */
export function versionsOf(side: Side, subject: string, owner?: Owner): Version[] {
  const versions = partsOf(side, subject, owner).flatMap((part) => part.versions)
  return versions.filter((version, index) => versions.findIndex((other) => sameVersion(version, other)) === index)
}

export interface Owner {
  readonly node: string | null
  readonly namespace: string | null
  readonly pod: string | null
}

export function partsOf(side: Side, subject: string, owner?: Owner): Part[] {
  const isOwned = (part: Part) =>
    !owner || (part.node === owner.node && part.pod === owner.pod && part.namespace === owner.namespace)
  return side.parts.filter((part) => part.subject === subject && isOwned(part))
}

export function sameVersion(a: Version, b: Version): boolean {
  return a.collection === b.collection && a.seq === b.seq
}

/** Whether what is not listed of a namespace's objects is known not to be there; '' asks about objects without a namespace. */
export function covers(side: Side, subject: string, namespace: string): boolean {
  return partsOf(side, subject).some(
    (part) => (part.status === 'complete' && part.namespace === null) || wholeNamespaces(part).includes(namespace)
  )
}

/** The namespaces of which a listing that lacks others holds everything. A pasted one says that it lacks nothing else. */
export function wholeNamespaces({ status, namespace, detail }: Part): string[] {
  if (namespace !== null && status === 'complete') return [namespace]
  const listed = status === 'partial' ? /^only listed for (\S+(?:, \S+)*)$/.exec(detail ?? '')?.[1] : undefined
  return listed?.split(', ') ?? []
}

/** Whether anything of the subject was read at all. */
export function hasAny(side: Side, subject: string): boolean {
  return partsOf(side, subject).some((part) => part.status !== 'failed')
}
