import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { snapshotName } from '../collect/name.ts'
import { openArchive } from './archive-entries.ts'
import { SnapshotError } from './error.ts'
import { openFolder } from './folder-entries.ts'
import { LIMITS } from './limits.ts'
import type { Manifest, ManifestItem } from './manifest.ts'
import { parseManifest } from './validate.ts'

/** The stored bytes of a snapshot by their path, wherever they lie. */
export interface Entries {
  /** Paths of all files. */
  readonly paths: ReadonlySet<string>
  /** At most `maxBytes`; more is an error. */
  read(path: string, maxBytes: number): Promise<Buffer>
}

export interface Snapshot {
  /** From its start: `2026-11-22T10-16-09Z`, whatever the folder or file is called. */
  readonly name: string
  /** As it was opened. */
  readonly path: string
  readonly manifest: Manifest
  /** The content, unpacked, and proven by its size and SHA-256 to be what was collected. */
  read(item: ManifestItem): Promise<Buffer>
}

const decompress = promisify(gunzip)

/** Opens a snapshot folder or a `.tar.gz` of one. Throws SnapshotError. */
export async function openSnapshot(path: string): Promise<Snapshot> {
  const entries = await openEntries(path)
  const manifest = parseManifest((await entries.read('manifest.json', LIMITS.manifestBytes)).toString('utf8'), path)
  for (const item of manifest.items) {
    if (item.path !== null && !entries.paths.has(item.path)) {
      throw new SnapshotError('half-written', path, `${item.path} is in the manifest but not in the snapshot: not copied to its end?`)
    }
  }
  return {
    name: snapshotName(new Date(manifest.startedAt)),
    path,
    manifest,
    read: (item) => readItem(path, entries, item)
  }
}

async function openEntries(path: string): Promise<Entries> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new SnapshotError('not-a-snapshot', path, error.code === 'ENOENT' ? 'no such file or folder' : `cannot be read (${error.code})`)
  })
  return facts.isDirectory() ? openFolder(path) : openArchive(path)
}

async function readItem(from: string, entries: Entries, item: ManifestItem): Promise<Buffer> {
  const { path, bytes, sha256 } = item
  if (path === null || bytes === null || sha256 === null) {
    throw new SnapshotError('no-content', from, `${item.kind} has no content: ${item.error ?? 'no reason given'}`)
  }
  const content = await unpack(from, path, bytes, entries)
  if (content.length !== bytes) {
    throw new SnapshotError('damaged', from, `${path} has ${content.length} bytes, the manifest says ${bytes}`)
  }
  if (createHash('sha256').update(content).digest('hex') !== sha256) {
    throw new SnapshotError('damaged', from, `${path} is not what was collected: its SHA-256 differs from the manifest's`)
  }
  return content
}

/** Three times as fast with a large dump as Node's own 16 KiB. */
const CHUNK = 1 << 20

async function unpack(from: string, path: string, bytes: number, entries: Entries): Promise<Buffer> {
  if (!path.endsWith('.gz')) return entries.read(path, bytes)
  // What does not compress grows by less than this.
  const stored = await entries.read(path, bytes + (bytes >> 10) + 64)
  try {
    return await decompress(stored, { maxOutputLength: Math.max(bytes, 1), chunkSize: CHUNK })
  } catch (error) {
    const tooLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw new SnapshotError(tooLong ? 'hostile' : 'damaged', from,
      tooLong ? `${path} unpacks to more than the ${bytes} bytes of the manifest` : `${path} cannot be unpacked: ${(error as Error).message}`)
  }
}
