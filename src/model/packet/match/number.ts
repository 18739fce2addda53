/** Numbers as iptables prints them. */

export interface Range {
  readonly from: number
  readonly to: number
}

/** `80`, `1024:2048`, `:1023`, `1024:`; for NAT ports and addresses the separator is `-`. */
export function parseRange(text: string, separator: ':' | '-' = ':', max = 65535): Range | undefined {
  const [first = '', second] = text.split(separator)
  const from = first === '' ? 0 : parseNumber(first)
  const to = second === undefined ? from : second === '' ? max : parseNumber(second)
  return from === undefined || to === undefined ? undefined : { from, to }
}

export function inRange(value: number, range: Range): boolean {
  return value >= range.from && value <= range.to
}

/** Decimal, or hexadecimal with `0x`; unsigned 32 bit. */
export function parseNumber(text: string): number | undefined {
  return /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : undefined
}

/** `0x4000/0xc000`; without mask all 32 bits. */
export function parseMasked(text: string): { readonly value: number; readonly mask: number } | undefined {
  const [first = '', second] = text.split('/')
  const value = parseNumber(first)
  const mask = second === undefined ? 0xffffffff : parseNumber(second)
  return value === undefined || mask === undefined ? undefined : { value: value >>> 0, mask: mask >>> 0 }
}

export function hex(value: number | null): string {
  return value === null ? 'unknown' : `0x${value.toString(16)}`
}
