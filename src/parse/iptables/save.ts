import { readCommand } from './command.ts'
import { bracketCounters, takeCounters } from './counters.ts'
import { readGenerator } from './generator.ts'
import { ProblemLog } from './problems.ts'
import { closingQuote, valueOfSeveralLines } from './quote.ts'
import type { Chain, Counters, Dump, Generator, LineCensus, RuleLine, Table } from './rule.ts'
import { isBlank, skipBlanks, trimEnd, wordEnd } from './scan.ts'
import { type Cut, cutStrayWarnings, LEGACY_UNSEEN, warnsOfLegacy } from './stray-warning.ts'

/** What iptables-nft prints instead of, or in front of, a table that iptables cannot express. */
const INCOMPATIBLE = /^# Table `([^']*)' (?:is incompatible|contains incompatible base-chains), use 'nft' tool/

const BYTE_ORDER_MARK = 0xfeff

const TABLE_BETWEEN_CR = /(?:^|\r)\*\w+\r/

/** The problem of a dump that was cut. */
export const ENDS_EARLY = 'the dump ends before COMMIT: rules may be missing'

/** How many chains without rules are passed over before a chain is looked up by its name. */
const CHAINS_AHEAD = 16

type MutableChain = { -readonly [Key in keyof Chain]: Chain[Key] } & { rules: RuleLine[] }

interface OpenTable {
  name: string
  chains: Map<string, MutableChain>
  complete: boolean
  generator: Generator | undefined
}

/**
 * Splits what iptables-save prints (with or without -c) into tables, chains and rules, without reading the rules' matches.
 * Physical lines of one rule are joined. Quick: a dump may have 361,000 rules in 62 MB.
 */
export function readSave(text: string): Dump {
  // A file that lost its line feeds on the way would be one comment.
  const { text: whole, cuts } = cutStrayWarnings(
    !text.includes('\n') && TABLE_BETWEEN_CR.test(text) ? text.replaceAll('\r', '\n') : text
  )
  return new SaveReader(whole, cuts).read()
}

class SaveReader {
  private readonly text: string
  private readonly cuts: readonly Cut[]
  private readonly log: ProblemLog
  private readonly lines: LineCensus = { rules: 0, chains: 0, structure: 0, comments: 0, blank: 0, unread: 0 }
  private readonly tables: Table[] = []
  private readonly withheld = new Set<string>()
  private table: OpenTable | null = null
  private chain: MutableChain | null = null
  /** The open table's chains as declared, and how far the rules have come. */
  private order: MutableChain[] = []
  private reached = -1
  private generator: Generator | undefined
  private firstGenerator: Generator | undefined
  private filtered = false
  /** The open table has, or may have, rules that are not read, and of which chain they are is not known. */
  private doubted = false
  private line = 1
  private nextCut = 0
  private cutBytes = 0
  /** The next quote and the next `-c ` at or after the place reached; looked up only when passed. */
  private quote = -1
  private dashC = -1
  private setCounters = -1

  constructor(text: string, cuts: readonly Cut[]) {
    this.text = text
    this.cuts = cuts
    this.log = new ProblemLog(text)
  }

  read(): Dump {
    const { text } = this
    let start = 0
    for (let end = 0; start < text.length; start = end + 1) {
      end = text.indexOf('\n', start)
      if (end === -1) end = text.length
      let first = text.charCodeAt(start)
      if (isBlank(first) || first === BYTE_ORDER_MARK) {
        start = skipBlanks(text, start + 1, end)
        first = text.charCodeAt(start)
      }
      if (first === 45 || first === 91) end = this.rule(start, end)
      else if (first === 58) this.chainLine(start, end)
      else this.otherLine(start, end)
      this.line++
      if (this.nextCut < this.cuts.length && this.cuts[this.nextCut]!.at <= end) this.passCuts(end)
    }
    if (this.table) this.abandon(start, start, ENDS_EARLY)
    for (const name of this.withheld) this.tables.push({ name, chains: new Map(), complete: false })
    return {
      ...(this.firstGenerator && { generator: this.firstGenerator }),
      tables: this.tables,
      problems: this.log.problems,
      lines: this.lines
    }
  }

  /** `[packets:bytes] -A CHAIN …`; returns where the rule's last line ends. */
  private rule(start: number, lineEnd: number): number {
    const { text } = this
    const prefix = text.charCodeAt(start) === 91 ? bracketCounters(text, start, lineEnd) : null
    const at = prefix ? skipBlanks(text, prefix.end, lineEnd) : start
    if (!this.table || !text.startsWith('-A', at) || !isBlank(text.charCodeAt(at + 2)))
      return this.foreignLine(start, lineEnd)
    const nameStart = skipBlanks(text, at + 2, lineEnd)
    const nameEnd = this.enterChain(this.table, start, nameStart, lineEnd)
    if (nameEnd === nameStart) return this.foreignLine(start, lineEnd)
    const line = this.line
    const end = this.ruleEnd(start, nameEnd, lineEnd)
    if (end === text.length) return this.cutLine(start, end)
    const words = text.slice(skipBlanks(text, nameEnd, end), trimEnd(text, nameEnd, end))
    this.lines.rules += this.line - line + 1
    this.chain!.rules.push(this.ruleLine(words, prefix?.counters, line, nameEnd, end))
    return end
  }

  /** Every line that iptables-save prints has an end, and COMMIT comes after the rules: this one is cut, nobody knows where. */
  private cutLine(start: number, end: number): number {
    this.lines.unread++
    this.problem(start, end, 'the dump ends in the middle of this line: not read')
    return end
  }

  private ruleLine(words: string, prefix: Counters | undefined, line: number, from: number, end: number): RuleLine {
    if (this.mayHoldCounters(from, end)) {
      const { text, counters = prefix } = takeCounters(words)
      return counters ? { text, counters, line } : { text, line }
    }
    return prefix ? { text: words, counters: prefix, line } : { text: words, line }
  }

  private mayHoldCounters(from: number, end: number): boolean {
    if (this.dashC < from) this.dashC = place(this.text.indexOf('-c ', from))
    if (this.setCounters < from) this.setCounters = place(this.text.indexOf('--set-counters', from))
    return this.dashC < end || this.setCounters < end
  }

  /** Where the rule ends: at the line's end, or later when a value with a line feed is still open there. */
  private ruleEnd(start: number, from: number, lineEnd: number): number {
    const { text } = this
    if (this.quote < from) this.quote = place(text.indexOf('"', from))
    let end = lineEnd
    while (this.quote < end) {
      let close = closingQuote(text, this.quote + 1, end)
      if (close === -1) {
        close = valueOfSeveralLines(text, this.quote)
        if (close === -1) {
          this.problem(
            start,
            end,
            'a quote is opened and not closed: the rule is read as one line (iptables-restore refuses it)'
          )
          this.quote = place(text.indexOf('"', end))
          break
        }
        for (let feed = end; feed !== -1 && feed < close; feed = text.indexOf('\n', feed + 1)) this.line++
        end = place(text.indexOf('\n', close))
        if (end > text.length) end = text.length
      }
      this.quote = place(text.indexOf('"', close + 1))
    }
    return end
  }

  /** Makes the chain named at `start` the current one and returns where its name ends. */
  private enterChain(table: OpenTable, lineStart: number, start: number, lineEnd: number): number {
    const { text } = this
    if (this.chain && this.isNamed(this.chain.name, start, lineEnd)) return start + this.chain.name.length
    if (this.nextInOrder(start, lineEnd)) return start + this.chain!.name.length
    const end = wordEnd(text, start, lineEnd)
    if (end === start) return end
    const name = text.slice(start, end)
    const known = table.chains.get(name) ?? table.chains.get(name.replace(/^"([^"\\]+)"$/, '$1'))
    this.chain = known ?? this.undeclaredChain(table, name, lineStart, lineEnd)
    return end
  }

  /** iptables prints rules in the order of the chains' lines: the next chain with rules is one of the next few. */
  private nextInOrder(start: number, lineEnd: number): boolean {
    const last = Math.min(this.reached + CHAINS_AHEAD, this.order.length - 1)
    for (let index = this.reached + 1; index <= last; index++) {
      if (!this.isNamed(this.order[index]!.name, start, lineEnd)) continue
      this.chain = this.order[index]!
      this.reached = index
      return true
    }
    return false
  }

  private isNamed(name: string, start: number, lineEnd: number): boolean {
    const end = start + name.length
    return (end === lineEnd || this.text.charCodeAt(end) === 32) && this.text.startsWith(name, start)
  }

  private undeclaredChain(table: OpenTable, name: string, start: number, lineEnd: number): MutableChain {
    this.problem(
      start,
      lineEnd,
      `a rule of chain ${name}, which table ${table.name} does not declare: its policy is not known`
    )
    const chain: MutableChain = { name, policy: null, rules: [], declared: false }
    table.chains.set(name, chain)
    return chain
  }

  /** `:CHAIN POLICY [packets:bytes]` */
  private chainLine(start: number, lineEnd: number): void {
    const { text, table } = this
    const nameEnd = wordEnd(text, start + 1, lineEnd)
    const policyStart = skipBlanks(text, nameEnd, lineEnd)
    const policyEnd = wordEnd(text, policyStart, lineEnd)
    const countersStart = skipBlanks(text, policyEnd, lineEnd)
    const counted = bracketCounters(text, countersStart, lineEnd)
    const rest = skipBlanks(text, counted ? counted.end : countersStart, lineEnd)
    if (!table || nameEnd === start + 1 || policyEnd === policyStart || rest !== lineEnd)
      return void this.foreignLine(start, lineEnd)
    this.lines.chains++
    const name = text.slice(start + 1, nameEnd)
    const policy = text.slice(policyStart, policyEnd)
    const known = table.chains.get(name)
    if (known)
      this.problem(start, lineEnd, `chain ${name} is declared again, or after its rules, in table ${table.name}`)
    const { rules = [] } = known ?? {}
    const chain: MutableChain = { name, policy: policy === '-' ? null : policy, rules }
    if (counted) chain.counters = counted.counters
    table.chains.set(name, chain)
    this.order.push(chain)
    this.chain = null
  }

  private otherLine(start: number, lineEnd: number): void {
    const line = this.text.slice(start, trimEnd(this.text, start, lineEnd))
    if (line === '') this.lines.blank++
    else if (line.startsWith('#') && !isCommand(line)) this.comment(line, start, lineEnd)
    else if (/^\*\S+$/.test(line)) this.openTable(line.slice(1), start, lineEnd)
    // iptables-restore compares the whole line: "COMMIT " commits nothing.
    else if (line === 'COMMIT' && this.table && /^\r?$/.test(this.text.slice(start + 6, lineEnd))) this.commit()
    else if (!this.command(line, start, lineEnd)) this.foreignLine(start, lineEnd)
  }

  /** A pasted dump may begin with its prompt; behind a filter it is not whole. */
  private command(line: string, start: number, lineEnd: number): boolean {
    const iptables = this.table ? null : readCommand(line)?.iptables
    if (iptables?.action !== 'save') return false
    this.lines.comments++
    this.filtered = iptables.filter !== null
    if (this.filtered)
      this.problem(
        start,
        lineEnd,
        `behind "| ${iptables.filter}" a dump is not whole: what it does not show is unknown, not absent`
      )
    return true
  }

  private comment(line: string, start: number, lineEnd: number): void {
    this.lines.comments++
    const generator = readGenerator(line)
    if (generator) {
      this.generator = generator
      this.firstGenerator ??= generator
    }
    const name = INCOMPATIBLE.exec(line)?.[1]
    if (name !== undefined) this.withhold(name, start, lineEnd)
    else if (line.startsWith('# Warning:'))
      this.problem(
        start,
        lineEnd,
        warnsOfLegacy(line) ? LEGACY_UNSEEN : 'iptables warns that this dump is not all there is'
      )
  }

  /** The table exists on the node, and the dump does not show it or not all of it. */
  private withhold(name: string, start: number, lineEnd: number): void {
    this.problem(
      start,
      lineEnd,
      `iptables cannot show table ${name}, or not all of it: what is missing here is unknown, not absent`
    )
    this.withheld.add(name)
  }

  private openTable(name: string, start: number, lineEnd: number): void {
    if (this.table)
      this.abandon(
        start,
        lineEnd,
        `table ${name} begins before COMMIT of table ${this.table.name}: rules may be missing`
      )
    this.lines.structure++
    this.table = {
      name,
      chains: new Map(),
      complete: !this.withheld.delete(name) && !this.filtered,
      generator: this.generator
    }
    this.doubted = !this.table.complete
    this.chain = null
    this.order = []
    this.reached = -1
  }

  private commit(): void {
    this.lines.structure++
    this.closeTable()
  }

  private abandon(start: number, end: number, message: string): void {
    this.problem(start, end, message)
    this.table!.complete = false
    this.unreached()
    this.closeTable()
  }

  /** Rules stand in the order of the chains' lines: of the chain where the text breaks off, and of those after it, rules may be missing. */
  private unreached(): void {
    const from = this.chain === null ? 0 : Math.max(0, this.order.indexOf(this.chain))
    for (const chain of this.order.slice(from)) chain.complete = false
    if (this.chain) this.chain.complete = false
  }

  private closeTable(): void {
    const { generator, ...table } = this.table!
    if (this.doubted) for (const chain of table.chains.values()) chain.complete = false
    this.doubted = false
    this.tables.push(generator ? { ...table, generator } : table)
    this.table = null
    this.chain = null
  }

  /** A line that iptables-save does not print. Inside a table it may be a rule's remains, or change rules. */
  private foreignLine(start: number, lineEnd: number): number {
    this.lines.unread++
    if (this.table) this.table.complete = false
    this.doubted = this.table !== null
    this.problem(
      start,
      lineEnd,
      this.table ? 'not a line of iptables-save: not read' : 'a line outside of any table: not read'
    )
    return lineEnd
  }

  private problem(start: number, end: number, message: string): void {
    this.log.add(this.line, start, trimEnd(this.text, start, end), message, this.cutBytes)
  }

  /** Warnings were cut out of the line just read; each took a line and bytes of its own. */
  private passCuts(end: number): void {
    for (let cut = this.cuts[this.nextCut]; cut && cut.at <= end; cut = this.cuts[++this.nextCut]) {
      // The last of its lines is the one that the rest of the cut line stands on, if there is a rest.
      this.lines.comments += cut.at < this.text.length ? cut.lines : cut.lines - 1
      this.log.add(this.line - 1, cut.at, cut.at, LEGACY_UNSEEN, this.cutBytes, cut.warning)
      this.cutBytes += cut.length
      this.line += cut.lines
    }
  }
}

/** Behind root's prompt, without its host: `# iptables-save`, `# /sbin/iptables-legacy-save -c`. */
function isCommand(line: string): boolean {
  const program = /^# (\S+)/.exec(line)?.[1] ?? ''
  const name = program.search(/ip6?tables/)
  return name !== -1 && /-save\b/.test(program.slice(name))
}

function place(found: number): number {
  return found === -1 ? Infinity : found
}
