import { closingQuote } from './quote.ts'

/** Reads a rule's words one after the other, as iptables-restore's tokenizer does (see quote.ts). */
export class Words {
  readonly text: string
  /** Where the next word is looked for. */
  at = 0
  /** The word just read, without its quotes; where it begins; and whether any of it was in quotes. */
  word = ''
  start = 0
  quoted = false
  /** A quote was opened and not closed: `word` is the rest of the text. */
  unclosed = false

  constructor(text: string) {
    this.text = text
  }

  /** False at the end of the text. */
  next(): boolean {
    const { text } = this
    let at = this.skipBlanks()
    this.start = at
    this.quoted = false
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === 32 || code === 10 || code === 9) break
      if (code === 34) return this.quotedWord(at)
    }
    this.at = at
    this.word = text.slice(this.start, at)
    return at > this.start
  }

  /** Reads the word before any blank, whatever quotes it holds. */
  nextRaw(): void {
    const { text } = this
    let at = this.skipBlanks()
    this.start = at
    this.quoted = false
    while (at < text.length && !isBlank(text.charCodeAt(at))) at++
    this.at = at
    this.word = text.slice(this.start, at)
  }

  /** True when no value can follow: the text ends, or an option or a `!` comes next. */
  optionFollows(): boolean {
    const at = this.skipBlanks()
    const code = this.text.charCodeAt(at)
    if (code === 33) return at + 1 === this.text.length || isBlank(this.text.charCodeAt(at + 1))
    return code === 45 || Number.isNaN(code)
  }

  /** True when the next word begins with a quote that is closed, and closed at the word's end. */
  quotedFollows(): boolean {
    const at = this.skipBlanks()
    if (this.text.charCodeAt(at) !== 34) return false
    const close = closingQuote(this.text, at + 1, this.text.length)
    return close !== -1 && (close + 1 === this.text.length || isBlank(this.text.charCodeAt(close + 1)))
  }

  private quotedWord(open: number): boolean {
    const { text } = this
    const close = closingQuote(text, open + 1, text.length)
    this.quoted = true
    this.unclosed = close === -1
    this.at = close === -1 ? text.length : close + 1
    const inside = text.slice(open + 1, close === -1 ? text.length : close)
    this.word = text.slice(this.start, open) + (inside.includes('\\') ? inside.replace(/\\([^])/g, '$1') : inside)
    return true
  }

  private skipBlanks(): number {
    while (this.at < this.text.length && isBlank(this.text.charCodeAt(this.at))) this.at++
    return this.at
  }
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10
}
