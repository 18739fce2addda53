import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../problem.ts'
import { isUnfinished, WholeFile } from '../../whole-file.ts'
import { formatCsv } from '../format/separated.ts'
import type { RowStream } from './tables.ts'

export interface WrittenFile {
  readonly file: string
  readonly rows: number
}

/**
 * Writes one CSV file a stream into the folder, readable by its owner only. Files of an earlier report are replaced when all are on disk.
 * Throws: UserError where the folder holds anything else, or cannot be written.
 */
export function writeCsvFolder(folder: string, streams: readonly RowStream[]): WrittenFile[] {
  prepare(folder, new Set(streams.map(({ name }) => `${name}.csv`)))
  const files: WholeFile[] = []
  try {
    const written = streams.map((stream) => {
      const file = new WholeFile(join(folder, `${stream.name}.csv`), 0o600)
      files.push(file)
      return { file: file.file, rows: write(file, stream) }
    })
    for (const file of files) file.publish()
    return written
  } catch (error) {
    for (const file of files) file.abandon()
    throw error
  }
}

function prepare(folder: string, ours: ReadonlySet<string>): void {
  let present: string[]
  try {
    // One level only: Node's recursive form never ends below /proc.
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
    present = readdirSync(folder)
  } catch (error) {
    throw new UserError(`${folder}: cannot be used as the report's folder: ${(error as Error).message}`, {
      cause: error
    })
  }
  const other = present.find((name) => !ours.has(name) && !isUnfinished(name))
  if (other !== undefined) throw new UserError(`${folder}: holds other files (${other}); name a new or empty folder`)
}

/** Rows that are formatted and written at once. */
const CHUNK = 1000

/** The number of rows. */
function write(file: WholeFile, { columns, rows }: RowStream): number {
  const head = formatCsv({ columns, rows: [] })
  file.write(head)
  let count = 0
  let chunk: (readonly unknown[])[] = []
  const flush = () => {
    file.write(formatCsv({ columns, rows: chunk }).slice(head.length))
    chunk = []
  }
  for (const row of rows) {
    count++
    if (chunk.push(row) === CHUNK) flush()
  }
  flush()
  file.finish()
  return count
}
