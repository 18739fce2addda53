const SECRETS: readonly [RegExp, string][] = [
  [/\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, '[token]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [token]'],
  [/([?&;\s"'-](?:access_token|id_token|token|password|passwd|client_secret|api_?key)["']?\s*[=:]\s*)(["']?)[^\s"'&,;}]+\2/gi, '$1[removed]'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1']
]
const MAX_CHARACTERS = 4000

/** What a command wrote to stderr, fit to be kept and printed: no control characters, no credentials, bounded. Null when nothing is left. */
export function cleanText(text: string): string | null {
  const plain = text
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, ' ')
    .replace(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]/gu, '')
  const clean = SECRETS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), plain).trim()
  if (clean === '') return null
  return clean.length > MAX_CHARACTERS ? `${clean.slice(0, MAX_CHARACTERS)} [cut off]` : clean
}

/** The same on one line: of several lines the last that says `error`, else the last. */
export function cleanLine(text: string): string | null {
  const lines = cleanText(text)?.split('\n').map((line) => line.trim()).filter((line) => line !== '') ?? []
  return lines.findLast((line) => /error|unable|cannot|refused|denied|not found/i.test(line)) ?? lines.at(-1) ?? null
}
