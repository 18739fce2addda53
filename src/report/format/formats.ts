import type { Rows } from './cell.ts'
import { formatJson, formatJsonl } from './json.ts'
import { formatMarkdown } from './markdown.ts'
import { formatCsv, formatTsv } from './separated.ts'
import { formatTable } from './table.ts'

/**
 * `width`: columns of the terminal the text goes to; absent where it does not go to one. `headers`: false leaves the line of headings out,
 * where the format can do without.
 */
export type Format = (rows: Rows, options?: { width?: number; headers?: boolean }) => string

/** By the name the user gives. Every text ends in a line end or is empty. */
export const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['table', formatTable],
  ['csv', formatCsv],
  ['tsv', formatTsv],
  ['json', formatJson],
  ['jsonl', formatJsonl],
  ['markdown', formatMarkdown]
])
