import { constants } from 'node:fs'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { type Entries, tooLarge } from './entries.ts'
import { SnapshotError } from './error.ts'
import { LIMITS } from './limits.ts'
import { isSafePath, PARTIAL } from './path.ts'

/** A folder. Its tree is walked once; only plain files found there are ever opened. */
export async function openFolder(folder: string): Promise<Entries> {
  if (basename(resolve(folder)).startsWith(PARTIAL)) {
    throw new SnapshotError(
      'half-written',
      folder,
      'this snapshot was not finished: still being written, or its writer died'
    )
  }
  const found: Found = { paths: new Set(), strange: null }
  await walk(folder, '', found)
  return {
    ...found,
    read: (path, maxBytes) => readFile(folder, path, maxBytes),
    modified: async (path) => (await stat(join(folder, path))).mtimeMs,
    close: () => {}
  }
}

interface Found {
  readonly paths: Set<string>
  strange: string | null
}

async function walk(root: string, below: string, found: Found): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new SnapshotError(
      'not-a-snapshot',
      root,
      `${below === '' ? 'the folder' : below} cannot be read (${error.code})`
    )
  })
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (found.paths.size >= LIMITS.archiveEntries)
      throw new SnapshotError('hostile', root, `more than ${LIMITS.archiveEntries} files`)
    if (entry.isDirectory()) await walk(root, path, found)
    else if (!entry.isFile()) found.strange ??= `${path} is no plain file (a link, a device, a socket)`
    else if (isSafePath(path)) found.paths.add(path)
  }
}

async function readFile(folder: string, path: string, maxBytes: number): Promise<Buffer> {
  let handle: FileHandle | undefined
  try {
    handle = await open(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const facts = await handle.stat()
    if (!facts.isFile()) throw new SnapshotError('hostile', folder, `${path} is no plain file`)
    const { size } = facts
    if (size > maxBytes) throw tooLarge(folder, path, size, maxBytes)
    return await handle.readFile()
  } catch (error) {
    if (error instanceof SnapshotError) throw error
    throw new SnapshotError('damaged', folder, `${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  } finally {
    await handle?.close()
  }
}
