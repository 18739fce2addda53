import { endsBlock, isOfMany } from './blocks.ts'
import { ChainLines, type ChainLine } from './chain-lines.ts'
import { isOdd, policyCounters } from './plain-reader.ts'
import type { PolicyCounters } from './listed-chain.ts'

/**
 * The chains' lines at the head of a table, as text: a large dump has a hundred thousand, and of most no more is asked than where
 * their block ends.
 */
export class DeclaredChains {
  readonly table: string
  readonly policies: readonly PolicyCounters[]
  private readonly text: string
  /** Where the lines begin, and where the last one ends. */
  private readonly starts: readonly number[]
  private readonly builtIn: ReadonlyMap<string, string>

  private constructor(table: string, text: string, starts: readonly number[], builtIn: readonly ChainLine[]) {
    this.table = table
    this.text = text
    this.starts = starts
    this.policies = builtIn.map((line) => policyCounters(table, line))
    this.builtIn = new Map(builtIn.map(({ name, policy }) => [name, policy!]))
  }

  /** Null where a line is not plain. */
  static read(table: string, text: string): DeclaredChains | null {
    if (isOdd(text)) return null
    const lines = new ChainLines()
    const starts = [0]
    const builtIn: ChainLine[] = []
    for (let start = 0, end = 0; start < text.length; start = end + 1) {
      end = text.indexOf('\n', start)
      const line = end !== -1 && text.startsWith(':', start) ? lines.read(text, start, end) : null
      if (!line) return null
      if (line.policy !== null) builtIn.push(line)
      // A user's chain counts nothing, and a block's hash is made over such lines.
      else if (!isUncounted(text, end + 1)) return null
      starts.push(end + 1)
    }
    return new DeclaredChains(table, text, starts, builtIn)
  }

  get count(): number {
    return this.starts.length - 1
  }

  name(index: number): string {
    const start = this.starts[index]! + 1
    return this.text.slice(start, this.text.indexOf(' ', start))
  }

  names(from: number, to: number): string[] {
    return Array.from({ length: to - from }, (_, index) => this.name(from + index))
  }

  policy(index: number): string | null {
    return this.builtIn.get(this.name(index)) ?? null
  }

  /** Where the line stands in the text. */
  start(index: number): number {
    return this.starts[index]!
  }

  /** One of kube-proxy's many. */
  isMany(index: number): boolean {
    return isOfMany(this.text, this.starts[index]! + 1) && isUncounted(this.text, this.starts[index + 1]!)
  }

  /** Of the block that begins with one of the many: the index after its last chain. */
  blockEnd(first: number): number {
    let next = first + 1
    while (next < this.count && this.isMany(next) && !endsBlock(this.text, this.starts[next]! - UNCOUNTED.length)) next++
    return next
  }
}

const UNCOUNTED = ' - [0:0]\n'

function isUncounted(text: string, end: number): boolean {
  return text.startsWith(UNCOUNTED, end - UNCOUNTED.length)
}
