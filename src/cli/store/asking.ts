import { basename } from 'node:path'
import type { SnapshotTime } from '../../ask/time/resolve.ts'
import { isSnapshotName } from '../../collect/name.ts'
import { UserError } from '../../problem.ts'
import { unlessDamaged } from '../../store/damage.ts'
import { schemaProblems } from '../../store/fsck/schema.ts'
import { openStoreForReading, type Store } from '../../store/open.ts'
import { talk } from '../terminal/print.ts'
import { localTimeZone } from '../terminal/time-zone.ts'

/** Opens the store, hands it to `ask`, and closes it whatever happens. */
export async function asking<T>(file: string, ask: (store: Store) => Promise<T> | T): Promise<T> {
  const store = openStoreForReading(file)
  try {
    return await ask(store)
  } catch (error) {
    throw wasOtherwiseMade(store, error)
      ? new UserError(
          `${file}: was written by another build of snap whose tables are others; import the archive into a new store`,
          { cause: error }
        )
      : unlessDamaged(store, error)
  } finally {
    store.close()
  }
}

/** Asked only where a question failed: the number of the schema is right, and a table or column is missing. */
function wasOtherwiseMade(store: Store, error: unknown): boolean {
  const { message } = (error instanceof UserError ? (error.cause ?? error) : error) as Error
  if (!/^no such (?:table|column)/.test(message)) return false
  return schemaProblems(store).length > 0
}

/** The snapshot a phrase means. Throws TimeReferenceError where there is none. */
export async function findSnapshot(store: Store, phrase: string): Promise<SnapshotTime> {
  // Not by kysely, which takes longer to load than this command to answer.
  const rows = store.prepare('SELECT id, snapshot, taken_at FROM main.snapshots').raw().all() as [
    number,
    string,
    string
  ][]
  const snapshots = rows.map(([id, name, takenAt]) => ({ id, name, takenAt: new Date(takenAt) }))
  const name = nameInPath(phrase)
  const found = snapshots.find((entry) => entry.name === name)
  if (found) return found
  const { resolve } = await import('../../ask/time/resolve.ts')
  // Most phrases need no zone, and asking for it takes its time.
  return resolve(name, snapshots, {
    now: new Date(),
    remark: (line) => talk(`snap: ${line}`),
    get timeZone() {
      return localTimeZone()
    }
  })
}

/** `snapshots/2026-11-22T10-16-09Z/` and `….tar.gz` name the snapshot they hold; `11/12/2026` is no path. */
function nameInPath(phrase: string): string {
  const name = basename(phrase).replace(/\.tar\.gz$/, '')
  return phrase.endsWith('.tar.gz') || isSnapshotName(name) ? name : phrase
}
