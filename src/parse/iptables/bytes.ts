import { Buffer, isUtf8 } from 'node:buffer'
import { utf16Text } from '../../utf16.ts'

/**
 * Dumps hold raw bytes: a comment may carry any byte but NUL, and cutting it at 255 may split a character.
 * A byte that is no UTF-8 becomes one character of plane 16's private use area, U+10FF00 + byte, so that
 * text is a string everywhere and `encodeBytes(decodeBytes(x))` is x for any bytes.
 */
const ESCAPE = 0x10ff00

/** UTF-8 of U+10FF80 … U+10FFFF, the characters that stand for a byte, begins with one of these. */
const ESCAPE_LEADS = [Buffer.from([0xf4, 0x8f, 0xbe]), Buffer.from([0xf4, 0x8f, 0xbf])]

/** Bytes as text, reversibly. Valid UTF-8 is read as such; each other byte is kept as U+10FF00 + byte. */
export function decodeBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isUtf8(buffer) && !ESCAPE_LEADS.some((lead) => buffer.includes(lead))) return buffer.toString('utf8')
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < buffer.length; ) {
    const length = sequenceLength(buffer, at)
    if (length === 0) {
      if (start < at) parts.push(buffer.toString('utf8', start, at))
      parts.push(String.fromCodePoint(ESCAPE + buffer[at]!))
      start = at + 1
    }
    at += length || 1
  }
  parts.push(buffer.toString('utf8', start))
  return parts.join('')
}

/** As `decodeBytes`; a file in UTF-16 is read as the text that it is. */
export function decodeText(bytes: Uint8Array): string {
  return utf16Text(bytes) ?? decodeBytes(bytes)
}

/** The bytes that `decodeBytes` read. */
export function encodeBytes(text: string): Buffer {
  // U+10FF80 and above begin with this surrogate; without it there is nothing to undo.
  if (!text.includes('\udbff')) return Buffer.from(text, 'utf8')
  const parts = text.split(/([\u{10ff80}-\u{10ffff}]+)/u)
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 0
        ? Buffer.from(part, 'utf8')
        : Buffer.from(Array.from(part, (escaped) => escaped.codePointAt(0)! - ESCAPE))
    )
  )
}

/** Length of the well-formed UTF-8 sequence at `at`, by the Unicode standard's table 3-7; 0 when there is none or it stands for a byte. */
function sequenceLength(buffer: Buffer, at: number): number {
  const lead = buffer[at]!
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  const second = buffer[at + 1] ?? 0
  if (lead < 0xe0) return isContinuation(second) ? 2 : 0
  if (!isContinuation(buffer[at + 2] ?? 0)) return 0
  if (lead < 0xf0) {
    const low = lead === 0xe0 ? 0xa0 : 0x80
    const high = lead === 0xed ? 0x9f : 0xbf
    return second >= low && second <= high ? 3 : 0
  }
  if (!isContinuation(buffer[at + 3] ?? 0)) return 0
  const low = lead === 0xf0 ? 0x90 : 0x80
  const high = lead === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  return lead === 0xf4 && second === 0x8f && buffer[at + 2]! >= 0xbe ? 0 : 4
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf
}
