import { encodeBytes } from './bytes.ts'
import type { Problem } from './rule.ts'

/** Longest text a problem quotes: iptables-restore reads no longer line either. */
const QUOTED = 10_240

/** Collects problems in the order of the text and knows each one's byte offset without measuring the text twice. */
export class ProblemLog {
  readonly problems: Problem[] = []
  private readonly text: string
  private at = 0
  private bytes = 0

  constructor(text: string) {
    this.text = text
  }

  /** `start` and `end` are places in the text; `skipped` bytes were cut out of the text before `start`. */
  add(
    line: number,
    start: number,
    end: number,
    message: string,
    skipped = 0,
    text = this.text.slice(start, end)
  ): void {
    if (start < this.at) [this.at, this.bytes] = [0, 0]
    this.bytes += encodeBytes(this.text.slice(this.at, start)).length
    this.at = start
    this.problems.push({ line, offset: this.bytes + skipped, text: text.slice(0, QUOTED), message })
  }
}
