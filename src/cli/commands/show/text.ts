import { visible } from '../../../report/format/cell.ts'
import { formatJson } from '../../../report/format/json.ts'
import { formatTable } from '../../../report/format/table.ts'
import { formatYaml } from '../../../report/format/yaml.ts'
import type { ShownPart } from './show.ts'

/** Part after part under its title; a part without rows says whether there are none or none are known. */
export function showText(parts: readonly ShownPart[], width: number | undefined): string {
  return parts
    .map(({ title, single, rows, unknown }) => {
      const body = single
        ? formatTable(
            { columns: ['field', 'value'], rows: rows.columns.map((column, index) => [column, rows.rows[0]![index]]) },
            width === undefined ? {} : { width }
          )
        : unknown !== null
          ? `  unknown: ${visible(unknown)}\n`
          : rows.rows.length === 0
            ? '  none\n'
            : formatTable(rows, width === undefined ? {} : { width })
      return `${title.toUpperCase()}\n${body}`
    })
    .join('\n')
}

/** One object: each part under its title, a list of objects, or one where there is one; null where it is unknown. */
export function showJson(parts: readonly ShownPart[]): string {
  const members = parts.map(({ title, single, rows, unknown }) => {
    const list = unknown === null ? formatJson(rows).trimEnd() : 'null'
    return `${JSON.stringify(title)}: ${single ? list.replace(/^\[\n?/, '').replace(/\n?\]$/, '') : list}`
  })
  return `{\n${members.join(',\n')}\n}\n`
}

export function showYaml(parts: readonly ShownPart[]): string {
  return formatYaml(JSON.parse(showJson(parts)))
}
