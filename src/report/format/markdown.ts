import { cellText, type Rows, visible } from './cell.ts'

/** A GitHub-flavoured table. What Markdown would act on is escaped: a bare `<none>` would vanish as an HTML tag. */
export function formatMarkdown({ columns, rows }: Rows): string {
  const lines = [columns, columns.map(() => null), ...rows.map((row) => row.map(cellText))]
  return lines
    .map((line) => `| ${line.map((text) => (text === null ? '---' : escaped(text))).join(' | ')} |\n`)
    .join('')
}

function escaped(text: string): string {
  return visible(text.replace(/[\\|`*<>[\]~&]|(?<![a-z0-9])_|_(?![a-z0-9])/gi, '\\$&'))
}
