const NAME =
  '(?:[\\w.-]*(?:token|passw(?:or)?d|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|client-key-data|client-certificate-data|cookie))'
/** What credentials look like, and what is written instead. Names of what is missing, such as `secrets "x" not found`, are no credentials. */
const SECRETS: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[key]'],
  [/\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, '[token]'],
  [/\b(bearer|basic|negotiate)\s+[\w.~+/=-]{6,}/gi, '$1 [token]'],
  // Bootstrap tokens, K3s' and RKE2's node tokens, tokens of clouds and forges.
  [/\bK10[0-9a-f]{20,}(?:::[\w-]+:\S+)?/g, '[token]'],
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, '[token]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_\w{20,}|\bglpat-[\w-]{20,}|\bxox[abprs]-[\w-]{10,}/g, '[token]'],
  [
    new RegExp(`((?:^|[?&;,{(\\s"'])-{0,2}${NAME}["']?\\s*[=:]\\s*)(?:"[^"\\n]*"?|'[^'\\n]*'?|[^\\s"'&,;})]+)`, 'gi'),
    '$1[removed]'
  ],
  [new RegExp(`(\\s--?${NAME})\\s+(?!\\[|-)[^\\s"']+`, 'gi'), '$1 [removed]'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1'],
  // Random letters of both cases and digits: what encodes a key. Digests, names and UUIDs are in small letters.
  [
    /\b(?=[\w+-]*[a-z])(?=[\w+-]*[A-Z])(?=[\w+-]*\d)(?![A-Z]+-(?:SVC|SEP|FW|EXT|SVL|XLB)-)[\w+-]{32,}={0,2}/g,
    '[removed]'
  ]
]
/** A word of a message is not longer. */
const LONGEST_WORD = 1000
/** Of a text that is longer the beginning is looked at. */
const LONGEST_TEXT = 16 * 1024
const MAX_CHARACTERS = 4000

/** What a command wrote to stderr, fit to be kept and printed: no control characters, no credentials, bounded. Null when nothing is left. */
export function cleanText(text: string): string | null {
  const plain = beginning(text)
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, ' ')
    .replace(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]/gu, '')
  const clean = SECRETS.reduce(
    (rest, [pattern, instead]) => rest.replace(pattern, instead),
    withoutLongWords(plain)
  ).trim()
  if (clean === '') return text.length > LONGEST_TEXT ? '[a word without end]' : null
  return clean.length > MAX_CHARACTERS ? `${clean.slice(0, MAX_CHARACTERS)} [cut off]` : clean
}

/** Ends with a whole word: of half a credential it could not be seen that it is one. */
function beginning(text: string): string {
  if (text.length <= LONGEST_TEXT) return text
  const cut = text.slice(0, LONGEST_TEXT)
  return cut.slice(0, Math.max(cut.lastIndexOf(' '), cut.lastIndexOf('\n')) + 1)
}

/** The patterns above look at a word as often as it has parts: of words that are bounded, the steps are too. */
function withoutLongWords(text: string): string {
  return text.replace(/\S+/g, (word) => (word.length <= LONGEST_WORD ? word : '[a word without end]'))
}

/** The same on one line: of several lines the last that says `error`, else the last. */
export function cleanLine(text: string): string | null {
  const lines =
    cleanText(text)
      ?.split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '') ?? []
  return lines.findLast((line) => /error|unable|cannot|refused|denied|not found/i.test(line)) ?? lines.at(-1) ?? null
}
