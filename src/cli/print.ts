import { formats } from '../report/format/formats.ts'
import { visible, type Rows } from '../report/format/cell.ts'

/** Prints rows in the format the user chose. */
export function print(rows: Rows, format: string, { headers = true }: { headers?: boolean } = {}): void {
  const width = process.stdout.isTTY ? process.stdout.columns : undefined
  process.stdout.write(formats.get(format)!(rows, { headers, ...(width !== undefined && { width }) }))
}

/** Progress and remarks; never mixed with the data. */
export function talk(line: string): void {
  process.stderr.write(`${visible(line)}\n`)
}
