import { existsSync, readFileSync } from 'node:fs'
import { plainFileProblem } from '../../../input-file.ts'
import { UserError } from '../../../problem.ts'
import { type CollectionRun, collectionMetrics } from '../../../report/metrics/collection.ts'
import { writeWhole } from '../../../whole-file.ts'

/** Replaces the file as a whole: the node exporter reads it at any time, as another user. Throws: UserError. */
export function writeTextfile(file: string, run: CollectionRun): void {
  writeWhole(file, collectionMetrics(run, existsSync(file) ? textOf(file) : ''), 0o644)
}

function textOf(file: string): string {
  const problem = plainFileProblem(file)
  if (problem !== null) throw new UserError(problem)
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`${file}: cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
