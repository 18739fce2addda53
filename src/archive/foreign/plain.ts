import type { Backend, ItemKind } from '../../collect/item.ts'
import { isObject } from '../../kinds/keep/shape.ts'
import { API_NAMES, objectKinds } from '../../kinds/kinds.ts'
import type { Entries } from '../entries.ts'
import { SnapshotError } from '../error.ts'
import { looksLikeJson } from '../json-bounds.ts'
import { ENDINGS, inPod, namesOf } from './file-name.ts'
import type { Content, Found, Layout, Source } from './layout.ts'
import { itemsOf, parseText } from './objects.ts'
import type { ReadFile } from './read-file.ts'
import { HostileYaml } from './yaml.ts'

/** Dumps and lists that somebody put into one folder, under names of their own. */
const FOLDER: Layout = { name: 'folder of dumps', marker: /^$/, rules: [], lists: 'untold' }

/** A file that was read, or why it is not. */
type Sorted = { readonly source: Sized } | { readonly left: string }
type Sized = Source & { readonly bytes: number }

/**
 * The files that are recognised by what is in them; null when none is. A node is named by the file, or else by the folder it lies in:
 * `kube-a.iptables-save.txt`, `kube-a/iptables-save`. Where the nodes are listed, no other name is a node's.
 */
export async function findPlain(from: string, entries: Entries, read: ReadFile): Promise<Found | null> {
  const files: { path: string; is: Content; bytes: number }[] = []
  const unknown: string[] = []
  const nodes = new Set<string>()
  for (const path of [...entries.paths].sort()) {
    const content = await read(path)
    const contents = contentsOf(from, path, content)
    if (contents.length === 0) unknown.push(`${path} is no dump and no list`)
    for (const is of contents) files.push({ path, is, bytes: content.length })
    if (contents.some((is) => 'objects' in is && is.objects === 'nodes'))
      listedNodes(content).forEach((name) => nodes.add(name))
  }
  const sorted = files.map((file) => sortedOf(file, nodes))
  const [sources, failed] = withoutFailed(sorted.flatMap((one) => ('source' in one ? [one.source] : [])))
  if (sources.length === 0) return null
  const [kept, shorter] = longestOfEach(sources)
  const strangers = sorted.flatMap((one) => ('left' in one ? [one.left] : []))
  const named = [...new Set(kept.flatMap(({ node }) => node ?? []))]
  return {
    layout: FOLDER,
    sources: kept,
    root: '',
    notes: [
      ...(named.length > 0 ? [`nodes, by the names of files and folders: ${named.join(', ')}`] : []),
      ...leftOut(strangers),
      ...leftOut([...failed, ...unknown, ...shorter.map((path) => `${path} says less of its node than another file`)])
    ]
  }
}

function leftOut(reasons: readonly string[]): string[] {
  return reasons.length === 0
    ? []
    : [`left out: ${reasons.slice(0, 5).join('; ')}${reasons.length > 5 ? ` and ${reasons.length - 5} more` : ''}`]
}

function sortedOf(
  { path, is, bytes }: { readonly path: string; readonly is: Content; readonly bytes: number },
  nodes: ReadonlySet<string>
): Sorted {
  if (!('dump' in is)) return { source: { path, is, node: null, namespace: null, bytes } }
  const named = namesOf(path)
  const node = nodes.size === 0 ? named[0] : named.find((name) => nodes.has(name))
  if (node !== undefined) return { source: { path, is, node, namespace: null, bytes } }
  if (named.length > 0) return { left: `${path} is of none of the listed nodes: none is called ${named.join(' or ')}` }
  if (inPod(path)) return { left: `${path} is of a pod` }
  return { source: { path, is, node: null, namespace: null, bytes } }
}

/** The names of a list of nodes. One object alone does not say that there are no others. */
function listedNodes(content: Buffer): string[] {
  const value = parseText(content)
  if (!Array.isArray(value) && !(isObject(value) && Array.isArray(value['items']))) return []
  return itemsOf(value).flatMap((one) => {
    const metadata = isObject(one) && one['kind'] === 'Node' ? one['metadata'] : undefined
    return isObject(metadata) && typeof metadata['name'] === 'string' ? [metadata['name']] : []
  })
}

/** An empty dump is of a program that found no tables only where the node's other dump shows that such a program could run there. */
function withoutFailed(sources: readonly Sized[]): [ran: Sized[], failed: string[]] {
  const ran = new Set(sources.filter(({ is, bytes }) => isTables(is) && bytes > 0).map(({ node }) => node))
  const isFailed = ({ is, bytes, node }: Sized): boolean => isTables(is) && bytes === 0 && !ran.has(node)
  return [
    sources.filter((one) => !isFailed(one)),
    sources
      .filter(isFailed)
      .map(({ path }) => `${path} is empty, and no other dump shows that its program ran on that node`)
  ]
}

function isTables(is: Content): boolean {
  return 'dump' in is && is.dump.endsWith('tables-save')
}

/** Two dumps of one node and kind: a dump of all tables holds what one of a single table does. */
function longestOfEach(sources: readonly Sized[]): [kept: Source[], shorter: string[]] {
  const kept = new Map<string, Sized>()
  const shorter: string[] = []
  for (const source of sources) {
    const key =
      'dump' in source.is
        ? `${source.is.dump} ${source.is.backend ?? ''} ${source.node}`
        : `${source.path} ${JSON.stringify(source.is)}`
    const known = kept.get(key)
    if (known === undefined || known.bytes < source.bytes) kept.set(key, source)
    if (known !== undefined) shorter.push(known.bytes < source.bytes ? known.path : source.path)
  }
  return [[...kept.values()], shorter]
}

function contentsOf(from: string, path: string, content: Buffer): Content[] {
  const head = content.toString('latin1', 0, 65_536)
  const dump = dumpOf(path, head)
  if (dump !== null) return [dump]
  if (!looksLikeJson(content) && !/^(?:---\n)?(["']?)(?:apiVersion|kind|items|metadata)\1:/m.test(head)) return []
  return listsIn(from, path, content)
}

function dumpOf(path: string, head: string): Content | null {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const backend: Backend | undefined = /tables-legacy/.test(name)
    ? 'legacy'
    : /tables-nft/.test(name)
      ? 'nft'
      : undefined
  const dump = (kind: ItemKind, ...command: string[]): Content => ({ dump: kind, command })
  if (
    /^\*(nat|filter|mangle|raw|security)\r?$/m.test(head) ||
    (head === '' && /ip6?tables(?:-(?:legacy|nft))?[-_]?save/.test(name))
  ) {
    const program =
      /^# Generated by (ip6?tables)(?:-nft|-legacy)?-save/m.exec(head)?.[1] ??
      (/ip6/.test(name) ? 'ip6tables' : 'iptables')
    // Whether all tables were asked for, a file does not say.
    return { dump: `${program}-save` as ItemKind, command: [], ...(backend && { backend }) }
  }
  if (/^create \S+ (?:hash|bitmap|list):\S+/m.test(head)) return dump('ipset-save', 'ipset', 'save')
  if (/^(?:Netid\s+)?State\s+Recv-Q\s+Send-Q/.test(head)) return dump('sockets-ss', 'ss', ...flagsIn(name, 'ss'))
  if (/^Active Internet connections/m.test(head)) return dump('sockets-netstat', 'netstat', ...flagsIn(name, 'netstat'))
  if (/^\s*\[\s*\{\s*(?:"ifindex":\d+,\s*)?"ifname":/.test(head) && head.includes('"addr_info"'))
    return dump('ip-address', 'ip', '-json', 'address')
  if (/^\s*\[\s*\{\s*(?:"type":"\w+",\s*)?"dst":/.test(head)) return dump('ip-route', 'ip', '-json', 'route')
  return null
}

/** `ss-lntup.txt` was printed by `ss -lntup`; a name without flags does not say what was asked for. */
function flagsIn(name: string, program: string): string[] {
  const flags = new RegExp(`(?:^|[^a-z])${program}[-_]?([a-zA-Z]+)\\b`).exec(name)?.[1]
  return flags === undefined || /txt|log|out/.test(flags) ? [] : [`-${flags}`]
}

function listsIn(from: string, path: string, content: Buffer): Content[] {
  const value = parsed(from, path, content)
  const items = itemsOf(value)
  if (isObject(value) && Array.isArray(value['items']) && items.length === 0) return emptyList(path, value['kind'])
  const kinds = new Set(
    items.flatMap((item) => (isObject(item) && typeof item['kind'] === 'string' ? [item['kind']] : []))
  )
  return API_NAMES.filter((listed) => objectKinds(listed).some((kind) => kinds.has(kind))).map((objects) => ({
    objects,
    mixed: true
  }))
}

/** What a list without items is of, its kind says, or else, for `kubectl get -o json` writes a List, the name of its file. */
function emptyList(path: string, kind: unknown): Content[] {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(ENDINGS, '')
  return API_NAMES.filter((listed) =>
    kind === 'List' ? listed === name : objectKinds(listed).some((one) => kind === `${one}List`)
  ).map((objects) => ({ objects, mixed: true }))
}

/** Undefined for what is no JSON and no YAML. */
function parsed(from: string, path: string, content: Buffer): unknown {
  try {
    return parseText(content)
  } catch (error) {
    if (error instanceof HostileYaml) throw new SnapshotError('hostile', from, `${path} ${error.message}`)
    return undefined
  }
}
