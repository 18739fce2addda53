import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { snapshotName } from '../collect/name.ts'
import { openArchive } from './archive-entries.ts'
import { below, type Entries } from './entries.ts'
import { SnapshotError } from './error.ts'
import { openFolder } from './folder-entries.ts'
import { type Along, CHUNK, type Inflated, inflate } from './inflate.ts'
import { jsonProblem, looksLikeJson } from './json-bounds.ts'
import { isAbsurd, LIMITS } from './limits.ts'
import type { Manifest, ManifestItem } from './manifest.ts'
import { parseManifest } from './validate.ts'

export interface Snapshot {
  /** From its start: `2026-11-22T10-16-09Z`, whatever the folder or file is called. */
  readonly name: string
  /** As it was opened. */
  readonly path: string
  readonly manifest: Manifest
  /** The content, unpacked, and proven by its size and SHA-256 to be what was collected. `along` may be shown it before it is. */
  read(item: ManifestItem, along?: Along): Promise<Buffer>
  /** Nothing is read after it. */
  close?(): void
}

const decompress = promisify(gunzip)

/** Opens a snapshot folder or a `.tar.gz` of one. Throws SnapshotError. */
export async function openSnapshot(path: string): Promise<Snapshot> {
  const entries = await openEntries(path)
  try {
    const root = snapshotFolder(entries)
    if (root === null) throw notASnapshot(path, entries)
    return await readSnapshot(path, below(root, entries))
  } catch (error) {
    entries.close()
    throw error
  }
}

/** The snapshot whose manifest lies at the top of the entries. */
export async function readSnapshot(path: string, entries: Entries): Promise<Snapshot> {
  if (entries.strange !== null) throw new SnapshotError('hostile', path, entries.strange)
  const text = await entries.read('manifest.json', LIMITS.manifestBytes)
  requireBounded(path, 'manifest.json', text)
  const manifest = parseManifest(text.toString('utf8'), path)
  for (const item of manifest.items) {
    if (item.path !== null && !entries.paths.has(item.path)) {
      throw new SnapshotError(
        'half-written',
        path,
        `${item.path} is in the manifest but not in the snapshot: not copied to its end?`
      )
    }
  }
  return {
    name: snapshotName(new Date(manifest.startedAt)),
    path,
    manifest,
    read: (item, along) => readItem(path, entries, item, along),
    close: () => entries.close()
  }
}

/** The files of a folder or an archive, whatever it holds. */
export async function openEntries(path: string): Promise<Entries> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new SnapshotError(
      'not-a-snapshot',
      path,
      error.code === 'ENOENT' ? 'no such file or folder' : `cannot be read (${error.code})`
    )
  })
  if (!facts.isDirectory() && !facts.isFile())
    throw new SnapshotError('not-a-snapshot', path, 'neither a file nor a folder')
  if (facts.isDirectory()) return openFolder(path)
  const head = await headOf(path)
  if (head.startsWith('PK\u0003\u0004'))
    throw new SnapshotError('not-a-snapshot', path, 'a .zip; unpack it and import the folder')
  if (head.startsWith('\u00fd7zXZ\u0000'))
    throw new SnapshotError('not-a-snapshot', path, 'an .xz is not read: unpack it (tar xJf) and import the folder')
  // A tar that is not compressed has its magic after the first member's name and facts.
  return openArchive(path, LIMITS, head.slice(257, 262) !== 'ustar')
}

async function headOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(262), 0, 262, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}

export const MANIFEST = /^(?:[^/]+\/)?manifest\.json$/

/** The folder of the one manifest.json, at the top (the empty text) or one folder down; null when there is not exactly one. */
export function snapshotFolder({ paths }: Entries): string | null {
  const manifests = [...paths].filter((path) => MANIFEST.test(path))
  return manifests.length === 1 ? manifests[0]!.slice(0, -'manifest.json'.length) : null
}

export function notASnapshot(from: string, { paths, strange }: Entries): SnapshotError {
  const manifests = [...paths].filter((path) => MANIFEST.test(path)).length
  if (manifests > 1)
    return new SnapshotError('not-a-snapshot', from, `${manifests} snapshots in one: import them one by one`)
  const deeper = [...paths].find((path) => path.endsWith('/manifest.json'))
  if (deeper !== undefined && isBegun(paths))
    return new SnapshotError(
      'not-a-snapshot',
      from,
      `the snapshot lies deeper, beside ${deeper}: name its folder, or pack that`
    )
  if (isBegun(paths))
    return new SnapshotError(
      'half-written',
      from,
      'no manifest.json, which is written last: this snapshot was not finished'
    )
  if (strange !== null) return new SnapshotError('hostile', from, strange)
  return new SnapshotError('not-a-snapshot', from, 'no manifest.json: not a snapshot, or not packed to its end')
}

const WRITTEN =
  /^(?:[^/]+\/)*(?:cluster\/[a-z-]+\.json|nodes\/[^/]+\/[a-z0-9-]+\.(?:txt|json)\.gz|pods\/[^/]+\/[^/]+\/[^/]+\/[a-z0-9-]+\.txt\.gz)$/

/** Whether snap began to write a snapshot here. */
export function isBegun(paths: ReadonlySet<string>): boolean {
  return [...paths].some((path) => WRITTEN.test(path))
}

/** Throws for JSON that harms its reader; what is no JSON passes. */
export function requireBounded(from: string, path: string, content: Buffer): void {
  const problem = looksLikeJson(content) ? jsonProblem(content) : null
  if (problem !== null) throw new SnapshotError('hostile', from, `${path} ${problem}`)
}

async function readItem(from: string, entries: Entries, item: ManifestItem, along?: Along): Promise<Buffer> {
  const { path, bytes, sha256 } = item
  if (path === null || bytes === null || sha256 === null) {
    throw new SnapshotError('no-content', from, `${item.kind} has no content: ${item.error ?? 'no reason given'}`)
  }
  const { content, sha256: found } = await unpack(from, path, bytes, entries, along)
  if (content.length !== bytes) {
    throw new SnapshotError('damaged', from, `${path} has ${content.length} bytes, the manifest says ${bytes}`)
  }
  if (found !== sha256) {
    throw new SnapshotError(
      'damaged',
      from,
      `${path} is not what was collected: its SHA-256 differs from the manifest's`
    )
  }
  requireBounded(from, path, content)
  return content
}

async function unpack(from: string, path: string, bytes: number, entries: Entries, along?: Along): Promise<Inflated> {
  if (!path.endsWith('.gz')) {
    const content = await entries.read(path, bytes)
    return { content, sha256: createHash('sha256').update(content).digest('hex') }
  }
  // What does not compress grows by less than this.
  const stored = await entries.read(path, bytes + (bytes >> 10) + 64)
  if (isAbsurd(bytes, stored.length)) {
    throw new SnapshotError('hostile', from, `${path} unpacks to more than ${LIMITS.ratio} times its size`)
  }
  try {
    return await inflate(stored, bytes, along)
  } catch (error) {
    throw notUnpacked(from, path, bytes, error instanceof RangeError, error)
  }
}

/** Unpacks a gzip of at most `bytes`, at most as many times its size as any archive. */
export async function unpackBounded(from: string, path: string, stored: Buffer, bytes: number): Promise<Buffer> {
  const most = Math.min(bytes, Math.max(LIMITS.ratioFromBytes, LIMITS.ratio * stored.length))
  try {
    return await decompress(stored, { maxOutputLength: Math.max(most, 1), chunkSize: CHUNK })
  } catch (error) {
    throw notUnpacked(from, path, most, (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE', error)
  }
}

function notUnpacked(from: string, path: string, most: number, tooLong: boolean, error: unknown): SnapshotError {
  return new SnapshotError(
    tooLong ? 'hostile' : 'damaged',
    from,
    tooLong
      ? `${path} unpacks to more than the ${most} bytes it may have`
      : `${path} cannot be unpacked: ${(error as Error).message}`
  )
}
