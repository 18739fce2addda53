import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** What stands out in a text for people: severities, + and −, and the node that is unlike the others. Nothing else is coloured. */
const MARKS: readonly (readonly [RegExp, Style])[] = [
  [/^ERROR\b/gm, ['bold', 'red']],
  [/^WARN\b/gm, ['bold', 'yellow']],
  [/^INFO\b/gm, ['bold', 'cyan']],
  [/^(?:NOT SEEN|UNKNOWN)\b/gm, ['bold', 'magenta']],
  [/^ *\+ (?:-A |:).*$/gm, 'green'],
  [/^ *− (?:-A |:).*$/gm, 'red'],
  [/\bonly on [a-z0-9][-a-z0-9.]*/g, 'yellow'],
  [/\brules of (?:(?!rules of )[^\n])* did not follow\b|although no object did/g, 'yellow']
]

/** The text with colours for a terminal. It holds no control characters of its own. */
export function coloured(text: string): string {
  return MARKS.reduce(
    (done, [pattern, style]) => done.replace(pattern, (match) => styleText(style, match, { validateStream: false })),
    text
  )
}
