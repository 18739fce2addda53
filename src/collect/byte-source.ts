const NEWLINE = 0x0a
/** No line of a heading is longer; what is, is no heading. */
const MAX_LINE = 64 * 1024
/** `ip -json` prints all routes as one line: a hundred bytes each. */
const MAX_CONTENT_LINE = 64 * 1024 * 1024

/** Bytes that arrive in pieces, read as lines or up to a delimiter. Holds no more than a piece and one unfinished line. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>
  #pending: Buffer = Buffer.alloc(0)
  #ended = false

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** The next line without its end; undefined at the end. A last line without an end was cut off: it is left out. Throws when it is too long. */
  async line(): Promise<string | undefined> {
    let end = this.#pending.indexOf(NEWLINE)
    while (end < 0) {
      if (!(await this.#more(MAX_LINE))) return undefined
      end = this.#pending.indexOf(NEWLINE)
    }
    const line = this.#pending.toString('utf8', 0, end)
    this.#pending = this.#pending.subarray(end + 1)
    return line
  }

  /**
   * The bytes before the line that begins with `mark`, without the line end that stands before it; the mark is taken. Returns false
   * where the end comes first: then an unfinished last line is left out, since half a line says something else than a whole one.
   * Throws when a line is too long.
   */
  async *before(mark: Buffer): AsyncGenerator<Buffer, boolean> {
    const delimiter = Buffer.concat([Buffer.of(NEWLINE), mark])
    for (;;) {
      const at = this.#pending.indexOf(delimiter)
      const whole = at >= 0 ? at : this.#pending.lastIndexOf(NEWLINE)
      if (whole > 0) yield this.#pending.subarray(0, whole)
      if (at >= 0) {
        this.#pending = this.#pending.subarray(at + delimiter.length)
        return true
      }
      if (whole > 0) this.#pending = this.#pending.subarray(whole)
      if (await this.#more(MAX_CONTENT_LINE)) continue
      const rest = this.#pending
      this.#pending = Buffer.alloc(0)
      // The line end may be the content's own, or the one before a mark that was cut off.
      if (
        rest.length > 0 &&
        rest[0] === NEWLINE &&
        !(rest.length > 1 && delimiter.subarray(0, rest.length).equals(rest))
      )
        yield rest.subarray(0, 1)
      return false
    }
  }

  /** More, to the end of a line: of an unfinished one the pieces are put together once, not with each piece. */
  async #more(longest: number): Promise<boolean> {
    const pieces: Buffer[] = []
    for (let size = this.#pending.length; !this.#ended; ) {
      const { value, done } = await this.#chunks.next()
      if (done === true) {
        this.#ended = true
        break
      }
      pieces.push(value)
      size += value.length
      if (value.includes(NEWLINE)) break
      if (size > longest) throw new Error(`a line without end: more than ${longest} bytes`)
    }
    if (pieces.length > 0) this.#pending = Buffer.concat([this.#pending, ...pieces])
    return pieces.length > 0
  }
}
