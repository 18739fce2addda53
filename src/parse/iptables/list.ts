import { type IptablesCommand, readCommand } from './command.ts'
import { CHAIN, EXACT_HEADING, HEADING, LONGEST_ROW, mayEndRow, SOME_CHAIN, TABLE } from './list-lines.ts'
import { ProblemLog } from './problems.ts'
import { type Columns, type ListedRule, readBrokenRow, readRow } from './row.ts'
import type { Chain, Dump, LineCensus, RuleLine, Table } from './rule.ts'
import { LEGACY_UNSEEN, warnsOfLegacy } from './stray-warning.ts'

/** A comment is at most 255 bytes; one with a line feed splits its row. */
const LONGEST_ROW_REST = 300
/** Lines that a broken row goes on for. */
const MOST_LINES = 4

type OpenChain = { -readonly [Key in keyof Chain]: Chain[Key] } & { rules: RuleLine[] }
type OpenTable = { -readonly [Key in keyof Omit<Table, 'chains'>]: Table[Key] } & {
  readonly chains: Map<string, OpenChain>
  /** Whether the command asked for the whole table; null without a command. */
  readonly whole: boolean | null
}

/** What is known where a row stands: of which chain it is, how its columns stand, and whether their headings stood there. */
interface Section {
  readonly chain: OpenChain | null
  readonly columns: Columns | null
  readonly headed: boolean
}

const NOWHERE: Section = { chain: null, columns: null, headed: false }

/**
 * Reads what `iptables -L [CHAIN] [-n] [-v] [-x] [--line-numbers]` prints, also after `| column -t`, and several of them
 * with the shell's prompts between. The prompts say which table, chain and filter it was; without one the table is
 * `table` (null: not known), or what a line `Table: nat` says. A chain behind a filter is not complete, and a row whose chain is not certain is not read.
 */
export function readList(text: string, table: string | null = null): Dump {
  return new ListReader(text, table).read()
}

class ListReader {
  private readonly text: string
  /** The table of the chains to come, where no command says it. */
  private given: string | null
  private readonly log: ProblemLog
  private readonly lines: LineCensus = { rules: 0, chains: 0, structure: 0, comments: 0, blank: 0, unread: 0 }
  private readonly tables: OpenTable[] = []
  private table: OpenTable | null = null
  private section: Section = NOWHERE
  private command: IptablesCommand | null = null
  private prompt: string | undefined
  private line = 1
  private start = 0
  private end = 0

  constructor(text: string, table: string | null) {
    this.text = text
    this.given = table
    this.log = new ProblemLog(text)
  }

  read(): Dump {
    for (; this.start < this.text.length; this.start = this.end + 1, this.line++) {
      this.end = this.lineEnd(this.start)
      this.readLine(this.text.slice(this.start, this.end).replace(/\r$/, ''))
    }
    return { tables: this.tables.map((table) => this.closed(table)), problems: this.log.problems, lines: this.lines }
  }

  private readLine(line: string): void {
    const chain = CHAIN.exec(line)
    if (chain) return this.openChain(chain)
    if (HEADING.test(line)) return this.heading(line)
    if (SOME_CHAIN.test(line)) return this.brokenChain()
    const table = TABLE.exec(line)
    if (table) return this.nameTable(table[1]!)
    if (line.trim() === '') return void this.lines.blank++
    if (
      line.startsWith('#') &&
      !warnsOfLegacy(line) &&
      /tables|nft' tool/.test(line) &&
      !/^#\s+ip6?tables\S*\s+-/.test(line)
    )
      return this.warning()
    if (warnsOfLegacy(line)) return this.warning(LEGACY_UNSEEN)
    const command = readCommand(line)
    if (command) return this.enterCommand(command.iptables, command.prompt)
    this.row(line)
  }

  /** Each command starts anew: same names may come from another node, or from another moment. */
  private enterCommand(command: IptablesCommand | null, prompt: string | undefined): void {
    this.lines.comments++
    this.command = command
    this.prompt = prompt ?? this.prompt
    this.section = NOWHERE
    this.table = null
    if (command?.action !== 'list') return
    if (command.filter !== null) {
      this.problem(`behind "| ${command.filter}" a listing is not whole: what it does not show is unknown, not absent`)
    }
    if (command.chain === null || !command.faithful) return
    this.section = {
      chain: this.openTable(command.chain).chains.get(command.chain) ?? null,
      columns: this.commandColumns(),
      headed: false
    }
  }

  private nameTable(name: string): void {
    this.lines.structure++
    this.command = null
    this.given = name
    this.table = null
    this.section = NOWHERE
  }

  private openChain([, name, policy, packets, bytes, rest]: RegExpExecArray): void {
    this.lines.chains++
    const table = this.openTable(name!)
    const exact = /^\d+$/.test(packets ?? '') && /^\d+$/.test(bytes ?? '')
    const chain: OpenChain = {
      name: name!,
      policy: policy ?? null,
      ...(exact && { counters: { packets: packets!, bytes: bytes! } }),
      rules: [],
      ...(this.filtered() && { complete: false as const })
    }
    table.chains.set(name!, chain)
    const certain = this.ownerIsCertain(name!)
    this.section = {
      chain: certain ? chain : null,
      columns: this.filtered() ? this.commandColumns() : null,
      headed: false
    }
    if (rest !== undefined) this.problem(`words behind a chain that iptables does not print: ${rest.trimEnd()}`)
    if (!certain)
      this.problem('behind that filter nobody knows what iptables printed, or of which chain: the rows are not read')
  }

  private brokenChain(): void {
    this.unread(this.section.chain, 'not a chain as iptables -L prints it: not read, nor are its rows')
    this.section = NOWHERE
  }

  /** With a filter over a whole table, the rows under a heading may be another chain's. */
  private ownerIsCertain(chain: string): boolean {
    return !this.filtered() || (this.command!.chain === chain && this.command!.faithful)
  }

  private filtered(): boolean {
    return this.command !== null && this.command.filter !== null
  }

  private commandColumns(): Columns | null {
    return this.command && { number: this.command.numbered, counters: this.command.verbose, exact: false }
  }

  private heading(line: string): void {
    this.lines.structure++
    const [, number, counters] = HEADING.exec(line)!
    const { chain, headed } = this.section
    this.section = {
      chain: headed ? null : chain,
      columns: { number: number !== undefined, counters: counters !== undefined, exact: EXACT_HEADING.test(line) },
      headed: true
    }
    if (headed && chain) this.lostChain(chain)
  }

  /** Headings stand below their chain's line: without it, the rows to come may be any chain's. */
  private lostChain(chain: OpenChain): void {
    chain.complete = false
    if (this.table) this.table.complete = false
    this.problem('column headings without a chain in front of them: the rows are not read')
  }

  private row(line: string): void {
    const { chain, columns } = this.section
    if (!chain || !columns)
      return this.unread(
        chain,
        chain
          ? 'a row without its column headings: not read'
          : 'not a line of iptables -L, or a row of which the chain is not certain: not read'
      )
    if (line.length > LONGEST_ROW)
      return this.unread(
        chain,
        `a row of ${line.length} characters, more than the ${LONGEST_ROW} iptables prints: not read`
      )
    const feeds = this.splitRow(line, columns)
    const text = this.text.slice(this.start, this.end).replace(/\r$/, '')
    const rule = readRow(text, columns)
    if (!rule) {
      this.line += feeds
      return this.unread(chain, 'not a row of iptables -L, or its columns cannot be told apart: not read', feeds)
    }
    const { line: first } = this
    const whole = this.wholeRow(text, rule, columns)
    this.line += feeds
    this.lines.rules += this.line - first + 1
    this.addRule(chain, whole, first)
  }

  /**
   * Takes in the lines after a row that a mail or a terminal broke: as many as make it a row of which all words are known, and of what
   * else stands there one line, because it may say more of the rule.
   */
  private wholeRow(row: string, rule: ListedRule, columns: Columns): ListedRule {
    const tries: { rule: ListedRule; end: number }[] = [{ rule, end: this.end }]
    const isOpen = row.lastIndexOf(' /* ') > row.lastIndexOf('*/')
    for (let rest = ''; !isOpen && tries.length <= MOST_LINES; ) {
      const { end } = tries.at(-1)!
      const next = this.text.slice(end + 1, this.lineEnd(end + 1)).replace(/\r$/, '')
      if (next.length > LONGEST_ROW || !mayEndRow(next) || readCommand(next) || readRow(next, columns)) break
      rest += ` ${next.trim()}`
      const joined = readBrokenRow(row, rest, columns)
      if (!joined) break
      tries.push({ rule: joined, end: this.lineEnd(end + 1) })
    }
    const known = tries.findLastIndex((each, index) => index === 0 || each.rule.unknown.length === 0)
    const taken = Math.min(known + 1, tries.length - 1)
    if (known > 0) this.problem('a row that is broken: read together with what follows')
    if (taken > known) this.maybeMore()
    this.line += taken
    this.end = tries[taken]!.end
    return tries[taken]!.rule
  }

  private maybeMore(): void {
    if (this.section.chain) this.section.chain.complete = false
    if (this.table) this.table.complete = false
  }

  private addRule(chain: OpenChain, { text, counters, unreadable, unknown }: ListedRule, line: number): void {
    if (unknown.length > 0)
      this.problem(`words of a match or target that snap does not know: ${unknown.join(' ')}`, line)
    else if (unreadable.includes('match')) this.problem('the listing does not show this match as it is', line)
    else if (unreadable.includes('target')) this.problem('the listing does not show what the target does', line)
    chain.rules.push({ text, ...(counters && { counters }), line, ...(unreadable.length > 0 && { unreadable }) })
  }

  /** A comment with a line feed: takes the lines up to the comment's end into the row. */
  private splitRow(line: string, { exact }: Columns): number {
    const open = line.lastIndexOf(' /* ')
    if (!exact || open === -1 || line.includes('*/', open)) return 0
    const rest = this.text.slice(this.end, this.end + LONGEST_ROW_REST)
    const close = rest.indexOf(' */')
    if (close === -1 || /\nChain \S+ \(/.test(rest.slice(0, close))) return 0
    this.end = this.lineEnd(this.end + close)
    return rest.slice(0, close).split('\n').length - 1
  }

  /** The table that holds `chain`, or a new one where that chain was already listed. */
  private openTable(chain: string): OpenTable {
    const name = this.command ? this.command.table : this.given
    const known =
      this.table ??
      this.tables.findLast(
        (table) =>
          this.command !== null &&
          table.name === name &&
          table.prompt === this.prompt &&
          table.whole === (this.command.chain === null)
      )
    const reusable = known && (!known.chains.has(chain) || known.chains.get(chain)!.declared === false)
    this.table = reusable ? known : this.addTable(name)
    if (this.command?.chain === chain && !this.table.chains.has(chain)) {
      const partial = this.filtered() && { complete: false as const }
      this.table.chains.set(chain, { name: chain, policy: null, rules: [], declared: false, ...partial })
    }
    return this.table
  }

  private addTable(name: string | null): OpenTable {
    const table: OpenTable = {
      name,
      chains: new Map(),
      complete: !this.filtered(),
      whole: this.command && this.command.chain === null,
      ...(this.prompt !== undefined && { prompt: this.prompt })
    }
    this.tables.push(table)
    return table
  }

  /** Without a command, a listing that begins with a built-in chain and goes on is the whole table's. */
  private closed({ whole, ...table }: OpenTable): Table {
    const [first] = table.chains.values()
    const all = whole ?? (table.chains.size > 1 && first?.policy !== null)
    return { ...table, complete: table.complete && all }
  }

  private warning(message = 'iptables warns that this listing is not all there is'): void {
    this.lines.comments++
    this.problem(message)
    if (this.table) this.table.complete = false
  }

  private unread(chain: OpenChain | null, message: string, feeds = 0): void {
    this.lines.unread += 1 + feeds
    if (chain) chain.complete = false
    if (this.table) this.table.complete = false
    this.problem(message, this.line - feeds)
  }

  private problem(message: string, line = this.line): void {
    this.log.add(line, this.start, this.end, message)
  }

  private lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from)
    return end === -1 ? this.text.length : end
  }
}
