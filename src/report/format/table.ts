import { cellText, type Rows, visible } from './cell.ts'

const GAP = '  '

/** Narrowest a column is cut to: three characters and the mark. */
const LEAST = 4

/**
 * Aligned columns, numbers to the right. With a width, the widest columns are cut (and end in `…`)
 * until the line fits; without, nothing is cut.
 */
export function formatTable({ columns, rows }: Rows, { width = Infinity }: { width?: number } = {}): string {
  const lines = [columns.map(visible), ...rows.map(row => row.map(value => visible(cellText(value))))]
  const natural = columns.map((_, index) => lines.reduce((widest, line) => Math.max(widest, length(line[index] ?? '')), 0))
  const cap = widestThatFits(natural, width - GAP.length * (columns.length - 1))
  const numeric = columns.map((_, index) => rows.every(row => row[index] === null || isNumber(row[index])))
  return lines.map(line => line.map((text, index) => {
    const cut = length(text) > cap ? `${[...text].slice(0, cap - 1).join('')}…` : text
    const padding = ' '.repeat(Math.min(natural[index]!, cap) - length(cut))
    return numeric[index] && rows.length > 0 ? padding + cut : cut + padding
  }).join(GAP).trimEnd() + '\n').join('') + (rows.length === 0 ? '(no rows)\n' : '')
}

/** Cut to code points: an emoji is one, a letter with a combining accent two. Kubernetes names are ASCII. */
function length(text: string): number {
  return [...text].length
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** The largest cap on column widths with which all of them fit. */
function widestThatFits(natural: readonly number[], room: number): number {
  const needs = (cap: number) => natural.reduce((sum, wide) => sum + Math.min(wide, cap), 0)
  let cap = Math.max(LEAST, ...natural)
  while (cap > LEAST && needs(cap) > room) {
    // Every column wider than the next cap gives up its share of what is too much.
    const wide = natural.filter(each => each >= cap).length
    const next = Math.max(LEAST, ...natural.filter(each => each < cap))
    cap = Math.max(next, cap - Math.ceil((needs(cap) - room) / wide))
  }
  return cap
}
