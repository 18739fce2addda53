/** The words of a ruleset, one after the other: each character is looked at once. */

export type TokenKind = 'end' | 'newline' | 'comment' | 'string' | 'mark' | 'operator' | 'word'

const TOKEN =
  /[^\S\n]*(?:(\n)|(#[^\n]*)|"([^"\n]*)"|([{}(),;])|(==|!=|<=|>=|<<|>>|[<>!=&|^])|([^\s{}(),;"|&^<>!=]+)|(")|$)/y

const DEEPEST = 50

const KINDS: readonly TokenKind[] = ['newline', 'comment', 'string', 'mark', 'operator', 'word', 'word']

export class Tokens {
  readonly text: string
  kind: TokenKind = 'end'
  /** Of a string what is between its quotes. */
  value = ''
  /** Where the token begins, blanks left out, and where it ends. */
  start = 0
  end = 0
  line = 1

  private depth = 0

  constructor(text: string) {
    this.text = text
    this.next()
  }

  /** Goes on to the next token and returns the value of the one it leaves. */
  next(): string {
    const left = this.value
    if (this.kind === 'newline') this.line++
    TOKEN.lastIndex = this.end
    const found = TOKEN.exec(this.text)
    this.kind = 'end'
    this.value = ''
    if (!found) {
      this.start = this.end = this.text.length
      return left
    }
    this.end = TOKEN.lastIndex
    this.start = this.end
    for (let at = 1; at < found.length; at++) {
      const value = found[at]
      if (value === undefined) continue
      this.kind = KINDS[at - 1]!
      this.value = value
      this.start = this.end - value.length - (this.kind === 'string' ? 2 : 0)
      break
    }
    return left
  }

  /** A word, mark or operator of this spelling; a string is none. */
  is(value: string): boolean {
    return this.value === value && this.kind !== 'string' && this.kind !== 'end'
  }

  take(value: string): boolean {
    if (!this.is(value)) return false
    this.next()
    return true
  }

  /** Goes back to where a token began. */
  rewind(start: number, line: number): void {
    this.kind = 'end'
    this.value = ''
    this.end = start
    this.line = line
    this.next()
  }

  /** What is nested deeper than anybody nests it is not read: the stack ends somewhere. */
  nested<Read>(read: () => Read): Read {
    if (this.depth === DEEPEST) throw UNREAD
    this.depth++
    try {
      return read()
    } finally {
      this.depth--
    }
  }

  /** The end of a statement: of a rule, of a line of a chain or set. */
  get atLineEnd(): boolean {
    return this.kind === 'newline' || this.kind === 'end' || this.kind === 'comment' || this.is(';') || this.is('}')
  }
}

/** Thrown, and caught, where something is not understood: one object, for there may be one for each rule. */
export const UNREAD = new Error('not read')

export function expectWord(tokens: Tokens): string {
  if (tokens.kind !== 'word' && tokens.kind !== 'string') throw UNREAD
  return tokens.next()
}

export function expect(tokens: Tokens, value: string): void {
  if (!tokens.take(value)) throw UNREAD
}

export function expectNumber(tokens: Tokens): number {
  if (tokens.kind !== 'word' || !/^(?:\d+|0x[0-9a-f]+)$/i.test(tokens.value)) throw UNREAD
  return Number(tokens.next())
}

export function skipNewlines(tokens: Tokens): void {
  while (tokens.kind === 'newline' || tokens.kind === 'comment') tokens.next()
}
