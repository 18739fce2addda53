import { type Rows, visible } from '../../report/format/cell.ts'
import { coloured } from '../../report/format/colour.ts'
import { formats } from '../../report/format/formats.ts'
import { isColoured } from './colour.ts'
import { withoutProgress } from './progress.ts'

/** Prints rows in the format the user chose. */
export function print(rows: Rows, format: string, { headers = true }: { headers?: boolean } = {}): void {
  const width = process.stdout.isTTY ? process.stdout.columns : undefined
  write(formats.get(format)!(rows, { headers, ...(width !== undefined && { width }) }))
}

/** Text for people, coloured where that is wanted. */
export function printText(text: string): void {
  write(isColoured() ? coloured(text) : text)
}

/** Data as it is. */
export function write(text: string): void {
  withoutProgress(() => process.stdout.write(text))
}

/** Remarks; never mixed with the data. */
export function talk(line: string): void {
  withoutProgress(() => process.stderr.write(`${visible(line)}\n`))
}
