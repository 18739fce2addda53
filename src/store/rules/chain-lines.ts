/** A chain as the head of a table declares it. */
export interface ChainLine {
  readonly name: string
  /** Null for a user's chain. */
  readonly policy: string | null
  readonly counters: readonly [packets: string, bytes: string]
}

/** Reads the chains' lines of one table of a plain dump: the built-in ones first, then the user's in bytewise order, each once. */
export class ChainLines {
  private readonly builtIn: string[] = []
  private latestName = ''

  /** `:NAME POLICY [packets:bytes]`, from its colon to its line feed. Null for a line that is not plain, or not at its place. */
  read(text: string, start: number, end: number): ChainLine | null {
    const nameEnd = text.indexOf(' ', start)
    const policyEnd = text.indexOf(' ', nameEnd + 1)
    if (nameEnd === -1 || nameEnd > end || policyEnd === -1 || policyEnd > end) return null
    const counters = countersOf(text, policyEnd + 1, end)
    if (!counters) return null
    const name = text.slice(start + 1, nameEnd)
    const policy = text.slice(nameEnd + 1, policyEnd)
    if (name === '' || policy === '' || name.includes('"') || !this.isNext(name, policy)) return null
    return { name, policy: policy === '-' ? null : policy, counters }
  }

  private isNext(name: string, policy: string): boolean {
    if (this.builtIn.includes(name)) return false
    if (policy !== '-') return this.latestName === '' && this.builtIn.push(name) > 0
    if (name <= this.latestName) return false
    this.latestName = name
    return true
  }
}

const ZERO = ['0', '0'] as const

function countersOf(text: string, start: number, end: number): ChainLine['counters'] | null {
  if (text.startsWith('[0:0]', start) && start + 5 === end) return ZERO
  const found = /^\[(\d+):(\d+)\]$/.exec(text.slice(start, end))
  return found && [found[1]!, found[2]!]
}
