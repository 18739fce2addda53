import { stringify } from 'csv-stringify/sync'
import { cellText, type Rows, visible } from './cell.ts'

/** Beginnings a spreadsheet takes for a formula (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\n]/

const NUMBER = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i

/**
 * RFC 4180 with LF line ends. A cell a spreadsheet would run gets a leading `'`; numbers do not.
 * That holds for every text with a dash in front, rules (`-s 10.42.0.0/16 …`) too: tsv and jsonl leave them as they are.
 */
export function formatCsv({ columns, rows }: Rows, { headers = true }: { headers?: boolean } = {}): string {
  const cells = [...(headers ? [columns] : []), ...rows.map((row) => row.map(cellText))].map((row) => row.map(guard))
  return stringify(cells, { record_delimiter: '\n', quoted_match: /\n/ })
}

/** TAB and LF may stand in a quoted cell; what else a terminal would act on is made visible. */
function guard(text: string): string {
  const shown = text.replace(/[^\t\n]+/g, visible)
  return FORMULA.test(shown) && !NUMBER.test(shown) ? `'${shown}` : shown
}

/** One line a row, for cut and awk. TAB, line ends and other control characters are written `\t`, `\n`, `\x1b`; a backslash `\\`. */
export function formatTsv({ columns, rows }: Rows, { headers = true }: { headers?: boolean } = {}): string {
  return [...(headers ? [columns] : []), ...rows.map((row) => row.map(cellText))]
    .map((row) => `${row.map((text) => visible(text.replaceAll('\\', '\\\\'))).join('\t')}\n`)
    .join('')
}
