import type { Hits } from './listed-chain.ts'

export interface Uncounted {
  readonly text: string
  readonly hits: Hits | null
}

/** Takes the `[packets:bytes] ` in front of each rule out of the text. Null where not all rules have it, or something else has. */
export function withoutCounters(text: string): Uncounted | null {
  if (!text.includes('\n[')) return { text, hits: null }
  if (text.includes('\n-')) return null
  const parts: string[] = []
  const hits: (string | undefined)[] = []
  let kept = 0
  for (let feed = text.indexOf('\n['); feed !== -1; ) {
    const close = text.indexOf('] ', feed)
    if (close === -1) return null
    const hit = hitsBetween(text, feed + 2, close)
    if (hit === null || !text.startsWith('-A ', close + 2)) return null
    hits.push(hit)
    parts.push(text.slice(kept, feed + 1))
    kept = close + 2
    const end = text.indexOf('\n', kept)
    feed = text.charCodeAt(end + 1) === 91 ? end : text.indexOf('\n[', kept)
  }
  parts.push(text.slice(kept))
  return { text: parts.join(''), hits }
}

/** `packets,bytes`; undefined for `0:0`, null for what is no pair of numbers. */
function hitsBetween(text: string, from: number, to: number): string | undefined | null {
  if (to - from === 3 && text.startsWith('0:0', from)) return undefined
  const colon = text.indexOf(':', from)
  if (colon <= from || colon + 1 >= to || !areDigits(text, from, colon) || !areDigits(text, colon + 1, to)) return null
  return `${text.slice(from, colon)},${text.slice(colon + 1, to)}`
}

function areDigits(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if (code < 48 || code > 57) return false
  }
  return true
}
