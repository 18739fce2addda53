import { UserError } from '../problem.ts'
import { fsck } from './fsck/fsck.ts'
import type { Store } from './open.ts'

/**
 * What to say of an error that nobody expected, met while a store was read or written: where the store is not as snap wrote it, that. Proves
 * the whole store to tell. Returns the error itself where it has another cause.
 */
export function unlessDamaged(store: Store, error: unknown): unknown {
  const { cause } = error as Error
  const met = error instanceof UserError && isOfFile(cause) ? cause : error
  if (!isUnexpected(met)) return error
  const [problem] = fsck(store)
  if (problem === undefined) return error
  return new UserError(
    `${store.name}: is damaged: ${problem.object}: ${problem.message}; "snap fsck" lists all that is; import the archive into a new store`,
    { cause: met }
  )
}

function isOfFile(error: unknown): error is Error {
  return /^SQLITE_(?:CORRUPT|NOTADB)/.test((error as { code?: string } | undefined)?.code ?? '')
}

/** Neither told in words by snap, nor of another file, a disk or a lock. */
function isUnexpected(error: unknown): boolean {
  const { name, code = '', syscall } = error as NodeJS.ErrnoException
  const isOfMachine = /^SQLITE_(?:FULL|IOERR|BUSY|READONLY|CANTOPEN|INTERRUPT)/.test(code)
  return !(error instanceof UserError) && !TOLD.includes(name) && syscall === undefined && !isOfMachine
}

const TOLD = ['SnapshotError', 'TimeReferenceError']
