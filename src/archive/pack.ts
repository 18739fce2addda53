import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Pack, pack } from 'tar-stream'
import { syncFolder } from './durable.ts'
import { openFolder } from './folder-entries.ts'
import { LIMITS } from './limits.ts'
import { openSnapshot } from './open.ts'
import { PARTIAL } from './path.ts'

/**
 * Packs a snapshot's folder to one `.tar.gz`, its folder at the top, the manifest first, files unlisted in the manifest left out.
 * Each item is proven by its hash on the way. The same snapshot gives the same tar.
 */
export async function packSnapshot(folder: string, file: string): Promise<void> {
  const partial = join(dirname(file), PARTIAL + basename(file))
  const tar = pack()
  try {
    const written = pipeline(tar, createGzip(), createWriteStream(partial, { mode: 0o600, flush: true }))
    fill(tar, folder).catch((error: Error) => tar.destroy(error))
    await written
    await rename(partial, file)
    await syncFolder(dirname(file))
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

async function fill(tar: Pack, folder: string): Promise<void> {
  const { name, manifest, read } = await openSnapshot(folder)
  const entries = await openFolder(folder)
  const mtime = new Date(manifest.startedAt)
  // As a stream, so that a slow disk holds it up; given whole, tar-stream would queue all entries in memory.
  const add = (path: string, content: Buffer) =>
    new Promise<void>((resolve, reject) => {
      tar
        .entry({ name: `${name}/${path}`, mode: 0o600, mtime, size: content.length }, (error) =>
          error ? reject(error) : resolve()
        )
        .end(content)
    })
  await add('manifest.json', await entries.read('manifest.json', LIMITS.manifestBytes))
  for (const item of manifest.items) {
    if (item.path === null) continue
    await read(item)
    await add(item.path, await entries.read(item.path, LIMITS.itemBytes))
  }
  tar.finalize()
}
