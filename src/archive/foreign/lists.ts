import { API_KINDS, type ApiName, LIST_ORDER } from '../../kinds/kinds.ts'
import { SnapshotError } from '../error.ts'
import type { Found, Layout, Source } from './layout.ts'
import { type ApiObject, listContent, readObjects, reduced } from './objects.ts'
import type { ReadFile } from './read-file.ts'
import { HostileYaml } from './yaml.ts'

/** All objects of one kind that an archive holds. */
export interface ListedObjects {
  readonly listed: ApiName
  readonly content: Buffer
  /** Of one file its path, of several the first one's. */
  readonly path: string
  readonly names: readonly string[]
  /** UID of the namespace kube-system, among namespaces. */
  readonly clusterUid: string | null
  /** Why these are not all objects of the cluster; null when they are. */
  readonly problem: string | null
}

/** The lists of an archive, each kind's files as one list. */
export async function readLists(from: string, { layout, sources }: Found, read: ReadFile): Promise<ListedObjects[]> {
  const lists: ListedObjects[] = []
  for (const listed of LIST_ORDER) {
    const files = sources.filter(({ is }) => 'objects' in is && is.objects === listed)
    if (files.length === 0) continue
    const { objects, problems } = await readFiles(from, listed, files, read)
    const incomplete = !API_KINDS[listed].isNamespaced
      ? unlisted(layout, listed)
      : missingNamespaces(
          layout,
          files,
          lists.find((list) => list.listed === 'namespaces')
        )
    lists.push({
      listed,
      content: listContent(objects),
      path: files[0]!.path,
      names: objects.flatMap((one) => textAt(one, 'name') ?? []),
      clusterUid:
        objects.flatMap((one) => (textAt(one, 'name') === 'kube-system' ? (textAt(one, 'uid') ?? []) : []))[0] ?? null,
      problem: [...problems, ...incomplete].join('; ') || null
    })
  }
  return lists
}

async function readFiles(
  from: string,
  listed: ApiName,
  files: readonly Source[],
  read: ReadFile
): Promise<{ objects: ApiObject[]; problems: string[] }> {
  const objects: ApiObject[] = []
  const problems: string[] = []
  for (const { path, namespace, is } of files) {
    try {
      const found = readObjects(await read(path), listed, { mixed: 'mixed' in is && is.mixed === true })
      for (const one of found) objects.push(reduced(listed, named(one, namespace)))
    } catch (error) {
      if (error instanceof HostileYaml) throw new SnapshotError('hostile', from, `${path} ${error.message}`)
      if (error instanceof SnapshotError) throw error
      problems.push(`${path} ${(error as Error).message}`)
    }
  }
  return { objects, problems }
}

/** An object in a folder of its namespace need not name it. */
function named(one: ApiObject, namespace: string | null): ApiObject {
  return namespace === null || textAt(one, 'namespace') !== null
    ? one
    : { ...one, metadata: { ...(one['metadata'] as object), namespace } }
}

function textAt(one: ApiObject, field: string): string | null {
  const value = (one['metadata'] as ApiObject)[field]
  return typeof value === 'string' ? value : null
}

function unlisted({ name, lists, allNodes }: Layout, listed: ApiName): string[] {
  return lists === 'untold' && !(listed === 'nodes' && allNodes === true)
    ? [`a ${name} does not say what it left out`]
    : []
}

/** Which namespaces have no file of the kind, or that nobody can tell. */
function missingNamespaces(
  { name, lists }: Layout,
  files: readonly Source[],
  namespaces: ListedObjects | undefined
): string[] {
  if (lists === 'untold') return [`a ${name} does not say of which namespaces it is`]
  if (namespaces === undefined) return [`which namespaces the cluster has is not in this ${name}`]
  const there = new Set(files.map(({ namespace }) => namespace))
  const missing = namespaces.names.filter((namespace) => !there.has(namespace))
  if (missing.length === 0 && namespaces.problem === null) return []
  const shown = missing.slice(0, 5).join(', ')
  return [
    `not in this ${name}: those of ${missing.length > 5 ? `${shown} and ${missing.length - 5} more namespaces` : `namespace ${shown}`}`
  ]
}
