import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { UserError } from '../../../problem.ts'
import { type CollectionRun, collectionMetrics } from '../../../report/metrics/collection.ts'

/** Replaces the file as a whole: the node exporter reads it at any time, as another user. Throws: UserError. */
export function writeTextfile(file: string, run: CollectionRun): void {
  const written = `${file}.${process.pid}.tmp`
  try {
    writeFileSync(written, collectionMetrics(run, existsSync(file) ? readFileSync(file, 'utf8') : ''), { flush: true })
    chmodSync(written, 0o644)
    renameSync(written, file)
  } catch (error) {
    throw new UserError(`${file}: cannot be written: ${(error as Error).message}`, { cause: error })
  }
}
