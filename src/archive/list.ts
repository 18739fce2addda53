import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isSnapshotName } from '../collect/name.ts'
import { SnapshotError } from './error.ts'
import { PARTIAL } from './path.ts'

export interface SnapshotEntry {
  /** `2026-11-22T10-16-09Z`; of an archive named otherwise, the file's name. */
  readonly name: string
  readonly path: string
  readonly form: 'folder' | 'tar.gz'
  /** True: being written, or left behind by a writer that died. */
  readonly partial: boolean
}

/** The snapshots of a folder by name, without opening them: folders named by their time, and all `.tar.gz`. */
export async function listSnapshots(folder: string): Promise<SnapshotEntry[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new SnapshotError(
      'not-a-snapshot',
      folder,
      error.code === 'ENOENT' ? 'no such folder' : `cannot be read (${error.code})`
    )
  })
  return found
    .flatMap((entry) => {
      const partial = entry.name.startsWith(PARTIAL)
      const base = partial ? entry.name.slice(PARTIAL.length) : entry.name
      const name = base.replace(/\.tar\.gz$/, '')
      const form = name === base ? ('folder' as const) : ('tar.gz' as const)
      const fits = form === 'folder' ? entry.isDirectory() && isSnapshotName(name) : entry.isFile()
      return fits ? [{ name, path: join(folder, entry.name), form, partial }] : []
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.form < b.form ? -1 : 1))
}
