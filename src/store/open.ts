import { chmodSync, existsSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { plainFileProblem } from '../input-file.ts'
import { UserError } from '../problem.ts'
import { currentVersion, latestVersion, migrate } from './migrate.ts'
import { withReadOnlyCopy } from './read-only-copy.ts'
import { loadSqlite } from './sqlite.ts'

export type Store = Database.Database

/** Opens the store for import, creating or migrating it. WAL: readers go on reading meanwhile, a second writer waits. */
export function openStore(file: string): Store {
  requireFile(file)
  const fresh = !existsSync(file)
  const store = open(file, {})
  if (fresh && file !== ':memory:') chmodSync(file, 0o600)
  return guard(store, file, () => {
    // Asked first: the journal mode is written into the file, and the file may not be ours.
    currentVersion(store, file, latestVersion())
    store.pragma('temp_store = MEMORY')
    // An import writes page after page and seldom comes back: more pages of memory, each touched for the first time, take longer than they save.
    store.pragma('cache_size = -8192')
    store.pragma('journal_mode = WAL')
    migrate(store, file)
  })
}

/**
 * Opens an existing store for questions; it cannot be written through this connection. What it reads until it is closed is the one
 * state that the store has now, whatever is imported or pruned meanwhile.
 */
export function openStoreForReading(file: string): Store {
  if (!existsSync(file))
    throw new UserError(`${file}: no such store; make one with "snap import", or name it with --store`)
  requireFile(file)
  try {
    return openedForReading(file, file)
  } catch (error) {
    // Beside a WAL database even a reader writes a file; where this user may not, the store is copied.
    if (!/^SQLITE_(?:READONLY|CANTOPEN)/.test((error as { code?: string }).code ?? '')) throw error
    return withReadOnlyCopy(file, (copy) => openedForReading(copy, file))
  }
}

function openedForReading(file: string, named: string): Store {
  const store = open(file, { readonly: true })
  return guard(store, named, () => {
    // What a question copies and sorts of a large snapshot goes to disk once it is more than a cache holds.
    store.pragma('temp_store = FILE')
    store.exec('BEGIN')
    const version = currentVersion(store, named, latestVersion())
    if (version < latestVersion()) {
      throw new UserError(`${named}: is of an older schema (${version}); "snap import" brings it up to date`)
    }
  })
}

function open(file: string, options: Database.Options): Store {
  const Sqlite = loadSqlite()
  try {
    return new Sqlite(file, { timeout: 60_000, ...options })
  } catch (error) {
    throw new UserError(`${file}: cannot be opened: ${(error as Error).message}`, { cause: error })
  }
}

/** SQLite would wait for a pipe's other end, and write to a device. Throws: UserError. */
function requireFile(file: string): void {
  if (file === '') throw new UserError('the store has no name; name a file with --store')
  const problem = plainFileProblem(file)
  if (problem !== null) throw new UserError(`${problem}; name a file with --store`)
}

function guard(store: Store, file: string, prepare: () => void): Store {
  try {
    store.pragma('foreign_keys = ON')
    store.pragma('busy_timeout = 60000')
    store.pragma('synchronous = NORMAL')
    store.pragma('cache_size = -65536')
    prepare()
    return store
  } catch (error) {
    store.close()
    if ((error as { code?: string }).code === 'SQLITE_NOTADB') {
      throw new UserError(`${file}: is not a SQLite database; name another file with --store`, { cause: error })
    }
    if (/^SQLITE_CORRUPT/.test((error as { code?: string }).code ?? '')) {
      throw new UserError(`${file}: is damaged: ${(error as Error).message}; import the archive into a new store`, {
        cause: error
      })
    }
    throw error
  }
}
