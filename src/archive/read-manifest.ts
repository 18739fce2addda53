import { createReadStream } from 'node:fs'
import { constants, open } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { tooLarge } from './entries.ts'
import { SnapshotError } from './error.ts'
import { LIMITS } from './limits.ts'
import type { SnapshotEntry } from './list.ts'
import type { Manifest } from './manifest.ts'
import { MANIFEST, requireBounded } from './open.ts'
import { parseManifest } from './validate.ts'

/** What a snapshot says it holds, without a look at it. Of an archive no more is unpacked than what stands before that. Throws: SnapshotError. */
export async function readManifest({ path, form }: Pick<SnapshotEntry, 'path' | 'form'>): Promise<Manifest> {
  const text = form === 'folder' ? await inFolder(path) : await inArchive(path)
  requireBounded(path, 'manifest.json', text)
  return parseManifest(text.toString('utf8'), path)
}

async function inFolder(path: string): Promise<Buffer> {
  const file = await open(join(path, 'manifest.json'), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const facts = await file.stat()
    if (!facts.isFile()) throw new SnapshotError('hostile', path, 'manifest.json is no plain file')
    if (facts.size > LIMITS.manifestBytes) throw tooLarge(path, 'manifest.json', facts.size, LIMITS.manifestBytes)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

async function inArchive(path: string): Promise<Buffer> {
  const tar = extract()
  const source = createReadStream(path)
  const fed = pipeline(source, createGunzip(), tar).catch((error: unknown) => error)
  try {
    for await (const entry of tar) {
      if (MANIFEST.test(entry.header.name.replace(/^(\.\/)+/, '')))
        return await contentOf(path, entry.header.size, entry)
      entry.resume()
    }
    throw new SnapshotError('not-a-snapshot', path, 'no manifest.json')
  } finally {
    source.destroy()
    tar.destroy()
    await fed
  }
}

async function contentOf(path: string, size: number | undefined, entry: AsyncIterable<unknown>): Promise<Buffer> {
  if (size !== undefined && size > LIMITS.manifestBytes)
    throw tooLarge(path, 'manifest.json', size, LIMITS.manifestBytes)
  const chunks: Buffer[] = []
  for await (const chunk of entry) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
