import type { Rows } from './format/cell.ts'

/** So many names of a list are told. */
const SHOWN = 4

/** Lists of destinations and of nodes may have thousands of names, and a table is as wide as its longest: only the first are told. */
export function forPeople({ columns, rows }: Rows): Rows {
  const lists = new Set(['destinations', 'nodes'].map((name) => columns.indexOf(name)))
  return {
    columns,
    rows: rows.map((row) =>
      row.map((value, index) => (lists.has(index) && typeof value === 'string' ? shortened(value) : value))
    )
  }
}

function shortened(list: string): string {
  const names = list.split(' ')
  // "and 1 more" is no shorter than the one.
  return names.length <= SHOWN + 1 ? list : `${names.slice(0, SHOWN).join(' ')} … and ${names.length - SHOWN} more`
}
