import { endsBlock, OF_MANY } from './blocks.ts'
import { type ChainLine, ChainLines } from './chain-lines.ts'
import type { PolicyCounters } from './listed-chain.ts'
import { isOdd, policyCounters } from './plain-reader.ts'

/**
 * The chains' lines at the head of a table, where they stand in the dump: a large one has a hundred thousand, and of most no more is
 * asked than where their block ends.
 */
export class DeclaredChains {
  readonly table: string
  readonly policies: readonly PolicyCounters[]
  private readonly content: Buffer
  /** Where the lines begin, and where the last one ends. */
  private readonly starts: Uint32Array
  private readonly builtIn: readonly ChainLine[]

  private constructor(table: string, content: Buffer, starts: Uint32Array, builtIn: readonly ChainLine[]) {
    this.table = table
    this.content = content
    this.starts = starts
    this.builtIn = builtIn
    this.policies = builtIn.map((line) => policyCounters(table, line))
  }

  /** Of the lines between two places of a dump. Null where one is not plain: there the careful reader is asked. */
  static read(table: string, content: Buffer, from: number, to: number): DeclaredChains | null {
    const starts = new Uint32Array(Math.ceil((to - from) / SHORTEST) + 1)
    const builtIn = builtInChains(content, from, to)
    if (!builtIn) return null
    let count = 0
    for (const start of builtIn.starts) starts[count++] = start
    const users = starts[count - 1]!
    for (let start = users, previous = -1; start < to; ) {
      const end = uncountedEnd(content, start, previous)
      if (end === -1) return null
      previous = start
      starts[count++] = start = end
    }
    const names = content.subarray(users - 1, to)
    if (builtIn.lines.some(({ name }) => names.includes(`\n:${name} `))) return null
    return new DeclaredChains(table, content, starts.subarray(0, count), builtIn.lines)
  }

  get count(): number {
    return this.starts.length - 1
  }

  name(index: number): string {
    const start = this.starts[index]! + 1
    return this.content.toString('latin1', start, this.content.indexOf(SPACE, start))
  }

  names(from: number, to: number): string[] {
    return Array.from({ length: to - from }, (_, index) => this.name(from + index))
  }

  policy(index: number): string | null {
    return this.builtIn[index]?.policy ?? null
  }

  /** The lines of some chains. */
  lines(from: number, to: number): Buffer {
    return this.content.subarray(this.starts[from], this.starts[to])
  }

  /** One of kube-proxy's many. */
  isMany(index: number): boolean {
    return (
      index >= this.builtIn.length && PREFIXES.some((prefix) => standsAt(this.content, this.starts[index]! + 1, prefix))
    )
  }

  /** Of the block that begins with one of the many: the index after its last chain. */
  blockEnd(first: number): number {
    let next = first + 1
    while (
      next < this.count &&
      this.isMany(next) &&
      !endsBlock(this.content[this.starts[next]! - UNCOUNTED.length - 1]!)
    )
      next++
    return next
  }
}

const [COLON, SPACE, QUOTE, DELETE] = [58, 32, 34, 127]

const PREFIXES = OF_MANY.map((prefix) => Buffer.from(prefix))

/** A user's chain counts nothing, and a block's hash is made over such lines. */
const UNCOUNTED = Buffer.from(' - [0:0]\n')

/** The least that a line takes. */
const SHORTEST = ':N - [0:0]\n'.length

function builtInChains(
  content: Buffer,
  from: number,
  to: number
): { readonly lines: readonly ChainLine[]; readonly starts: number[] } | null {
  const reader = new ChainLines()
  const lines: ChainLine[] = []
  const starts = [from]
  for (let start = from; start < to && uncountedEnd(content, start, -1) === -1; ) {
    const end = content.indexOf(10, start)
    const text = content.toString('latin1', start, end)
    const line = text.startsWith(':') && !isOdd(text) ? reader.read(text, 0, text.length) : null
    if (!line || line.policy === null) return null
    lines.push(line)
    starts.push((start = end + 1))
  }
  return { lines, starts }
}

/** Where the line `:NAME - [0:0]` ends, if it is one and its name comes bytewise after that of the line at `previous`. */
function uncountedEnd(content: Buffer, start: number, previous: number): number {
  if (content[start] !== COLON) return -1
  let at = start + 1
  let before = previous + 1
  let isAfter = previous === -1
  for (let byte = content[at]!; byte !== SPACE; byte = content[++at]!) {
    if (!(byte > SPACE && byte < DELETE) || byte === QUOTE) return -1
    if (isAfter) continue
    const other = content[before++]!
    if (byte < other) return -1
    isAfter = byte > other
  }
  return isAfter && at > start + 1 && standsAt(content, at, UNCOUNTED) ? at + UNCOUNTED.length : -1
}

function standsAt(content: Buffer, at: number, text: Buffer): boolean {
  for (let index = 0; index < text.length; index++) if (content[at + index] !== text[index]) return false
  return true
}
