/** Narrowest a text is wrapped to, however deep it is indented. */
const LEAST = 40

/** Words broken into lines of at most `width` characters; a longer word is left whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= Math.max(width, LEAST))
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

export function cut(text: string, width: number): string {
  return text.length > Math.max(width, LEAST) ? `${text.slice(0, Math.max(width, LEAST) - 1)}…` : text
}
