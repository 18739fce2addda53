import { createHash } from 'node:crypto'
import type { ItemKind } from '../../collect/item.ts'
import { isKubernetesName, snapshotName } from '../../collect/name.ts'
import { LIST_ORDER } from '../../kinds/kinds.ts'
import { utf16Text } from '../../utf16.ts'
import type { Entries } from '../entries.ts'
import { SnapshotError } from '../error.ts'
import { LIMITS } from '../limits.ts'
import { FORMAT_VERSION, type ManifestItem } from '../manifest.ts'
import { requireBounded, type Snapshot, unpackBounded } from '../open.ts'
import type { Found, Source } from './layout.ts'
import { type ListedObjects, readLists } from './lists.ts'
import type { ReadFile } from './read-file.ts'
import { collectionTime, type Span } from './time.ts'

export interface ForeignOptions {
  /** `snap 0.1.0` */
  readonly tool: string
  /** Of which node the dumps are that do not say it. */
  readonly node?: string
  /** When it was collected, where the archive is not to be asked. */
  readonly at?: Date
}

/** A snapshot made of another collector's archive. */
export interface ForeignSnapshot extends Snapshot {
  /** Whether it is of one node and has its node's name from it. */
  readonly ofOneNode: boolean
  /** What a person should know of it: whose archive, where its time is from. */
  readonly notes: readonly string[]
}

type Facts = Pick<ManifestItem, 'kind' | 'command' | 'error'> & Partial<ManifestItem>

/**
 * Reads another collector's archive as if snap had collected it: objects are reduced to the fields snap keeps, and what the
 * archive lacks are items with an error. Throws SnapshotError.
 */
export async function foreignSnapshot(
  path: string,
  entries: Entries,
  found: Found,
  options: ForeignOptions
): Promise<ForeignSnapshot> {
  const read = boundedReader(path, entries)
  const time = await collectionTime(path, entries, found, read, options.at)
  const items = new Items(time.span)
  const lists = await readLists(path, found, read)
  for (const list of lists)
    items.add({ kind: list.listed, command: [], error: list.problem, path: list.path }, list.content)
  const tables = found.sources.filter(({ is }) => 'table' in is)
  if (tables.length > 0)
    items.add({ kind: 'text', command: [], error: null, path: folderOf(tables) }, await tableText(tables, read))
  const dumped = await addDumps(path, found, read, options, items)
  addMissing(items, found, lists, dumped)
  return {
    name: snapshotName(new Date(time.span.startedAt)),
    path,
    manifest: {
      format: FORMAT_VERSION,
      tool: options.tool,
      ...time.span,
      items: items.all(),
      cluster: { name: found.layout.name, uid: lists.find(({ listed }) => listed === 'namespaces')?.clusterUid ?? null }
    },
    read: (item) => items.read(item),
    close: () => entries.close(),
    ofOneNode: found.layout.uname !== undefined,
    notes: [`read as a ${found.layout.name}`, time.note, ...(found.notes ?? [])]
  }
}

/** Reads whole files, unpacked where they are packed. */
export function boundedReader(from: string, entries: Entries): ReadFile {
  return async (path) => {
    const stored = await entries.read(path, LIMITS.itemBytes)
    const content = path.endsWith('.gz') ? await unpackBounded(from, path, stored, LIMITS.itemBytes) : stored
    requireBounded(from, path, content)
    const text = utf16Text(content)
    return text === null ? content : Buffer.from(text)
  }
}

/** The items of the manifest, and how each is read again. */
class Items {
  readonly #span: Span
  readonly #readers = new Map<ManifestItem, () => Promise<Buffer>>()

  constructor(span: Span) {
    this.#span = span
  }

  /** `again`: reads the content once more, where it is not worth its memory. */
  add(facts: Facts, content: Buffer | null, again?: () => Promise<Buffer>): void {
    const stored =
      content === null
        ? { path: null, bytes: null, sha256: null }
        : { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
    const item: ManifestItem = {
      path: null,
      ...this.#span,
      exitCode: null,
      stderr: null,
      ...facts,
      ...stored
    } as ManifestItem
    this.#readers.set(item, again ?? (async () => content!))
  }

  all(): ManifestItem[] {
    return [...this.#readers.keys()]
  }

  read(item: ManifestItem): Promise<Buffer> {
    return this.#readers.get(item)!()
  }
}

/** Tables under the prompts they were asked at, as a person would have pasted them. */
async function tableText(tables: readonly Source[], read: ReadFile): Promise<Buffer> {
  const parts = await Promise.all(
    tables.map(async ({ path, is }) =>
      'table' in is ? `$ ${is.table.join(' ')}\n${(await read(path)).toString('utf8').trimEnd()}\n` : ''
    )
  )
  return Buffer.from(parts.join(''))
}

function folderOf(sources: readonly Source[]): string {
  return sources[0]!.path.slice(0, sources[0]!.path.lastIndexOf('/'))
}

/** The nodes and the kinds of dumps they have. */
async function addDumps(
  from: string,
  { layout, root, sources }: Found,
  read: ReadFile,
  options: ForeignOptions,
  items: Items
): Promise<ReadonlyMap<string, ReadonlySet<ItemKind>>> {
  const dumped = new Map<string, Set<ItemKind>>()
  const dumps = sources.filter(({ is }) => 'dump' in is).sort((a, b) => rank(layout.rules, a) - rank(layout.rules, b))
  const own = options.node ?? (layout.uname === undefined ? null : await hostName(`${root}${layout.uname}`, read))
  for (const { path, is, node: named } of dumps) {
    if (!('dump' in is)) continue
    const node = named ?? own
    if (node === null)
      throw new SnapshotError('unnamed', from, `${path} does not say which node it is of; name it with --node`)
    if (!isKubernetesName(node))
      throw new SnapshotError('unnamed', from, `${path}: "${node}" is no node's name; name it with --node`)
    const kinds = dumped.get(node) ?? new Set()
    if (is.backend === undefined && isKnown(kinds, is.dump)) continue
    const content = async (): Promise<Buffer> => {
      const stored = await read(path)
      return is.convert === undefined ? stored : Buffer.from(is.convert(stored.toString('utf8')))
    }
    if (is.backend === undefined) dumped.set(node, kinds.add(is.dump))
    const made = await content()
    const failure = failureOf(is.dump, made)
    items.add(
      {
        kind: is.dump,
        node,
        ...(is.backend && { backend: is.backend }),
        command: is.command,
        error: failure ?? is.part ?? null,
        path
      },
      failure === null ? made : null,
      content
    )
  }
  return dumped
}

/** One program's list of sockets does for another's. */
function isKnown(kinds: ReadonlySet<ItemKind>, kind: ItemKind): boolean {
  return kinds.has(kind) || (kind.startsWith('sockets-') && [...kinds].some((one) => one.startsWith('sockets-')))
}

function rank(rules: Found['layout']['rules'], source: Source): number {
  return rules.findIndex(({ is }) => is === source.is)
}

/** The node's name for itself, as kubelet takes it: in small letters. */
async function hostName(uname: string, read: ReadFile): Promise<string | null> {
  const text = await read(uname).catch(() => null)
  return text?.toString('utf8').split(/\s+/)[1]?.toLowerCase() ?? null
}

/** What a dump of the kind has, if anything. */
const SIGNS: { readonly [kind in ItemKind]?: RegExp } = {
  'iptables-save': /^\*[a-z]+\r?$/m,
  'ip6tables-save': /^\*[a-z]+\r?$/m,
  'nft-ruleset': /^table \S+ \S+/m
}

/** What a shell wrote in place of a dump. A program that ran well and found nothing printed nothing; sets are saved only where there are some. */
function failureOf(kind: ItemKind, content: Buffer): string | null {
  if (kind === 'ipset-save' && content.length === 0) return 'it shows no sets'
  const sign = SIGNS[kind]
  if (sign === undefined || content.length === 0 || sign.test(content.toString('latin1'))) return null
  const [line = ''] = content
    .toString('utf8')
    .split('\n')
    .filter((text) => !text.startsWith('#') && text.trim() !== '')
  return line === '' ? null : `no dump, but: ${line.slice(0, 200)}`
}

const OF_EACH_NODE: readonly ItemKind[] = ['iptables-save', 'ip6tables-save', 'ip-address', 'ip-route', 'sockets-ss']

/** What snap itself would have asked, and this archive does not hold. */
function addMissing(
  items: Items,
  { layout, sources }: Found,
  lists: readonly ListedObjects[],
  dumped: ReadonlyMap<string, ReadonlySet<ItemKind>>
): void {
  const error = `not in this ${layout.name}`
  const tables = new Set(sources.flatMap(({ is }) => ('table' in is ? [is.table[2]] : [])))
  for (const listed of LIST_ORDER) {
    if (!lists.some((list) => list.listed === listed) && !tables.has(listed))
      items.add({ kind: listed, command: [], error }, null)
  }
  const nodes = new Set([...(lists.find(({ listed }) => listed === 'nodes')?.names ?? []), ...dumped.keys()])
  for (const node of nodes) {
    const kinds = dumped.get(node) ?? new Set()
    for (const kind of OF_EACH_NODE.filter((one) => !isKnown(kinds, one)))
      items.add({ kind, node, command: [], error }, null)
  }
}
