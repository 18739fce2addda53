import { openQuote } from './quote.ts'
import type { Counters } from './rule.ts'

/** Most chains and many rules of a dump: one object for all of them. */
const ZERO: Counters = Object.freeze({ packets: '0', bytes: '0' })

/** Reads `[packets:bytes]` at `start`; `end` is the place after the `]`. */
export function bracketCounters(
  text: string,
  start: number,
  limit: number
): { counters: Counters; end: number } | null {
  if (text.startsWith('[0:0]', start)) return { counters: ZERO, end: start + 5 }
  const colon = digitsEnd(text, start + 1)
  if (colon === start + 1 || text.charCodeAt(colon) !== 58) return null
  const close = digitsEnd(text, colon + 1)
  if (close === colon + 1 || close >= limit || text.charCodeAt(close) !== 93) return null
  return { counters: { packets: text.slice(start + 1, colon), bytes: text.slice(colon + 1, close) }, end: close + 1 }
}

function digitsEnd(text: string, start: number): number {
  let at = start
  for (let code = text.charCodeAt(at); code >= 48 && code <= 57; code = text.charCodeAt(at)) at++
  return at
}

const INSIDE = /(?:^|[ \t])(?:-c|--set-counters)[ \t]+(\d+)(?:,|[ \t]+)(\d+)(?=[ \t]|$)/g

/** Takes `-c PACKETS BYTES` out of a rule (`-S -v` prints it before `-j`; 1.8.10 and later also read `-c P,B`). */
export function takeCounters(rule: string): { text: string; counters?: Counters } {
  for (const found of rule.matchAll(INSIDE)) {
    if (openQuote(rule.slice(0, found.index)) !== -1) continue
    const [whole, packets, bytes] = found as unknown as [string, string, string]
    return {
      text: (rule.slice(0, found.index) + rule.slice(found.index + whole.length)).trimStart(),
      counters: { packets, bytes }
    }
  }
  return { text: rule }
}
