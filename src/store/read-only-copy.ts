import { chmodSync, closeSync, copyFileSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../problem.ts'

/** Where the file header says how it is written and read: 2 is WAL, 1 a rollback journal. Source: SQLite, Database File Format, 1.3.3. */
const FORMAT_VERSIONS = { offset: 18, rollback: Buffer.from([1, 1]) }

/**
 * For a store in a folder where this user may not write: even to read one, SQLite makes a file beside it (WAL, read-only databases).
 * Hands `open` a copy without the need for that, and removes it again; an open file lives on.
 * Throws: UserError where the store is being written, or has changes that are not in the file yet.
 */
export function withReadOnlyCopy<T>(file: string, open: (copy: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'snap-'))
  try {
    const copy = join(folder, 'snap.db')
    const before = statSync(file).mtimeMs
    copyFileSync(file, copy)
    // A copy keeps the mode of a store that nobody may write.
    chmodSync(copy, 0o600)
    const wal = statSync(`${file}-wal`, { throwIfNoEntry: false })
    if ((wal !== undefined && wal.size > 0) || statSync(file).mtimeMs !== before) {
      throw new UserError(
        `${file}: is being written, or has changes in ${file}-wal that this user may not read; ask again later, or as its owner`
      )
    }
    const handle = openSync(copy, 'r+')
    writeSync(handle, FORMAT_VERSIONS.rollback, 0, 2, FORMAT_VERSIONS.offset)
    closeSync(handle)
    return open(copy)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
