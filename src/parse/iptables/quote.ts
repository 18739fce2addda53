/**
 * Quotes as iptables-restore's tokenizer reads them (xshared.c add_param_to_argv): `"` opens anywhere, the closing `"`
 * ends the word, and only inside quotes `\` takes the next character as it is. `'` means nothing.
 */

/** Place of the quote that closes the one before `from`, or -1 when none does before `limit`. */
export function closingQuote(text: string, from: number, limit: number): number {
  for (let quote = text.indexOf('"', from); quote !== -1 && quote < limit; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (quote - backslashes > from && text.charCodeAt(quote - backslashes - 1) === 92) backslashes++
    if (backslashes % 2 === 0) return quote
  }
  return -1
}

/**
 * The longest quoted value iptables writes is a comment: 255 bytes, each escaped. A quote that stays open for longer
 * is a stray one (interface and chain names are printed raw and may hold quotes), not a value of several lines.
 */
const LONGEST_VALUE = 1_100

/** Only xtables_save_string writes values that may hold a line feed. */
const STRING_OPTION = /(?:^|[ \t])--(?:comment|log-prefix|nflog-prefix|ulog-prefix|helper|nfacct-name|path)[ \t]+$/

/** Place of the closing quote when a value that is opened at `open` goes on after the line feed, else -1. */
export function valueOfSeveralLines(text: string, open: number): number {
  if (!STRING_OPTION.test(text.slice(Math.max(0, open - 40), open))) return -1
  const close = closingQuote(text, open + 1, open + LONGEST_VALUE)
  if (close === -1) return -1
  const after = text.charCodeAt(close + 1)
  return Number.isNaN(after) || after === 32 || after === 10 || after === 13 || after === 9 ? close : -1
}

/** Place of a quote that is opened and not closed before the text ends, or -1. */
export function openQuote(text: string): number {
  let open = text.indexOf('"')
  while (open !== -1) {
    const close = closingQuote(text, open + 1, text.length)
    if (close === -1) return open
    open = text.indexOf('"', close + 1)
  }
  return -1
}
