/**
 * `nft list ruleset` as text: with or without -s, -a and -n, of any release, and what `nft list table` and the like
 * print. One pass; what is not understood is kept as it stands.
 */
import type { Element, Statement } from './expression.ts'
import { parsePriority } from './priority.ts'
import type { BaseHook, NftChain, NftObject, NftRule, NftSet, NftTable, Ruleset, RulesetProblem } from './ruleset.ts'
import { readDuration, readElements } from './text-expression.ts'
import { readStatement } from './text-statement.ts'
import { expect, expectNumber, expectWord, Tokens, UNREAD } from './tokens.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

export function readRulesetText(text: string): Ruleset {
  return new RulesetReader(text).read()
}

interface OpenTable extends Writable<NftTable> {
  chains: Map<string, NftChain>
  sets: Map<string, NftSet>
  objects: NftObject[]
  unread: RulesetProblem[]
}

class RulesetReader {
  private readonly tokens: Tokens
  private readonly problems: RulesetProblem[] = []
  private readonly managed = new Set<string>()
  private complete = true

  constructor(text: string) {
    this.tokens = new Tokens(text)
  }

  read(): Ruleset {
    const { tokens, problems } = this
    const tables = new Map<string, OpenTable>()
    while (tokens.kind !== 'end') {
      if (tokens.kind === 'comment') this.note(tokens.next())
      else if (tokens.kind === 'newline' || tokens.is(';')) tokens.next()
      else this.table(tables)
    }
    const all = [...tables.values()].map((table) => ({
      ...table,
      managedByIptables: this.managed.has(`${table.family} ${table.name}`)
    }))
    return { tables: all, problems, complete: this.complete }
  }

  private note(comment: string): void {
    const named = /^# Warning: table (\S+) (\S+) is managed by iptables-nft/.exec(comment)
    if (named) this.managed.add(`${named[1]} ${named[2]}`)
  }

  private table(tables: Map<string, OpenTable>): void {
    const { tokens } = this
    const { start, line } = tokens
    try {
      expect(tokens, 'table')
      const first = expectWord(tokens)
      const [family, name] = tokens.is('{') ? ['ip', first] : [first, expectWord(tokens)]
      const key = `${family} ${name}`
      const table: OpenTable = tables.get(key) ?? {
        family,
        name,
        flags: [],
        managedByIptables: false,
        chains: new Map(),
        sets: new Map(),
        objects: [],
        unread: []
      }
      tables.set(key, table)
      this.block(
        (handle) => handle !== undefined && (table.handle = handle),
        () => this.tableItem(table)
      )
    } catch (error) {
      if (error !== UNREAD) throw error
      tokens.rewind(start, line)
      this.skipLine(this.problems)
    }
  }

  /** `{ # handle 7`, what stands in it, `}`. */
  private block(open: (handle: number | undefined) => unknown, item: () => void): void {
    const { tokens } = this
    expect(tokens, '{')
    if (tokens.kind === 'comment') open(handleOf(tokens.next()))
    for (;;) {
      if (tokens.kind === 'end') {
        this.complete = false
        return
      }
      if (tokens.take('}')) {
        if (tokens.kind === 'comment') open(handleOf(tokens.next()))
        return
      }
      if (tokens.kind === 'newline' || tokens.kind === 'comment' || tokens.is(';')) tokens.next()
      else item()
    }
  }

  private tableItem(table: OpenTable): void {
    const { tokens } = this
    const { start, line, value } = tokens
    try {
      if (tokens.take('comment')) table.comment = expectWord(tokens)
      else if (tokens.take('flags')) table.flags = this.words()
      else if (tokens.take('chain')) this.chain(table)
      else if (value === 'set' || value === 'map' || value === 'meter') this.set(table, value)
      else this.object(table)
    } catch (error) {
      if (error !== UNREAD) throw error
      tokens.rewind(start, line)
      this.skipLine(table.unread)
    }
  }

  private words(): string[] {
    const { tokens } = this
    const words = [expectWord(tokens)]
    while (tokens.take(',')) words.push(expectWord(tokens))
    return words
  }

  private chain(table: OpenTable): void {
    const { tokens } = this
    const rules: NftRule[] = []
    const chain: Writable<NftChain> = { name: expectWord(tokens), rules }
    this.block(
      (handle) => handle !== undefined && (chain.handle = handle),
      () => {
        if (rules.length === 0 && tokens.is('comment')) {
          tokens.next()
          chain.comment = expectWord(tokens)
        } else if (!chain.base && tokens.is('type')) chain.base = this.baseHook(table.family)
        else if (chain.base && rules.length === 0 && tokens.is('policy'))
          chain.base = { ...chain.base, policy: this.afterWord() }
        else if (chain.base && rules.length === 0 && tokens.is('flags'))
          chain.base = { ...chain.base, flags: [this.afterWord()] }
        else rules.push(this.rule())
      }
    )
    table.chains.set(chain.name, chain)
  }

  private afterWord(): string {
    this.tokens.next()
    return expectWord(this.tokens)
  }

  /** `type filter hook ingress device "eth0" priority filter - 5;` */
  private baseHook(family: string): BaseHook {
    const { tokens } = this
    const type = this.afterWord()
    expect(tokens, 'hook')
    const hook = expectWord(tokens)
    const devices: string[] = []
    if (tokens.take('device')) devices.push(expectWord(tokens))
    else if (tokens.take('devices')) {
      expect(tokens, '=')
      for (const { key } of readElements(tokens)) devices.push(String(key))
    }
    expect(tokens, 'priority')
    const words: string[] = []
    while (!tokens.atLineEnd) words.push(tokens.next())
    const priority = parsePriority(words, family)
    if (priority === undefined) throw UNREAD
    return { type, hook, priority, devices, flags: [] }
  }

  private rule(): NftRule {
    const { tokens } = this
    const rule: Writable<NftRule> = { statements: [] }
    const statements: Statement[] = []
    rule.statements = statements
    let end = -1
    for (;;) {
      const { start, line } = tokens
      if (this.gap(end, start)) statements.push({ kind: 'unread', hidden: true })
      if (tokens.atLineEnd) break
      try {
        if (tokens.is('comment')) {
          tokens.next()
          rule.comment = expectWord(tokens)
        } else statements.push(readStatement(tokens))
      } catch (error) {
        if (error !== UNREAD) throw error
        tokens.rewind(start, line)
        statements.push({ kind: 'unread', text: this.restOfLine() })
      }
      end = this.endBefore(start)
    }
    if (tokens.kind === 'comment') {
      const handle = handleOf(tokens.next())
      if (handle !== undefined) rule.handle = handle
    }
    return rule
  }

  /** Two blanks where there is one between words, a blank after the tabs, or one before the line ends. */
  private gap(end: number, start: number): boolean {
    const { text } = this.tokens
    if (end < 0) return text[start - 1] === ' ' && text[start - 2] === '\t'
    if (this.tokens.kind === 'newline') return start > end && text[start - 1] === ' '
    if (this.tokens.kind === 'comment') return start - end > 1
    return start - end > 1 && !this.tokens.atLineEnd
  }

  /** Where the last token read ended. */
  private endBefore(from: number): number {
    const { text, start } = this.tokens
    let end = start
    while (end > from && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--
    return end
  }

  private set(table: OpenTable, kind: 'set' | 'map' | 'meter'): void {
    const { tokens } = this
    tokens.next()
    const name = expectWord(tokens)
    const statements: Statement[] = []
    let elements: Element[] = []
    const set: Writable<NftSet> = {
      kind,
      name,
      type: '',
      typeOf: false,
      flags: [],
      autoMerge: false,
      statements,
      elements
    }
    this.block(
      (handle) => handle !== undefined && (set.handle = handle),
      () => {
        switch (tokens.kind === 'word' ? tokens.value : '') {
          case 'type':
          case 'typeof':
            return this.setType(set)
          case 'comment':
            return void (set.comment = this.afterWord())
          case 'flags':
            tokens.next()
            return void (set.flags = this.words())
          case 'timeout':
            tokens.next()
            return void (set.timeout = readDuration(tokens))
          case 'gc-interval':
            tokens.next()
            return void (set.garbageCollection = readDuration(tokens))
          case 'size':
            tokens.next()
            return void (set.size = expectNumber(tokens))
          case 'policy':
            return void (set.policy = this.afterWord())
          case 'auto-merge':
            tokens.next()
            return void (set.autoMerge = true)
          case 'elements':
            tokens.next()
            expect(tokens, '=')
            elements = readElements(tokens)
            return
          default:
            statements.push(readStatement(tokens))
        }
      }
    )
    table.sets.set(name, { ...set, elements })
  }

  /** `type ipv4_addr . inet_service : verdict` */
  private setType(set: Writable<NftSet>): void {
    const { tokens } = this
    set.typeOf = tokens.next() === 'typeof'
    const from = tokens.start
    let to = from
    let colon = -1
    while (!tokens.atLineEnd) {
      if (tokens.is(':')) colon = tokens.start
      to = tokens.end
      tokens.next()
    }
    const text = tokens.text
    set.type = text.slice(from, colon < 0 ? to : colon).trim()
    if (colon >= 0) set.data = text.slice(colon + 1, to).trim()
  }

  /** `ct helper ftp-standard { … }`: anything else with a name and braces. */
  private object(table: OpenTable): void {
    const { tokens } = this
    const words = [expectWord(tokens), expectWord(tokens)]
    while (!tokens.is('{')) words.push(expectWord(tokens))
    const name = words.pop()!
    tokens.next()
    const handle = tokens.kind === 'comment' ? handleOf(tokens.next()) : undefined
    const from = tokens.start
    for (let depth = 1; ; tokens.next()) {
      if (tokens.kind === 'end') {
        this.complete = false
        break
      }
      if (tokens.is('{')) depth++
      if (tokens.is('}') && --depth === 0) break
    }
    const text = tokens.text.slice(from, tokens.start).trim()
    tokens.next()
    table.objects.push({ kind: words.join(' '), name, ...(handle !== undefined && { handle }), text })
  }

  private restOfLine(): string {
    const { tokens } = this
    const from = tokens.start
    let to = from
    let depth = 0
    while (tokens.kind !== 'end' && tokens.kind !== 'comment') {
      if (depth === 0 && tokens.atLineEnd) break
      if (tokens.is('{')) depth++
      if (tokens.is('}')) depth--
      to = tokens.end
      tokens.next()
    }
    return tokens.text.slice(from, to)
  }

  /** What is no part of a ruleset is named, and the next line looked at. */
  private skipLine(problems: RulesetProblem[]): void {
    const { tokens } = this
    const { line } = tokens
    const text = this.restOfLine()
    problems.push({ line, text })
    if (!(tokens.kind === 'end') && text === '') tokens.next()
  }
}

function handleOf(comment: string): number | undefined {
  const found = /^# handle (\d+)/.exec(comment)
  return found ? Number(found[1]) : undefined
}
