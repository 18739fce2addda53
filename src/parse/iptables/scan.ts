/** Space, tab, and the CR of a file that went through Windows. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 13
}

/** The first place from `from` on that is no blank, at most `end`. */
export function skipBlanks(text: string, from: number, end: number): number {
  let at = from
  while (at < end && isBlank(text.charCodeAt(at))) at++
  return at
}

/** Where the word that begins at `from` ends, at most `end`. */
export function wordEnd(text: string, from: number, end: number): number {
  let at = from
  while (at < end && !isBlank(text.charCodeAt(at))) at++
  return at
}

/** Where the text between `start` and `end` ends without its trailing blanks. */
export function trimEnd(text: string, start: number, end: number): number {
  let at = end
  while (at > start && isBlank(text.charCodeAt(at - 1))) at--
  return at
}
