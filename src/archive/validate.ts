import * as v from 'valibot'
import { ITEM_KINDS } from '../kinds/items.ts'
import { SnapshotError } from './error.ts'
import { LIMITS } from './limits.ts'
import { FORMAT_VERSION, type Manifest, type ManifestItem } from './manifest.ts'
import { isSafeName, isSafePath, itemPath } from './path.ts'

/** `2026-02-30` is read by JavaScript as the second of March. */
function isInstant(text: string): boolean {
  const instant = new Date(text)
  return !Number.isNaN(instant.getTime()) && instant.toISOString() === text
}

const kind = v.picklist(ITEM_KINDS, 'not a kind that this snap reads')
const instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'not an instant in UTC with milliseconds'),
  v.check(isInstant, 'not an instant')
)

/** What a manifest names goes to the store and to terminals. */
const name = v.pipe(v.string(), v.check(isSafeName, 'not a name of a node, a namespace, a pod or a container'))

const item = v.pipe(
  v.object({
    path: v.nullable(v.pipe(v.string(), v.check(isSafePath, 'a path that leads out of the snapshot'))),
    kind,
    node: v.exactOptional(name),
    namespace: v.exactOptional(name),
    pod: v.exactOptional(name),
    container: v.exactOptional(name),
    backend: v.exactOptional(v.picklist(['legacy', 'nft'])),
    via: v.exactOptional(v.string()),
    command: v.array(v.string()),
    startedAt: instant,
    endedAt: instant,
    exitCode: v.nullable(v.pipe(v.number(), v.safeInteger())),
    error: v.nullable(v.string()),
    stderr: v.nullable(v.string()),
    bytes: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LIMITS.itemBytes))),
    sha256: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'not a SHA-256')))
  }),
  v.check(
    (it) => (it.path === null) === (it.bytes === null) && (it.path === null) === (it.sha256 === null),
    'path, bytes and sha256 are given together or not at all'
  ),
  v.check((it) => it.path !== null || it.error !== null, 'neither content nor error')
)

const manifest = v.pipe(
  v.object({
    format: v.literal(FORMAT_VERSION),
    cluster: v.object({ name: v.string(), uid: v.nullable(v.string()) }),
    tool: v.string(),
    startedAt: instant,
    endedAt: instant,
    items: v.pipe(v.array(item), v.maxLength(LIMITS.archiveEntries))
  }),
  v.check(({ items }) => {
    const paths = items.flatMap(({ path }) => path ?? [])
    return new Set(paths).size === paths.length
  }, 'two items of one path'),
  v.check(({ items }) => {
    const told = (items as ManifestItem[]).filter((item) => item.path !== null && isNamedSafely(item)).map(itemPath)
    return new Set(told).size === told.length
  }, 'two items with content tell of the same thing')
)

function isNamedSafely({ node, namespace, pod, container }: ManifestItem): boolean {
  return [node, namespace, pod, container].every((part) => part === undefined || isSafeName(part))
}

/** `from`: the snapshot's path, for the error. */
export function parseManifest(json: string, from: string): Manifest {
  const value = parseJson(json, from)
  checkFormat(value, from)
  const result = v.safeParse(manifest, value)
  if (result.success) return result.output
  const issue = result.issues[0]
  const where = v.getDotPath(issue)
  throw new SnapshotError('damaged', from, `manifest.json${where === null ? '' : ` at ${where}`}: ${issue.message}`)
}

function parseJson(json: string, from: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new SnapshotError('damaged', from, 'manifest.json is not JSON')
  }
}

function checkFormat(value: unknown, from: string): void {
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined
  if (typeof format !== 'number')
    throw new SnapshotError('not-a-snapshot', from, 'manifest.json names no format version: not a snapshot of snap')
  if (format !== FORMAT_VERSION) {
    const hint = format > FORMAT_VERSION ? 'written by a newer snap: update this one' : 'no version of snap wrote it'
    throw new SnapshotError('format', from, `snapshot format ${format}, this snap reads ${FORMAT_VERSION}; ${hint}`)
  }
}
