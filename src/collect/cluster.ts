import { isObject } from '../kinds/keep/shape.ts'
import { pathsOf } from '../kinds/kind.ts'
import { API_KINDS, type ApiName, LIST_ORDER } from '../kinds/kinds.ts'
import { failureOf, getAnswer, getPages, type Page, PageError } from './api/pages.ts'
import { attemptText } from './attempt.ts'
import { eachBounded } from './bounded.ts'
import type { ClusterIdentity, CollectedItem, Draft, ItemFacts, ItemKind, SnapshotSink } from './item.ts'
import { kubeconfigProblem, kubectl } from './kubectl.ts'
import type { AddItem } from './nodes.ts'
import { nameOf, objectProblem } from './objects.ts'
import type { CollectOptions } from './options.ts'
import type { Ports } from './ports.ts'
import { EMPTY_LIST, reduceVersion } from './redact/list.ts'

export type Reduced = { readonly [name: string]: unknown }
/** Sees each object of a list as it comes; `first` of a list that begins, or begins again. */
export type Visit = (listed: ApiName, objects: readonly Reduced[], first: boolean) => void

/**
 * All kinds of objects, and the server's version. EndpointSlices come first, and again at the end of all: what stands in both lists stood
 * while Services, pods and rules were read, and what came or went meanwhile differs.
 */
export async function collectCluster(
  options: CollectOptions,
  ports: Ports,
  sink: SnapshotSink,
  add: AddItem,
  visit: Visit
): Promise<void> {
  const list = (listed: ApiName) => (): Promise<void> =>
    listObjects(options, ports, sink, { listed, kind: listed, add, visit })
  await list('endpointslices')()
  const jobs = LIST_ORDER.filter((name) => name !== 'endpointslices').map(list)
  await eachBounded([...jobs, async () => sink.add(await version(options, ports))], options.concurrency, (job) => job())
}

export interface ListJob {
  readonly listed: ApiName
  readonly kind: ItemKind
  readonly add: AddItem
  readonly visit: Visit
}

/** Lists one kind of object, page by page, each reduced to what snap reads before it goes anywhere. */
export function listObjects(options: CollectOptions, ports: Ports, sink: SnapshotSink, job: ListJob): Promise<void> {
  return (API_KINDS[job.listed].lists.length > 1 ? severalLists : oneList)(options, ports, sink, job)
}

async function oneList(
  options: CollectOptions,
  ports: Ports,
  sink: SnapshotSink,
  { listed, kind, add, visit }: ListJob
): Promise<void> {
  const startedAt = ports.now().toISOString()
  const { lists, optional } = API_KINDS[listed]
  const paths = pathsOf(lists[0]!)
  let list: ListDraft | null = null
  for (const [index, path] of paths.entries()) {
    const take = async (page: Page, first: boolean): Promise<number> => {
      requireList(lists[0]!.kind, page)
      if (first) await list?.drop()
      if (first || list === null) list = new ListDraft(sink, await sink.draft())
      const objects = await list.take(listed, lists[0]!.kind, page)
      visit(listed, objects, first)
      return objects.length
    }
    const { error: failed, status } = await getPages(options, ports, path, take)
    if (status === 404 && index < paths.length - 1) continue
    const isNone = status === 404 && optional !== undefined
    if (isNone) list = new ListDraft(sink, await sink.draft())
    const error = isNone ? null : failed
    const facts = {
      kind,
      command: ['GET', ...(isNone ? paths : [path])],
      startedAt,
      endedAt: ports.now().toISOString(),
      exitCode: error === null ? 0 : null,
      error,
      stderr: null
    }
    return await finish(facts, list, add)
  }
}

async function finish(facts: ItemFacts, list: ListDraft | null, add: AddItem): Promise<void> {
  if (list === null) return add(facts, null)
  const draft = await list.end()
  if (draft.refused !== null) {
    await list.drop()
    return add({ ...facts, error: `not kept: ${draft.refused}` }, null)
  }
  // What came of a list that broke off is true as far as it goes, and is told to be a part.
  const broken = facts.error === null ? null : `${facts.error} (after ${list.count} objects)`
  const error = [broken, list.leftOut].filter((part) => part !== null).join('; ')
  await add({ ...facts, error: error === '' ? null : error }, draft)
}

/** More objects than any cluster has of one kind: a server that goes on giving new ones is none. */
const MOST_OBJECTS = 1_000_000

/** The list's text on its way to the disk: one object a line, so that grep and diff see objects. */
class ListDraft {
  count = 0
  readonly #sink: SnapshotSink
  readonly #draft: Draft
  readonly #names = new Set<string>()
  #left = 0
  #why = ''

  constructor(sink: SnapshotSink, draft: Draft) {
    this.#sink = sink
    this.#draft = draft
  }

  /** Which objects are missing, and why; null when none is. */
  get leftOut(): string | null {
    const others = this.#left === 1 ? '' : `, and ${this.#left - 1} more`
    return this.#left === 0 ? null : `left out: ${this.#why}${others}`
  }

  /** Writes what is new and acceptable of a page, reduced to what snap reads, and returns it. */
  async take(
    listed: ApiName,
    kind: string,
    { apiVersion, items }: Pick<Page, 'apiVersion' | 'items'>
  ): Promise<Reduced[]> {
    const taken: Reduced[] = []
    const lines: string[] = []
    let bytes = 0
    for (const item of items) {
      const object = isObject(item) ? (API_KINDS[listed].reduce({ ...item, apiVersion, kind }) as Reduced) : item
      const line = Buffer.from(JSON.stringify(object))
      const problem =
        objectProblem(listed, object) ?? this.#sink.refused(line) ?? this.#knownAlready(kind, apiVersion, object)
      if (problem !== null) {
        if (this.#left++ === 0) this.#why = `${nameOf(kind, object)} (${problem})`
        continue
      }
      bytes += line.length + 2
      if (bytes > this.#draft.room - EMPTY_LIST.length || this.#names.size > MOST_OBJECTS)
        throw new PageError('the list is longer than a snapshot can hold')
      lines.push(`${this.count + lines.length === 0 ? LIST_HEAD : ','}\n${line.toString('utf8')}`)
      taken.push(object as Reduced)
    }
    if (lines.length > 0) await this.#draft.write(Buffer.from(lines.join('')))
    this.count += lines.length
    return taken
  }

  #knownAlready(kind: string, apiVersion: string, object: unknown): string | null {
    const { name, namespace } = (object as { metadata: { name: string; namespace?: string } }).metadata
    const key = `${kind} ${apiVersion} ${namespace ?? ''}/${name}`
    if (this.#names.has(key)) return 'listed twice'
    this.#names.add(key)
    return null
  }

  async end(): Promise<Draft> {
    await this.#draft.write(Buffer.from(this.count === 0 ? EMPTY_LIST : '\n]}\n'))
    await this.#draft.end()
    return this.#draft
  }

  drop(): Promise<void> {
    return this.#sink.drop(this.#draft)
  }
}

const LIST_HEAD = '{"apiVersion":"v1","kind":"List","items":['

/** Throws PageError, without quoting it, for what is no such list: nobody knows what is in it. */
function requireList(expected: string, { kind }: Page): void {
  if (kind !== `${expected}List`) throw new PageError(`the API server sent another kind of list than ${expected}List`)
}

const MOST_PAGES = 100

/** Lists that few clusters have, as one. That the API server does not know one is an answer: there are none. */
async function severalLists(
  options: CollectOptions,
  ports: Ports,
  sink: SnapshotSink,
  { listed, kind: item, add, visit }: ListJob
): Promise<void> {
  const startedAt = ports.now().toISOString()
  const list = new ListDraft(sink, await sink.draft())
  const paths = API_KINDS[listed].lists.flatMap((one) => pathsOf(one).map((path) => ({ kind: one.kind, path })))
  let failed: string | null = null
  for (const { kind, path } of paths) {
    // Few: a list that begins again is thrown away in memory.
    let pages: Page[] = []
    const { error, status } = await getPages(options, ports, path, async (page, first) => {
      requireList(kind, page)
      pages = first ? [page] : [...pages, page]
      if (pages.length > MOST_PAGES) throw new PageError('the list is longer than a snapshot can hold')
      return page.items.length
    })
    for (const page of pages) visit(listed, await list.take(listed, kind, page), false)
    if (error !== null && status !== 404) failed ??= error
    // Whoever does not answer at all is not asked again.
    if (status === null) break
  }
  const facts = {
    kind: item,
    command: ['GET', ...paths.map(({ path }) => path)],
    startedAt,
    endedAt: ports.now().toISOString(),
    stderr: null
  }
  const nothing = failed !== null && list.count === 0
  if (nothing) await list.drop()
  await finish({ ...facts, exitCode: failed === null ? 0 : null, error: failed }, nothing ? null : list, add)
}

async function version(options: CollectOptions, ports: Ports): Promise<CollectedItem> {
  const startedAt = ports.now().toISOString()
  const answer = await getAnswer(options, ports, '/version')
  const facts = {
    kind: 'version' as const,
    command: ['GET', '/version'],
    startedAt,
    endedAt: ports.now().toISOString(),
    stderr: null
  }
  const failed = failureOf(answer)
  if (failed !== null) return { ...facts, exitCode: null, error: failed, content: null }
  try {
    return {
      ...facts,
      exitCode: 0,
      error: null,
      content: Buffer.from(reduceVersion(answer.body.toString('utf8')))
    }
  } catch (error) {
    return { ...facts, exitCode: null, error: (error as Error).message, content: null }
  }
}

/** Which cluster it is: the kubeconfig's name for it, and what no other cluster has. */
export async function clusterName(options: CollectOptions, ports: Pick<Ports, 'run' | 'now'>): Promise<string> {
  if (options.clusterName !== undefined) return options.clusterName
  if (kubeconfigProblem(options) !== null) return options.context ?? 'unnamed'
  const command = kubectl(options, 'config', 'view', '--minify', '--output=jsonpath={.contexts[0].context.cluster}')
  const { exitCode, text } = await attemptText(ports, command, {
    timeoutMs: options.timeoutMs,
    ...(options.deadline && { signal: options.deadline })
  })
  const name = exitCode === 0 ? text.trim() : ''
  return name === '' ? (options.context ?? 'unnamed') : name
}

/** The UID of kube-system, which no other cluster shares. */
export function uidIn(namespaces: readonly Reduced[]): ClusterIdentity['uid'] {
  const system = namespaces.find((one) => (one as { metadata?: { name?: string } }).metadata?.name === 'kube-system')
  return (system as { metadata?: { uid?: string } } | undefined)?.metadata?.uid ?? null
}
