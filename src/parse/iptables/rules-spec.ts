import { readCommand } from './command.ts'
import { takeCounters } from './counters.ts'
import { ProblemLog } from './problems.ts'
import { closingQuote, valueOfSeveralLines } from './quote.ts'
import type { Chain, Counters, Dump, LineCensus, RuleLine } from './rule.ts'
import { LEGACY_UNSEEN, warnsOfLegacy } from './stray-warning.ts'

type OpenChain = Chain & { rules: RuleLine[] }

/** `-P CHAIN POLICY [-c P B]` for a built-in chain, `-N CHAIN` for a user chain. */
const POLICY = /^-P (\S+) (\S+)(?: -c (\d+) (\d+))?$/
const NEW = /^-N (\S+)$/
const APPEND = /^-A (\S+)(?: |$)/

/**
 * Reads what `iptables -S [CHAIN] [-v]` prints. It names no table; `table` is what the command said, null when nobody
 * knows. The table counts as complete: give `wholeTable: false` when the command named a chain. A prompt with the
 * command in front of the list says both.
 */
export function readSpecList(text: string, table: string | null = null, { wholeTable = true } = {}): Dump {
  return new SpecListReader(text, table, wholeTable).read()
}

class SpecListReader {
  private readonly text: string
  private readonly log: ProblemLog
  private readonly lines: LineCensus = { rules: 0, chains: 0, structure: 0, comments: 0, blank: 0, unread: 0 }
  private readonly chains = new Map<string, OpenChain>()
  private table: string | null
  private complete: boolean
  private line = 1
  private quote = -1
  private start = 0
  private end = 0

  constructor(text: string, table: string | null, wholeTable: boolean) {
    this.text = text
    this.table = table
    this.complete = wholeTable
    this.log = new ProblemLog(text)
  }

  read(): Dump {
    for (; this.start < this.text.length; this.start = this.end + 1, this.line++) {
      this.end = this.lineEnd(this.start)
      this.readLine(this.text.slice(this.start, this.end).trimEnd())
    }
    return {
      tables: [{ name: this.table, chains: this.chains, complete: this.complete }],
      problems: this.log.problems,
      lines: this.lines
    }
  }

  private readLine(line: string): void {
    const append = APPEND.exec(line)
    if (append) this.rule(append[1]!, this.start + append[0].length)
    else if (this.chain(line)) this.lines.chains++
    else if (line === '') this.lines.blank++
    else if (warnsOfLegacy(line)) this.incomplete('comments', LEGACY_UNSEEN)
    else if (/^# (?:Warning:|Table `)/.test(line))
      this.incomplete('comments', 'iptables warns that this list is not all there is')
    else if (!this.command(line)) this.incomplete('unread', 'not a line of iptables -S: not read')
  }

  private rule(name: string, from: number): void {
    const { line } = this
    let chain = this.chains.get(name)
    if (!chain) {
      this.problem(`a rule of chain ${name}, which the list does not begin with -P or -N: its policy is not known`)
      this.chains.set(name, (chain = { name, policy: null, rules: [], declared: false }))
    }
    if (!this.joinLines(from))
      this.log.add(line, this.start, this.end, 'a quote is opened and not closed: the rule is read as it stands')
    const { text, counters } = takeCounters(this.text.slice(from, this.end).trim())
    chain.rules.push({ text: text.trimEnd(), ...(counters && { counters }), line })
    this.lines.rules += this.line - line + 1
  }

  /** Takes in the lines on which a quoted value goes on; false when a quote stays open. */
  private joinLines(from: number): boolean {
    for (let open = this.nextQuote(from); open < this.end; ) {
      let close = closingQuote(this.text, open + 1, this.end)
      if (close === -1) close = valueOfSeveralLines(this.text, open)
      if (close === -1) return false
      if (close > this.end) {
        this.line += this.text.slice(open, close).split('\n').length - 1
        this.end = this.lineEnd(close)
      }
      open = this.nextQuote(close + 1)
    }
    return true
  }

  /** Looked up only when passed: most rules have none. */
  private nextQuote(from: number): number {
    if (this.quote >= from) return this.quote
    const found = this.text.indexOf('"', from)
    this.quote = found === -1 ? Infinity : found
    return this.quote
  }

  private chain(line: string): boolean {
    const policy = POLICY.exec(line)
    const name = policy?.[1] ?? NEW.exec(line)?.[1]
    if (name === undefined) return false
    const counters: Counters | null = policy?.[3] === undefined ? null : { packets: policy[3], bytes: policy[4]! }
    this.chains.set(name, {
      name,
      policy: policy?.[2] ?? null,
      ...(counters && { counters }),
      rules: this.chains.get(name)?.rules ?? []
    })
    return true
  }

  private command(line: string): boolean {
    const iptables = readCommand(line)?.iptables
    if (iptables?.action !== 'spec' || this.chains.size > 0) return false
    this.lines.comments++
    this.table = iptables.table
    if (iptables.chain !== null) this.complete = false
    if (iptables.filter === null) return true
    this.complete = false
    this.problem(`behind "| ${iptables.filter}" a list is not whole: what it does not show is unknown, not absent`)
    return true
  }

  private incomplete(kind: 'comments' | 'unread', message: string): void {
    this.lines[kind]++
    this.complete = false
    this.problem(message)
  }

  private problem(message: string): void {
    this.log.add(this.line, this.start, this.end, message)
  }

  private lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from)
    return end === -1 ? this.text.length : end
  }
}
