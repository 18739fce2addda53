/** Rows as a query gives them. */
export interface Rows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** How a value that the snapshot does not tell is written everywhere but in JSON, which has its own null. */
export const UNKNOWN = '?'

/**
 * The text of a cell. null is unknown and written `?`; '' is known to be none and stays empty;
 * a text that is itself `?` stands in quotes, so that the three never look alike.
 */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return UNKNOWN
  if (value === UNKNOWN) return `"${UNKNOWN}"`
  if (typeof value === 'string') return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`
  return typeof value === 'object' ? JSON.stringify(value, plainBigint) : String(value)
}

/** JSON has no 64-bit integers: one that does not fit is written as text. */
export function plainBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? (Number.isSafeInteger(Number(value)) ? Number(value) : String(value)) : value
}

/**
 * What a terminal would act on instead of show: C0, DEL and C1 controls, line separators, and the marks that reverse the direction of text
 * or cannot be seen (Trojan Source, CVE-2021-42574). And what neither XML nor YAML can hold: halves of a surrogate pair, U+FFFE and U+FFFF.
 */
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Control characters made visible: `\n`, `\x1b`, `\u202e`. */
export function visible(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.codePointAt(0)!.toString(16)
    if (code.length > 4) return `\\u{${code}}`
    return SHORT[character] ?? (code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`)
  })
}

/** The same inside JSON text, where only `\uXXXX` is an escape. */
export function visibleInJson(json: string): string {
  return json.replace(CONTROL, (character) =>
    Array.from({ length: character.length }, (_, at) => character.charCodeAt(at).toString(16).padStart(4, '0'))
      .map((code) => `\\u${code}`)
      .join('')
  )
}
