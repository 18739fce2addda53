import { words } from '../../words.ts'
import type { Line } from '../sockets/lines.ts'

/** What a mail, a web page or another program put around the lines of a terminal. */
const DRESSINGS: readonly RegExp[] = [
  // Quoted in a mail, an issue, a chat.
  /^ {0,3}(?:> ?)+/,
  // kubectl logs --timestamps, journalctl -o short-iso and the like.
  /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]? /
]

/** cat -n, nl, grep -n, an editor. */
const NUMBERED = /^ {0,8}(\d{1,6})(\t|: ?|\| ?| {2})/

/** Of lines that all, or nearly all, are dressed alike, what is inside. */
export function undress(lines: readonly Line[]): Line[] {
  let bare = [...lines]
  for (const dressing of DRESSINGS) {
    const said = bare.filter(({ text }) => text.trim() !== '' && !FENCE.test(text))
    const dressed = said.filter(({ text }) => dressing.test(text) || text.trim() === '>')
    if (said.length > 0 && dressed.length >= 0.8 * said.length)
      bare = bare.map((line) => ({ ...line, text: line.text.replace(dressing, '').replace(/^>$/, '') }))
  }
  if (areNumbered(bare)) bare = bare.map((line) => ({ ...line, text: line.text.replace(NUMBERED, '') }))
  return bare.map((line) => ({ ...line, text: unescaped(line.text) }))
}

/** Counters of rules begin with numbers too: those of lines rise, and every line has one. */
function areNumbered(lines: readonly Line[]): boolean {
  const said = lines.filter(({ text }) => text.trim() !== '' && !FENCE.test(text))
  const numbers = said.map(({ text }) => NUMBERED.exec(text))
  return (
    said.length > 0 &&
    numbers.every((found, index) => {
      const before = numbers[index - 1]
      if (found === null || before === null) return false
      const step = before === undefined ? 1 : Number(found[1]) - Number(before[1])
      return found[2]!.startsWith(' ') ? step === 1 && said.length > 1 : step > 0
    })
  )
}

const FENCE = /^\s*(?:```|~~~)[\w-]*\s*$/

const ENTITIES: Readonly<Record<string, string>> = words({
  gt: '>',
  lt: '<',
  amp: '&',
  quot: '"',
  nbsp: ' ',
  '#39': "'",
  '#34': '"'
})

/** As a page shows it: markdown's fences and escapes, HTML's entities. */
function unescaped(text: string): string {
  if (FENCE.test(text)) return ''
  const plain = text.includes('&')
    ? text.replace(/&(gt|lt|amp|quot|nbsp|#39|#34);/g, (_, name: string) => ENTITIES[name]!)
    : text
  return plain.includes('\\') ? plain.replace(/\\([_*[\]#~`-])/g, '$1') : plain
}

/** Lines of output that somebody marked as comments, so that a reader sees where the commands are. */
export function uncommented(output: string): string {
  const lines = output.split('\n')
  const said = lines.filter((line) => line.trim() !== '')
  if (said.length === 0 || !said.every((line) => /^#(?: |$)/.test(line))) return output
  const inside = lines.map((line) => line.replace(/^# ?/, ''))
  return inside.some((line) => LISTED.test(line)) ? inside.join('\n') : output
}

const LISTED = /^(?:Chain \S+ \(|target +prot|-[APN] \S|\*[a-z]+$|:\S+ (?:-|ACCEPT|DROP)|NAME +[A-Z]|NAMESPACE +NAME)/
