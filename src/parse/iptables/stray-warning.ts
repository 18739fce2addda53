import { encodeBytes } from './bytes.ts'
import { openQuote } from './quote.ts'

/** stdio's buffer: where stdout is no terminal, it is written out in pieces of this size. */
const STDOUT_BUFFER = 4_096

/**
 * `iptables-save 2>&1` may put the one warning that iptables writes to stderr in the middle of a line: stdout is flushed
 * every 4,096 bytes, wherever that is. (puppetlabs-firewall #1266)
 */
const WARNING = /(?:# Warning: ip6?tables-legacy tables present, use ip6?tables-legacy(?:-save)? to see them\r?\n)+/g

/** The problem of a dump in which that warning stands, wherever it does. */
export const LEGACY_UNSEEN = 'iptables warns that rules of iptables-legacy are there too, which are not shown here'

export function warnsOfLegacy(line: string): boolean {
  return /^(?:# )?Warning: ip6?tables-legacy tables present/.test(line)
}

/** A warning that was cut out of the text, and where. */
export interface Cut {
  /** Place in the text that is left. */
  readonly at: number
  readonly length: number
  /** Physical lines that it took. */
  readonly lines: number
  readonly warning: string
}

/** Takes warnings inside a line out, so that the line is whole again. One on a line of its own is left: it is a comment. */
export function cutStrayWarnings(text: string): { text: string; cuts: readonly Cut[] } {
  const parts: string[] = []
  const cuts: Cut[] = []
  let kept = 0
  let removed = 0
  /** Bytes of the text up to `measured`. */
  let [bytes, measured] = [0, 0]
  if (!text.includes('tables-legacy tables present')) return { text, cuts }
  for (const { 0: warning, index } of text.matchAll(WARNING)) {
    bytes += encodeBytes(text.slice(measured, index)).length
    measured = index
    if (index === 0 || text[index - 1] === '\n' || isValue(text, index, bytes - removed)) continue
    parts.push(text.slice(kept, index))
    cuts.push({
      at: index - removed,
      length: warning.length,
      lines: warning.split('\n').length - 1,
      warning: warning.trimEnd()
    })
    kept = index + warning.length
    removed += warning.length
  }
  return cuts.length === 0 ? { text, cuts } : { text: parts.join('') + text.slice(kept), cuts }
}

/** A comment may hold the very words. Between quotes the warning is taken as iptables' own only where stdout was flushed. */
function isValue(text: string, index: number, printed: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', index) + 1, index)
  return openQuote(line) !== -1 && printed % STDOUT_BUFFER !== 0
}
