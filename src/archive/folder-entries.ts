import { constants } from 'node:fs'
import { open, readdir, type FileHandle } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { SnapshotError } from './error.ts'
import { LIMITS } from './limits.ts'
import type { Entries } from './open.ts'
import { isSafePath, PARTIAL } from './path.ts'

/** A snapshot as a folder. Its tree is walked once; only plain files found there are ever opened. */
export async function openFolder(folder: string): Promise<Entries> {
  if (basename(resolve(folder)).startsWith(PARTIAL)) {
    throw new SnapshotError('half-written', folder, 'this snapshot was not finished: still being written, or its writer died')
  }
  const paths = new Set<string>()
  await walk(folder, '', paths)
  if (!paths.has('manifest.json')) {
    const begun = [...paths].some((path) => /^(cluster|nodes|pods)\//.test(path))
    throw begun
      ? new SnapshotError('half-written', folder, 'no manifest.json, which is written last: this snapshot was not finished')
      : new SnapshotError('not-a-snapshot', folder, 'no manifest.json: not a snapshot')
  }
  return { paths, read: (path, maxBytes) => readFile(folder, path, maxBytes) }
}

async function walk(root: string, below: string, paths: Set<string>): Promise<void> {
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (paths.size >= LIMITS.archiveEntries) throw new SnapshotError('hostile', root, `more than ${LIMITS.archiveEntries} files`)
    if (entry.isDirectory()) await walk(root, path, paths)
    else if (!entry.isFile()) throw new SnapshotError('hostile', root, `${path} is no plain file (a link, a device, a socket)`)
    else if (isSafePath(path)) paths.add(path)
  }
}

async function readFile(folder: string, path: string, maxBytes: number): Promise<Buffer> {
  let handle: FileHandle | undefined
  try {
    handle = await open(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW)
    const { size } = await handle.stat()
    if (size > maxBytes) throw new SnapshotError('damaged', folder, `${path} has ${size} bytes, more than the ${maxBytes} it may have`)
    return await handle.readFile()
  } catch (error) {
    if (error instanceof SnapshotError) throw error
    throw new SnapshotError('damaged', folder, `${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  } finally {
    await handle?.close()
  }
}
