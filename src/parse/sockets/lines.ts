import type { Problem } from '../iptables/rule.ts'

/** One line of an input: its text without the line end, its 1-based number and its byte offset. */
export interface Line {
  readonly text: string
  readonly line: number
  readonly offset: number
}

/** Splits at LF; a CR before it, as terminals and Windows editors leave one, is not part of the text. */
export function* linesOf(input: string): Generator<Line> {
  let start = 0
  let offset = 0
  for (let line = 1; start < input.length; line += 1) {
    const end = input.indexOf('\n', start)
    const raw = end === -1 ? input.slice(start) : input.slice(start, end + 1)
    yield { text: raw.replace(/\r?\n$|\r$/, ''), line, offset }
    start += raw.length
    offset += Buffer.byteLength(raw)
  }
}

/** No program whose lines are read one by one prints a longer one: a socket that a thousand processes hold has 30,000. */
const LONGEST_LINE = 64 * 1024

/** The lines of what a program printed, each no longer than any program prints it: what is longer is a problem. */
export function* boundedLinesOf(input: string, problems: Problem[]): Generator<Line> {
  for (const line of linesOf(input)) {
    if (line.text.length <= LONGEST_LINE) yield line
    else
      problems.push(
        problemAt(
          { ...line, text: line.text.slice(0, 200) },
          `not read: a line of ${line.text.length} characters, more than the ${LONGEST_LINE} a line may have`
        )
      )
  }
}

/** The problem of one line: what is wrong and what to do, in one sentence. */
export function problemAt({ text, line, offset }: Line, message: string): Problem {
  return { line, offset, text, message }
}
