import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../problem.ts'
import { formatCsv } from '../format/separated.ts'
import type { RowStream } from './tables.ts'

export interface WrittenFile {
  readonly file: string
  readonly rows: number
}

/**
 * Writes one CSV file a stream into the folder, readable by its owner only. Files of an earlier report are replaced.
 * Throws: UserError where the folder holds anything else, or cannot be written.
 */
export function writeCsvFolder(folder: string, streams: readonly RowStream[]): WrittenFile[] {
  prepare(folder, new Set(streams.map(({ name }) => `${name}.csv`)))
  return streams.map((stream) => writeFile(join(folder, `${stream.name}.csv`), stream))
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
  const other = present.find((name) => !ours.has(name))
  if (other !== undefined) throw new UserError(`${folder}: holds other files (${other}); name a new or empty folder`)
}

/** Rows that are formatted and written at once. */
const CHUNK = 1000

function writeFile(file: string, { columns, rows }: RowStream): WrittenFile {
  // Removed first, so that a link of that name is not followed and the mode is ours.
  rmSync(file, { force: true })
  const handle = openSync(file, 'wx', 0o600)
  try {
    const head = formatCsv({ columns, rows: [] })
    writeSync(handle, head)
    let count = 0
    let chunk: (readonly unknown[])[] = []
    const flush = () => {
      writeSync(handle, formatCsv({ columns, rows: chunk }).slice(head.length))
      chunk = []
    }
    for (const row of rows) {
      count++
      if (chunk.push(row) === CHUNK) flush()
    }
    flush()
    return { file, rows: count }
  } finally {
    closeSync(handle)
  }
}
