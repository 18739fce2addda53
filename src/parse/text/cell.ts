import { isLabelName } from '../kubernetes/json.ts'

/** `<none>`, as kubectl writes an empty value. */
export const NONE = '<none>'

/** The text of a cell: null where the listing has no such column, '' where it says there is none. */
export function cellOrNull(cells: Readonly<Record<string, string>>, column: string): string | null {
  const cell = cells[column]
  return cell === NONE ? '' : (cell ?? null)
}

/** `app=traefik,tier=` → `{ app: 'traefik', tier: '' }`; `<none>` → {}; null without the column, or where it holds something else. */
export function labelsOrNull(cells: Readonly<Record<string, string>>, column: string): Record<string, string> | null {
  const cell = cellOrNull(cells, column)
  if (cell === null || cell === '') return cell === null ? null : {}
  const labels = cell.split(',').map((pair): [string, string] => {
    const equals = pair.indexOf('=')
    return equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
  })
  return labels.every(([name]) => isLabelName(name)) ? Object.fromEntries(labels) : null
}
