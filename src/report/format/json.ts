import { plainBigint, type Rows, visibleInJson } from './cell.ts'

/** An array of objects, one a line; unknown is null. */
export function formatJson(rows: Rows): string {
  const lines = objects(rows)
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`
}

/** One object a line. */
export function formatJsonl(rows: Rows): string {
  return objects(rows)
    .map((line) => `${line}\n`)
    .join('')
}

/** One value on one line, without a character that a terminal or a reader of the text around it would act on. */
export function jsonLine(value: unknown): string {
  return visibleInJson(JSON.stringify(value, plainBigint))
}

/** One value over several lines, for a person or jq. */
export function formatDocument(value: unknown): string {
  return `${JSON.stringify(value, plainBigint, 1).split('\n').map(visibleInJson).join('\n')}\n`
}

/**
 * Written key by key: an object would put columns named `1` first, lose one named `__proto__`
 * and all but the last of two columns with one name (`select a.name, b.name`).
 */
function objects({ columns, rows }: Rows): string[] {
  const keys = unique(columns).map((key) => JSON.stringify(key))
  return rows.map((row) => visibleInJson(`{${keys.map((key, index) => `${key}:${jsonText(row[index])}`).join(',')}}`))
}

function jsonText(value: unknown): string {
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('hex'))
  if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(String(value))
  return JSON.stringify(plainBigint('', value) ?? null, plainBigint)
}

/** `name`, `name_2`: the second column of one name is kept under its number. */
function unique(columns: readonly string[]): string[] {
  const taken = new Set<string>()
  return columns.map((column) => {
    let key = column
    for (let count = 2; taken.has(key); count += 1) key = `${column}_${count}`
    taken.add(key)
    return key
  })
}
