import { createHash } from 'node:crypto'
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { CollectedItem, SnapshotFacts, SnapshotSink } from '../collect/item.ts'
import { syncFolder, writeDurably } from './durable.ts'
import { SnapshotError } from './error.ts'
import { FORMAT_VERSION, type Manifest, type ManifestItem } from './manifest.ts'
import { itemPath, PARTIAL } from './path.ts'

const compress = promisify(gzip)

/**
 * Begins the snapshot `name` in `folder`. It is written beside its final name and takes that name, on disk to the last byte,
 * when it is finished. Its files are readable by their owner only: they tell of the inside of a network.
 */
export async function createSnapshot(folder: string, name: string): Promise<SnapshotSink> {
  const final = join(folder, name)
  const partial = join(folder, PARTIAL + name)
  // One level only: Node's recursive form never ends below /proc.
  if (!(await exists(folder))) await makeFolder(folder)
  if (await exists(final)) throw new SnapshotError('not-writable', final, 'there is a snapshot of this name already')
  await makeFolder(partial)
  const items: ManifestItem[] = []
  return {
    async add(item) {
      items.push(await store(partial, item))
    },
    async finish(facts) {
      await writeDurably(join(partial, 'manifest.json'), Buffer.from(manifestText(facts, items)))
      await syncFolders(partial)
      await rename(partial, final)
      await syncFolder(folder)
      return final
    },
    abandon: () => rm(partial, { recursive: true, force: true })
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new SnapshotError('not-writable', folder,
      error.code === 'EEXIST' ? 'another snap is writing this snapshot, or one died doing so; remove it then' : `cannot be made (${error.code})`)
  })
}

async function store(root: string, item: CollectedItem): Promise<ManifestItem> {
  const { content, ...facts } = item
  if (content === null) return { ...facts, path: null, bytes: null, sha256: null }
  const path = itemPath(item)
  const file = join(root, path)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeDurably(file, path.endsWith('.gz') ? await compress(content) : content)
  return { ...facts, path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
}

/** One item a line: jq reads it, and so do grep and diff. */
function manifestText(facts: SnapshotFacts, items: readonly ManifestItem[]): string {
  const manifest: Manifest = { format: FORMAT_VERSION, ...facts, items: items.toSorted((a, b) => compare(sortKey(a), sortKey(b))) }
  const head = JSON.stringify({ ...manifest, items: undefined }, null, 2).slice(0, -2)
  const lines = manifest.items.map((item) => `    ${JSON.stringify(ordered(item))}`)
  return `${head},\n  "items": [\n${lines.join(',\n')}\n  ]\n}\n`
}

function ordered({ path, bytes, sha256, ...facts }: ManifestItem): ManifestItem {
  return { path, ...facts, bytes, sha256 }
}

/** Where the item lies or would lie; several attempts at one thing stand in the order of their start. */
function sortKey(item: ManifestItem): string {
  return `${item.path ?? itemPath(item)} ${item.startedAt}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

async function syncFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await syncFolders(join(folder, entry.name))
  }
  await syncFolder(folder)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false)
}
