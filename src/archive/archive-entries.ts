import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Extract, type Header } from 'tar-stream'
import { SnapshotError } from './error.ts'
import { LIMITS, type Limits } from './limits.ts'
import type { Entries } from './open.ts'
import { isSafePath, PARTIAL } from './path.ts'

/**
 * A snapshot as a `.tar.gz`. Nothing is extracted to disk: its files (most of them compressed in themselves) are kept in memory.
 * It may have been made by snap or by any tar, with the snapshot's folder or its content at the top.
 */
export async function openArchive(file: string, limits: Limits = LIMITS): Promise<Entries> {
  if (basename(file).startsWith(PARTIAL)) throw new SnapshotError('half-written', file, 'this archive was not finished')
  const tar = extract()
  const [files] = await Promise.all([readFiles(tar, file, limits), feed(tar, file, limits)])
  const entries = strip(files, file)
  return {
    paths: new Set(entries.keys()),
    async read(path, maxBytes) {
      const content = entries.get(path)!
      if (content.length > maxBytes) {
        throw new SnapshotError('damaged', file, `${path} has ${content.length} bytes, more than the ${maxBytes} it may have`)
      }
      return content
    }
  }
}

async function feed(tar: Extract, file: string, limits: Limits): Promise<void> {
  const packed = createReadStream(file)
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      unpacked += chunk.length
      const absurd = unpacked > limits.ratioFromBytes && unpacked > limits.ratio * packed.bytesRead
      if (unpacked > limits.archiveBytes) done(new SnapshotError('hostile', file, `unpacks to more than ${limits.archiveBytes} bytes`))
      else if (absurd) done(new SnapshotError('hostile', file, `unpacks to more than ${limits.ratio} times its size`))
      else done(null, chunk)
    }
  })
  let unpacked = 0
  try {
    await pipeline(packed, createGunzip(), bound, tar)
  } catch (error) {
    throw asSnapshotError(error, file)
  }
}

async function readFiles(tar: Extract, file: string, limits: Limits): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>()
  try {
    for await (const entry of tar) {
      const path = checkedPath(entry.header, file, files, limits)
      if (path !== null) files.set(path, await contentOf(entry))
      else entry.resume()
    }
  } catch (error) {
    const named = asSnapshotError(error, file)
    tar.destroy(named)
    throw named
  }
  return files
}

async function contentOf(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of entry) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** The path of a file to keep, null for what a snapshot does not need; an error for what it never has. */
function checkedPath(header: Header, file: string, files: ReadonlyMap<string, Buffer>, limits: Limits): string | null {
  const path = header.name.replace(/^(\.\/)+/, '').replace(/\/+$/, '')
  if (header.type === 'directory' && (path === '' || path === '.')) return null
  const hostile = (problem: string): never => {
    throw new SnapshotError('hostile', file, `entry ${header.name} ${problem}`)
  }
  if (header.type !== 'file' && header.type !== 'directory') hostile(`is a ${header.type}, a snapshot has plain files only`)
  if (path.startsWith('/') || path.includes('\\') || path.split('/').includes('..')) hostile('leads out of the snapshot')
  if (header.type === 'directory') return null
  if (files.has(path)) hostile('is there twice')
  if (header.size > limits.itemBytes) hostile(`has ${header.size} bytes, more than the ${limits.itemBytes} a file may have`)
  if (files.size >= limits.archiveEntries) hostile(`is one more than the ${limits.archiveEntries} files a snapshot may have`)
  return isSafePath(path) ? path : null
}

/** Paths relative to the folder of the one manifest.json, at the top or one folder down. */
function strip(files: ReadonlyMap<string, Buffer>, file: string): Map<string, Buffer> {
  const manifests = [...files.keys()].filter((path) => /^([^/]+\/)?manifest\.json$/.test(path))
  const [manifest] = manifests
  if (manifest === undefined) {
    throw new SnapshotError('not-a-snapshot', file, 'no manifest.json in this archive: not a snapshot, or not packed to its end')
  }
  if (manifests.length > 1) throw new SnapshotError('not-a-snapshot', file, `${manifests.length} snapshots in one archive: unpack it and import them one by one`)
  const top = manifest.slice(0, -'manifest.json'.length)
  return new Map([...files].filter(([path]) => path.startsWith(top)).map(([path, content]) => [path.slice(top.length), content]))
}

function asSnapshotError(error: unknown, file: string): SnapshotError {
  if (error instanceof SnapshotError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR' || /unexpected end/i.test(message) || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return new SnapshotError('half-written', file, 'ends before its end: not packed or not copied to its end')
  }
  if (code === 'Z_DATA_ERROR' && /incorrect header/.test(message)) return new SnapshotError('not-a-snapshot', file, 'not a .tar.gz')
  return new SnapshotError('damaged', file, `cannot be unpacked: ${message}`)
}
