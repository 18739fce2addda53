import { cellText, type Rows, visible } from './cell.ts'

const GAP = '  '

/** Narrowest a column is cut to where others can still give: a name cut shorter names nothing. */
const READABLE = 12

/** Narrowest a column is cut to at all: three characters and the mark. */
const LEAST = 4

/** More columns than these are not cut for the sake of the name, but written one below the other. */
const FEW = 4

/** As wide as a name has to be at least, so that one can be told from another: that of a snapshot is 20. */
const NAME = 24

/**
 * Aligned columns, numbers to the right. With a width, the widest columns are cut (and end in `…`) until the line fits, none below 12
 * characters; where that is not enough, the last columns give way first. The first column of text, which names what the row is about,
 * gives way after all others; where many columns leave too little even for it, the rows stand one below the other. Without a width nothing is cut.
 */
export function formatTable(
  { columns, rows }: Rows,
  { width = Infinity, headers = true }: { width?: number; headers?: boolean } = {}
): string {
  const lines = [columns.map(visible), ...rows.map((row) => row.map((value) => visible(cellText(value))))]
  const printed = headers ? lines : lines.slice(1)
  const natural = columns.map((_, index) =>
    printed.reduce((widest, line) => Math.max(widest, length(line[index] ?? '')), 0)
  )
  const numeric = columns.map(
    (_, index) =>
      rows.every((row) => row[index] === null || isNumber(row[index])) &&
      (rows.length === 0 || rows.some((row) => isNumber(row[index])))
  )
  const widths = widthsThatFit(natural, numeric.indexOf(false), width - GAP.length * (columns.length - 1))
  const name = numeric.indexOf(false)
  if (columns.length > FEW && name >= 0 && widths[name]! < natural[name]! && widths[name]! < NAME)
    return asRecords(lines, width)
  return (
    printed
      .map(
        (line) =>
          `${line
            .map((text, index) => {
              const wide = widths[index]!
              const cut = length(text) > wide ? `${[...text].slice(0, wide - 1).join('')}…` : text
              const padding = ' '.repeat(wide - length(cut))
              return numeric[index] && rows.length > 0 ? padding + cut : cut + padding
            })
            .join(GAP)
            .trimEnd()}\n`
      )
      .join('') + (rows.length === 0 ? '(no rows)\n' : '')
  )
}

/** Each row as a block of its own, a line a column. */
function asRecords([head, ...rows]: readonly (readonly string[])[], width: number): string {
  const wide = Math.max(...head!.map(length))
  return rows
    .map((row) =>
      row
        .map((text, index) => {
          const line = `${head![index]!.padEnd(wide)}${GAP}${text}`.trimEnd()
          return `${length(line) > width ? `${[...line].slice(0, Math.max(width, READABLE) - 1).join('')}…` : line}\n`
        })
        .join('')
    )
    .join('\n')
}

/** Cut to code points: an emoji is one, a letter with a combining accent two. Kubernetes names are ASCII. */
function length(text: string): number {
  return [...text].length
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** `name`: the column that is cut last; -1 for none. */
function widthsThatFit(natural: readonly number[], name: number, room: number): number[] {
  const others = natural.filter((_, index) => index !== name)
  const cap = widestThatFits(others, room - (natural[name] ?? 0))
  const widths = natural.map((wide, index) => (index === name ? wide : Math.min(wide, cap)))
  let tooMuch = widths.reduce((sum, wide) => sum + wide, 0) - room
  for (const index of [...widths.keys()].sort((a, b) => Number(a === name) - Number(b === name) || b - a)) {
    const given = Math.min(Math.max(0, tooMuch), Math.max(0, widths[index]! - LEAST))
    widths[index]! -= given
    tooMuch -= given
  }
  return widths
}

/** The largest cap on column widths with which all of them fit, or the narrowest that can be read. */
function widestThatFits(natural: readonly number[], room: number): number {
  const needs = (cap: number) => natural.reduce((sum, wide) => sum + Math.min(wide, cap), 0)
  let cap = Math.max(READABLE, ...natural)
  while (cap > READABLE && needs(cap) > room) {
    // Every column wider than the next cap gives up its share of what is too much.
    const wide = natural.filter((each) => each >= cap).length
    const next = Math.max(READABLE, ...natural.filter((each) => each < cap))
    cap = Math.max(next, cap - Math.ceil((needs(cap) - room) / wide))
  }
  return cap
}
