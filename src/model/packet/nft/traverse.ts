/** One base chain of nftables: its rules statement by statement, and every branch that one opens. */
import type { Element, Expression, Match, Nat, SetUpdate, Statement, Verdict } from '../../../parse/nft/expression.ts'
import { ruleText as printRule } from '../../../parse/nft/print.ts'
import { printExpression } from '../../../parse/nft/print-expression.ts'
import { printStatement } from '../../../parse/nft/print-statement.ts'
import type { NftChain, NftRule, NftTable } from '../../../parse/nft/ruleset.ts'
import { formatEndpoint } from '../address.ts'
import { type Branch, decide, followable, merge, withStep } from '../branch.ts'
import { type Flow, headerChanged } from '../flow.ts'
import { isTracked } from '../match/connection.ts'
import { interfaceTruth } from '../match/interface.ts'
import { hex } from '../match/number.ts'
import type { Situation } from '../match/part.ts'
import { note } from '../match/recent.ts'
import { ask, type Question, type Truth } from '../match/truth.ts'
import type { Place, Step, StepKind } from '../outcome.ts'
import type { Hook } from '../packet.ts'
import { scale } from '../share.ts'
import { rewrite } from '../target/nat.ts'
import type { Evaluation } from '../traverse.ts'
import { bitsOf, compare, type Datum, datumOf, holds, keyOf, type Type } from './constant.ts'
import { type Draw, type Field, readField, typeOf, type Unknown } from './field.ts'
import { type Candidate, candidates, isUnknown, type Part, partsOf, spanOf, tableOf } from './lookup.ts'
import { natOf } from './nat.ts'
import type { BaseChain } from './rules.ts'
import { isFilled } from './set.ts'

/** Branches that the chain lets go on. */
export function traverseNft(
  evaluation: Evaluation,
  base: BaseChain,
  hook: Hook,
  branches: readonly Branch[]
): Branch[] {
  return branches.length === 0 ? [] : new NftTraversal(evaluation, base, hook).run(branches)
}

interface Frame {
  readonly chain: NftChain
  readonly caller: Frame | null
  readonly returnsTo: string
  readonly depth: number
  rule?: NftRule
  number?: number
}

/** A value that was read, of each part of a concatenation. */
interface Reading {
  readonly branch: Branch
  readonly parts: readonly (Part | { readonly draw: Draw })[]
}

interface Found {
  readonly branch: Branch
  readonly element?: Element
}

/** Where a statement leaves branches: for the next statement, and for the next rule. */
interface Ways {
  readonly next: Branch[]
  readonly past: Branch[]
  readonly returned: Branch[]
}

/** More values of a drawn number than this are not told apart one by one. */
const MAX_DRAWN = 64

class NftTraversal {
  private readonly accepted: Branch[] = []
  private readonly situation: Situation
  private readonly table: NftTable
  private readonly name: string
  private frame: Frame
  private readonly evaluation: Evaluation
  private readonly base: BaseChain
  private readonly hook: Hook

  constructor(evaluation: Evaluation, base: BaseChain, hook: Hook) {
    this.evaluation = evaluation
    this.base = base
    this.hook = hook
    this.table = base.table
    this.name = `${base.table.family} ${base.table.name}`
    this.frame = { chain: base.chain, caller: null, returnsTo: 'policy', depth: 0 }
    const { host, sent } = evaluation
    const { priority, type } = base.base
    // For conntrack it counts whether the chain comes before it, as iptables' raw table does.
    const early = priority < -200 && (hook === 'PREROUTING' || hook === 'OUTPUT')
    const table = early ? 'raw' : type === 'nat' ? 'nat' : 'filter'
    const place = (): string => `${hook} ${this.name} ${callPath(this.frame)}`
    this.situation = { flow: sent.flow, hook, table, host, sent, place }
  }

  run(branches: readonly Branch[]): Branch[] {
    const fallen = this.walk(this.frame, branches)
    const { policy = 'accept' } = this.base.base
    for (const branch of fallen) this.applyPolicy(branch, policy.toUpperCase())
    return merge(this.accepted)
  }

  private applyPolicy(branch: Branch, policy: string): void {
    const { hook, name: table } = this
    const chain = this.base.chain.name
    const done = withStep(branch, { kind: 'policy', hook, table, chain, depth: 0, to: policy })
    const why = `${this.name} ${chain}: policy ${policy}`
    if (policy === 'ACCEPT') this.accept(done, why)
    else this.end(done, 'dropped', why)
  }

  /** Branches that come back from the chain. */
  private walk(frame: Frame, branches: readonly Branch[]): Branch[] {
    const returned: Branch[] = []
    let live: Branch[] = [...branches]
    for (const [at, rule] of frame.chain.rules.entries()) {
      if (live.length === 0) break
      frame.rule = rule
      frame.number = at + 1
      this.frame = frame
      live = this.rule(rule, frame, live, returned)
    }
    delete frame.rule
    return merge(returned.length === 0 ? live : [...returned, ...live])
  }

  private rule(rule: NftRule, frame: Frame, branches: readonly Branch[], returned: Branch[]): Branch[] {
    const past: Branch[] = []
    let live = branches
    for (const statement of rule.statements) {
      const ways: Ways = { next: [], past, returned }
      for (const branch of live) {
        this.frame = frame
        this.statement(statement, branch, ways)
      }
      live = merge(ways.next)
      if (live.length === 0) break
    }
    this.frame = frame
    return followable([...past, ...live], (branch, why) => this.end(branch, 'unknown', why))
  }

  private statement(statement: Statement, branch: Branch, ways: Ways): void {
    this.situation.flow = branch.flow
    switch (statement.kind) {
      case 'match':
        return this.match(statement, branch, ways)
      case 'verdict':
        return this.verdict(statement, branch, ways)
      case 'vmap': {
        for (const { branch: found, element } of this.mapped(statement.key, statement.data, branch, ways.past)) {
          const verdict = element?.data
          if (!element) ways.past.push(found)
          else if (typeof verdict === 'object' && verdict.kind === 'verdict') this.verdict(verdict, found, ways)
          else this.end(found, 'unknown', `${this.ruleName()}: what the map leads to is not known`)
        }
        return
      }
      case 'counter':
        return void ways.next.push(branch)
      case 'log':
        return void ways.next.push(this.stepped(branch, 'match', {}))
      case 'limit':
        return this.perPlace(statement, 'depends on the rate of packets', branch, ways)
      case 'quota':
        return this.perPlace(statement, 'depends on the bytes seen before', branch, ways)
      case 'ct count':
        return this.perPlace(statement, 'depends on the number of connections open', branch, ways)
      case 'object':
        if (statement.type === 'counter' || statement.type.startsWith('ct ')) return void ways.next.push(branch)
        return this.perPlace(statement, 'depends on what it has counted', branch, ways)
      case 'reject':
        return this.reject(statement, branch)
      case 'nat':
        return this.nat(statement, branch, ways)
      case 'assign':
        return this.assign(statement.target, statement.value, printStatement(statement), branch, ways)
      case 'update':
        return this.update(statement, branch, ways)
      case 'named':
        return this.named(statement.name, printStatement(statement), branch, ways)
      case 'unread':
        return this.unread(printStatement(statement), branch, ways)
    }
  }

  private verdict({ verdict, chain }: Verdict, branch: Branch, ways: Ways): void {
    const { frame } = this
    switch (verdict) {
      case 'accept':
        return this.accept(this.stepped(branch, 'verdict', { to: 'ACCEPT' }), this.ruleName())
      case 'drop':
        return void this.end(this.stepped(branch, 'verdict', { to: 'DROP' }), 'dropped', this.ruleName())
      case 'continue':
        return void ways.past.push(branch)
      case 'return':
        return void ways.returned.push(this.stepped(branch, 'return', { to: frame.returnsTo }))
      case 'jump':
      case 'goto': {
        const called = this.stepped(branch, verdict, { to: chain ?? '' })
        const back = this.call(chain ?? '', verdict === 'goto', frame, called)
        this.frame = frame
        ;(verdict === 'goto' ? ways.returned : ways.past).push(...back)
      }
    }
  }

  private call(name: string, goto: boolean, frame: Frame, branch: Branch): Branch[] {
    const refusal = this.evaluation.calls.refusal(branch, frame.depth)
    if (refusal !== undefined) return this.end(branch, 'unknown', `${this.ruleName()}: ${refusal}`)
    const chain = this.table.chains.get(name)
    if (!chain)
      return this.end(branch, 'unknown', `${this.ruleName()}: chain ${name} of table ${this.name}: not captured`)
    for (let at: Frame | null = frame; at; at = at.caller) {
      if (at.chain === chain) return this.end(branch, 'unknown', `${this.ruleName()}: ${name} leads back to itself`)
    }
    const returnsTo = goto ? frame.returnsTo : frame.chain.name
    return this.walk({ chain, caller: frame, returnsTo, depth: frame.depth + 1 }, [branch])
  }

  private reject({ type, code }: Extract<Statement, { kind: 'reject' }>, branch: Branch): void {
    const version6 = this.evaluation.sent.flow.destination?.length === 4
    const name = typeof code === 'string' ? code : code === undefined ? 'port-unreachable' : `type-${code}`
    const how = type === 'tcp reset' ? 'tcp-reset' : `${version6 ? 'icmp6' : 'icmp'}-${name}`
    this.end(this.stepped(branch, 'verdict', { to: `REJECT ${how}` }), 'rejected', this.ruleName(), how)
  }

  /** A question that two rules ask separately. */
  private perPlace(statement: Statement, reason: string, branch: Branch, ways: Ways): void {
    const text = `${printStatement(statement)} matches`
    this.fork(branch, ask({ id: `${text} at ${this.situation.place()}`, text, reason }), ways.next, ways.past)
  }

  private fork(branch: Branch, truth: Truth, yes: Branch[], no: Branch[]): void {
    if (typeof truth === 'boolean') return void (truth ? yes : no).push(branch)
    if ('chance' in truth) {
      const { chance } = truth
      if (chance > 0) yes.push({ ...branch, share: scale(branch.share, chance) })
      if (chance < 1) no.push({ ...branch, share: scale(branch.share, 1 - chance) })
      return
    }
    const sides = decide(this.evaluation.conditions, branch, truth, this.place())
    if (sides.yes) yes.push(sides.yes)
    if (sides.no) no.push(sides.no)
  }

  private match(statement: Match, branch: Branch, ways: Ways): void {
    const { operator, left, right } = statement
    const positive = operator !== '!='
    const [yes, no] = positive ? [ways.next, ways.past] : [ways.past, ways.next]
    const elements = this.elementsOf(right)
    if (elements) {
      for (const { branch: found, element } of this.mapped(left, right, branch, ways.past))
        (element ? yes : no).push(found)
      return
    }
    for (const { branch: each, parts } of this.read(left, branch, ways.past)) {
      this.situation.flow = each.flow
      this.fork(each, this.matchTruth(statement, parts), yes, no)
    }
  }

  /** As if asked without `!=`. */
  private matchTruth(statement: Match, parts: Reading['parts']): Truth {
    const { operator, left, right } = statement
    const types = partsOf(left).map(typeOf)
    const [first] = parts
    if (first !== undefined && isDraw(first))
      return drawnTruth(first.draw, (value) => holdsSo(operator, [value], right, 'number'))
    const constants = partsOf(right)
    let sure = true
    for (const [at, part] of parts.entries()) {
      const constant = constants[at]
      const answer =
        isDraw(part) || isUnknown(part) || constant === undefined
          ? undefined
          : holdsSo(operator, part, constant, types[at] ?? 'number')
      if (answer === false) return false
      if (answer === undefined) sure = false
    }
    if (sure) return true
    return (
      this.deviceTruth(left, right) ??
      this.unknownMatch({ ...statement, operator: operator === '!=' ? '==' : operator }, parts)
    )
  }

  private deviceTruth(left: Expression, right: Expression): Truth | undefined {
    if (typeof left !== 'object' || left.kind !== 'meta' || typeof right !== 'string') return undefined
    const side = left.key.startsWith('iif') ? 'in' : left.key.startsWith('oif') ? 'out' : undefined
    return side && typeOf(left) === 'device'
      ? interfaceTruth(side, right.replace(/\*$/, '+'), this.situation)
      : undefined
  }

  private unknownMatch(statement: Match, parts: Reading['parts']): Truth {
    const text = `${printStatement(statement)} matches`
    const unknown = parts.flatMap((part) => (isDraw(part) || !isUnknown(part) ? [] : [part]))
    const reason = unknown[0]?.reason ?? 'what it is compared with is not understood'
    return ask({ id: [text, ...parts.map(idOf)].join(' '), text, reason })
  }

  /** Values of an expression; what has none goes past the rule. */
  private read(expression: Expression, branch: Branch, past: Branch[]): Reading[] {
    let readings: Reading[] = [{ branch, parts: [] }]
    for (const part of partsOf(expression)) {
      readings = readings.flatMap((reading) =>
        this.readOne(part, reading.branch, past).map((each) => ({
          branch: each.branch,
          parts: [...reading.parts, ...each.parts]
        }))
      )
    }
    return readings
  }

  private readOne(expression: Expression, branch: Branch, past: Branch[]): Reading[] {
    this.situation.flow = branch.flow
    if (typeof expression === 'object' && expression.kind === 'binary') {
      const { operator, left, right } = expression
      return this.readOne(left, branch, past).flatMap((reading) =>
        this.operand(right, typeOf(left), reading.branch, past).map((other) => ({
          branch: other.branch,
          parts: [combined(expression, operator, reading.parts[0]!, other.parts[0]!)]
        }))
      )
    }
    if (typeof expression === 'object' && expression.kind === 'map') {
      return this.mapped(expression.key, expression.data, branch, past).flatMap(({ branch: found, element }) => {
        if (element?.data !== undefined) return this.read(element.data, found, past)
        past.push(found)
        return []
      })
    }
    return this.resolve(readField(expression, this.situation), branch, past)
  }

  private operand(expression: Expression, type: Type, branch: Branch, past: Branch[]): Reading[] {
    const bits = bitsOf(expression, type)
    if (bits !== undefined) return [{ branch, parts: [[bits]] }]
    const datum = typeof expression === 'object' ? undefined : datumOf(expression, type)
    return datum ? [{ branch, parts: [datum] }] : this.readOne(expression, branch, past)
  }

  private resolve(field: Field, branch: Branch, past: Branch[]): Reading[] {
    if (field === 'absent') {
      past.push(branch)
      return []
    }
    if ('value' in field) return [{ branch, parts: [field.value] }]
    if ('unknown' in field) return [{ branch, parts: [field.unknown] }]
    if ('draw' in field) return [{ branch, parts: [field] }]
    const sides = decide(this.evaluation.conditions, branch, { question: field.question, answer: true }, this.place())
    return [
      ...(sides.yes ? this.resolve(field.yes, sides.yes, past) : []),
      ...(sides.no ? this.resolve(field.no, sides.no, past) : [])
    ]
  }

  /** Undefined for what is no set. */
  private elementsOf(data: Expression): { readonly elements: readonly Element[]; readonly name?: string } | undefined {
    if (typeof data !== 'object') return undefined
    if (data.kind === 'set') return data
    if (data.kind !== 'reference') return undefined
    return { elements: this.table.sets.get(data.name)?.elements ?? [], name: data.name }
  }

  /** Which element of a set or map the packet's key is: none, where `element` is absent. */
  private mapped(key: Expression, data: Expression, branch: Branch, past: Branch[]): Found[] {
    const set = this.elementsOf(data)
    const readings = this.read(key, branch, past)
    if (!set || (set.name !== undefined && !this.table.sets.has(set.name))) {
      for (const reading of readings)
        this.end(reading.branch, 'unknown', `${this.ruleName()}: ${printExpression(data)} is not captured`)
      return []
    }
    const types = partsOf(key).map(typeOf)
    return readings.flatMap((reading) => {
      const [first] = reading.parts
      if (reading.parts.length === 1 && first !== undefined && isDraw(first))
        return drawn(reading.branch, first.draw, set.elements)
      return expand(reading, this.situation).flatMap(({ branch: each, parts }) =>
        set.name !== undefined && isFilled(this.table, set.name)
          ? this.inFilled(set.name, key, parts, types, each)
          : this.inFixed(set, key, parts, types, each)
      )
    })
  }

  private inFixed(
    { elements, name }: { readonly elements: readonly Element[]; readonly name?: string },
    key: Expression,
    parts: readonly Part[],
    types: readonly Type[],
    branch: Branch
  ): Found[] {
    const table = tableOf(elements, types)
    const groups = grouped(candidates(table, parts, types))
    const covers = coversDomain(parts, groups.flat())
    const found: Found[] = []
    let rest: Branch | undefined = branch
    for (const [at, group] of groups.entries()) {
      if (!rest) break
      const [first] = group
      if (first!.sure || (covers && at === groups.length - 1)) {
        found.push({ branch: rest, element: first!.element })
        rest = undefined
        break
      }
      this.situation.flow = rest.flow
      const truth = this.elementTruth(key, group, parts, name)
      const [yes, no]: [Branch[], Branch[]] = [[], []]
      this.fork(rest, truth, yes, no)
      for (const each of yes) found.push({ branch: each, element: first!.element })
      rest = no[0]
    }
    return rest ? [...found, { branch: rest }] : found
  }

  private elementTruth(key: Expression, group: readonly Candidate[], parts: readonly Part[], name?: string): Truth {
    const only = group.length === 1 ? group[0]!.element.key : undefined
    const device = only === undefined ? undefined : this.deviceTruth(key, only)
    if (device !== undefined) return device
    const keys = group.map(({ element }) => printExpression(element.key))
    const which =
      keys.length <= 4 ? keys.join(', ') : `one of ${keys.length} keys${name === undefined ? '' : ` of @${name}`}`
    const leads = group[0]!.element.data
    const text = `${printExpression(key)} is ${which}${leads === undefined ? '' : ` (${printExpression(leads)})`}`
    const unknown = parts.filter(isUnknown)
    const reason = unknown[0]?.reason ?? 'an element of the set is not understood'
    return ask({ id: [text, keys.length > 4 ? keys.join() : '', ...parts.map(idOf)].join(' '), text, reason })
  }

  /** A set that rules fill: whoever is in it was seen before. */
  private inFilled(
    name: string,
    key: Expression,
    parts: readonly Part[],
    types: readonly Type[],
    branch: Branch
  ): Found[] {
    const entry = `@${this.name} ${name} ${parts.map(idOf).join(' ')}`
    const { elements } = this.table.sets.get(name)!
    const listed = candidates(tableOf(elements, types), parts, types)[0]?.element
    const element: Element = listed ?? { key }
    const last = branch.flow.recent.findLast((each) => each.slice(1) === entry)
    if (last?.startsWith('+')) return [{ branch, element }]
    if (last) return [{ branch }]
    const shown = parts
      .map((part, at) => (isUnknown(part) ? printExpression(partsOf(key)[at]!) : showDatum(part)))
      .join(' . ')
    const question: Question = {
      id: entry,
      text: `set ${name} holds ${shown}`,
      reason: 'rules fill the set, and its entries expire',
      newClient: false
    }
    const [yes, no]: [Branch[], Branch[]] = [[], []]
    this.fork(branch, ask(question), yes, no)
    return [...yes.map((each) => ({ branch: each, element })), ...no.map((each) => ({ branch: each }))]
  }

  private update({ operation, set: name, element, statements }: SetUpdate, branch: Branch, ways: Ways): void {
    for (const { branch: read, parts } of this.read(element.key, branch, ways.past)) {
      const ids = parts.map(idOf).join(' ')
      const entry = `${operation === 'delete' ? '-' : '+'}`
      const flow = note(read.flow, entry as '+', `@${this.name} ${name} ${ids}`)
      let live: Branch[] = [{ ...read, flow }]
      for (const statement of statements) {
        const next: Ways = { ...ways, next: [] }
        for (const each of live) this.statement(statement, each, next)
        live = next.next
      }
      for (const each of live) this.whereThereIsRoom(name, operation, each, ways)
    }
  }

  /** A full set takes nothing more, and the rule ends there. */
  private whereThereIsRoom(name: string, operation: SetUpdate['operation'], branch: Branch, ways: Ways): void {
    const set = this.table.sets.get(name)
    const room = operation === 'delete' || set?.size === undefined || set.elements.length < set.size
    const text = `set ${name} has room`
    this.fork(
      branch,
      room || ask({ id: `${this.name} ${text}`, text, reason: 'it is full as listed' }),
      ways.next,
      ways.past
    )
  }

  private assign(target: Expression, value: Expression, text: string, branch: Branch, ways: Ways): void {
    const key =
      typeof target === 'object' && (target.kind === 'meta' || target.kind === 'ct')
        ? `${target.kind} ${target.key}`
        : ''
    if (key === 'meta mark' || key === 'ct mark') {
      for (const { branch: read, parts } of this.read(value, branch, ways.past)) {
        for (const each of expand({ branch: read, parts }, this.situation))
          ways.next.push(this.marked(key, each.branch, each.parts[0]!))
      }
      return
    }
    if (HARMLESS.has(key)) return void ways.next.push(branch)
    if (changesHeaderOnly(target, value)) return void ways.next.push({ ...branch, flow: headerChanged(branch.flow) })
    this.suppose(text, 'what this statement changes is not followed', branch, (each) => ways.next.push(each))
  }

  private marked(key: string, branch: Branch, part: Part): Branch {
    const { flow } = branch
    const value = isUnknown(part) || typeof part === 'string' ? null : part[0]!
    this.situation.flow = flow
    if (key === 'ct mark' && !isTracked(this.situation)) return branch
    const changed: Flow = key === 'ct mark' ? { ...flow, connectionMark: value } : { ...flow, mark: value }
    const [before, after] = [flow, changed].map((each) => hex(key === 'ct mark' ? each.connectionMark : each.mark))
    return { ...this.stepped(branch, 'mark', { before: before!, after: after! }), flow: changed }
  }

  private nat(statement: Nat, branch: Branch, ways: Ways): void {
    const version = this.evaluation.sent.flow.destination?.length === 4 ? 'ip6' : 'ip'
    if (statement.family !== undefined && statement.family !== version) return void ways.next.push(branch)
    for (const { branch: way, address, port } of this.places(statement, branch, ways.past)) {
      this.situation.flow = way.flow
      const nat = natOf(statement, address, port)
      const results = typeof nat === 'string' ? nat : rewrite(nat, way.flow, this.situation)
      const target = statement.action.toUpperCase()
      if (typeof results === 'string') {
        this.end(this.stepped(way, 'rewrite', { to: target }), 'unknown', `${this.ruleName()}: ${results}`)
        continue
      }
      const ofSource = statement.action === 'snat' || statement.action === 'masquerade'
      for (const { flow, given } of results) {
        let each: Branch | undefined = way
        for (const answered of given)
          each = each && decide(this.evaluation.conditions, each, answered, this.place()).yes
        if (!each) continue
        const shown = { to: target, before: endpoint(way.flow, ofSource), after: endpoint(flow, ofSource) }
        this.accept({ ...this.stepped(each, 'rewrite', shown), flow }, this.ruleName())
      }
    }
  }

  /** Where to, of each branch: what maps lead to is looked up. */
  private places(
    { address, port }: Nat,
    branch: Branch,
    past: Branch[]
  ): { branch: Branch; address?: Expression; port?: Expression }[] {
    return this.constants(address, branch, past).flatMap(({ branch: way, constant }) => {
      const parts = constant === undefined ? [] : partsOf(constant)
      if (parts.length === 2) return [{ branch: way, address: parts[0]!, port: parts[1]! }]
      return this.constants(port, way, past).map(({ branch: last, constant: to }) => ({
        branch: last,
        ...(constant !== undefined && { address: constant }),
        ...(to !== undefined && { port: to })
      }))
    })
  }

  private constants(
    expression: Expression | undefined,
    branch: Branch,
    past: Branch[]
  ): { branch: Branch; constant?: Expression }[] {
    if (typeof expression !== 'object' || expression.kind !== 'map')
      return [{ branch, ...(expression !== undefined && { constant: expression }) }]
    return this.mapped(expression.key, expression.data, branch, past).flatMap(({ branch: found, element }) => {
      if (element?.data !== undefined) return [{ branch: found, constant: element.data }]
      past.push(found)
      return []
    })
  }

  private named(name: string, text: string, branch: Branch, ways: Ways): void {
    if (name === 'flow') return void ways.next.push(branch)
    if (name === 'notrack') {
      const { flow } = branch
      const early = this.situation.table === 'raw' && !flow.looped
      return void ways.next.push(
        early ? { ...this.stepped(branch, 'mark', {}), flow: { ...flow, state: 'UNTRACKED' } } : branch
      )
    }
    if (name !== 'queue') return this.unread(text, branch, ways)
    const question = `a program reading the queue accepts the packet (${text})`
    this.supposing(question, 'the program’s decision is not in the rules', branch, (each) =>
      this.accept(each, this.ruleName())
    )
  }

  /** It may match or not, translate, or drop: nobody knows. */
  private unread(text: string, branch: Branch, ways: Ways): void {
    this.suppose(text, 'what this is, is not known', branch, (each) => {
      const last = this.frame.rule?.statements.at(-1)
      if (last && printStatement(last) === text) return void ways.past.push(each)
      this.fork(
        each,
        ask({
          id: `${text} matches at ${this.situation.place()}`,
          text: `${text} matches`,
          reason: 'what this is, is not known'
        }),
        ways.next,
        ways.past
      )
    })
  }

  private suppose(text: string, reason: string, branch: Branch, then: (branch: Branch) => unknown): void {
    this.supposing(`${text} lets the packet go on unchanged`, reason, branch, then)
  }

  private supposing(text: string, reason: string, branch: Branch, then: (branch: Branch) => unknown): void {
    const [yes, no]: [Branch[], Branch[]] = [[], []]
    this.fork(branch, ask({ id: `${text} at ${this.situation.place()}`, text, reason }), yes, no)
    for (const each of yes) then(each)
    for (const each of no) this.end(each, 'unknown', `${this.ruleName()}: ${reason}`)
  }

  private accept(branch: Branch, by: string): void {
    const filters = this.situation.table !== 'nat' && this.hook !== 'PREROUTING' && this.hook !== 'POSTROUTING'
    this.accepted.push(filters ? { ...branch, passed: by } : branch)
  }

  private end(branch: Branch, verdict: 'dropped' | 'rejected' | 'unknown', why: string, rejectWith?: string): [] {
    this.evaluation.endings.add(branch, {
      verdict,
      local: this.hook === 'INPUT' || (this.hook === 'PREROUTING' && branch.flow.looped),
      why,
      sourceSettled: verdict !== 'unknown' || this.hook === 'INPUT',
      ...(rejectWith === undefined ? {} : { rejectWith })
    })
    return []
  }

  private place(): Place | undefined {
    const { rule, chain, number } = this.frame
    if (!rule) return undefined
    return { hook: this.hook, table: this.name, chain: chain.name, ruleNumber: number!, ruleText: ruleText(rule) }
  }

  private stepped(branch: Branch, kind: StepKind, more: Partial<Step>): Branch {
    const { chain, rule, number, depth } = this.frame
    return withStep(branch, {
      kind,
      hook: this.hook,
      table: this.name,
      chain: chain.name,
      depth,
      ...(rule && { ruleNumber: number!, ruleText: ruleText(rule) }),
      ...more
    })
  }

  private ruleName(): string {
    const { chain, rule, number } = this.frame
    return `${this.name} ${chain.name} rule ${number}: ${rule ? ruleText(rule) : ''}`
  }
}

const HARMLESS: ReadonlySet<string> = new Set([
  'meta nftrace',
  'meta priority',
  'meta rtclassid',
  'meta secmark',
  'ct event',
  'ct label',
  'ct secmark'
])

/** A packet whose hops are used up is not forwarded; one whose address changed is another. */
function changesHeaderOnly(target: Expression, value: Expression): boolean {
  if (typeof target !== 'object') return false
  if (target.kind === 'selector') return target.words.startsWith('tcp option ')
  if (target.kind !== 'payload') return false
  if (target.field === 'dscp' || target.field === 'ecn' || target.field === 'flowlabel') return true
  return (target.field === 'ttl' || target.field === 'hoplimit') && typeof value === 'number' && value > 1
}

function isDraw(part: Reading['parts'][number]): part is { readonly draw: Draw } {
  return typeof part === 'object' && 'draw' in part
}

function idOf(part: Reading['parts'][number]): string {
  if (isDraw(part)) return 'drawn'
  return isUnknown(part) ? part.id : keyOf([part])
}

function showDatum(datum: Datum): string {
  if (typeof datum === 'string') return datum
  return datum.length === 4 || datum[0]! > 65535 ? formatEndpoint(datum, null) : `${datum[0]}`
}

/** Undefined: it cannot be said. Of `!=` the answer to `==`. */
function holdsSo(operator: Match['operator'], value: Datum, constant: Expression, type: Type): boolean | undefined {
  if (typeof constant === 'boolean') return typeof value === 'string' ? (value !== '') === constant : undefined
  if (operator === 'in' || operator === '!') {
    const bits = bitsOf(constant, type)
    if (bits === undefined || typeof value === 'string') return undefined
    return ((value[0]! & bits) !== 0) === (operator === 'in')
  }
  if (operator === '==' || operator === '!=') return holds(value, constant, type)
  const limit = typeof constant === 'object' ? undefined : datumOf(constant, type)
  const order = limit === undefined ? undefined : compare(value, limit)
  if (order === undefined) return undefined
  return operator === '<' ? order < 0 : operator === '>' ? order > 0 : operator === '<=' ? order <= 0 : order >= 0
}

function drawnTruth({ from, count }: Draw, test: (value: number) => boolean | undefined): Truth {
  let hits = 0
  for (let at = 0; at < Math.min(count, 1 << 20); at++) if (test(from + at) === true) hits++
  return hits === 0 ? false : hits === count ? true : { chance: hits / count }
}

/** Each element by how many of the numbers are its own. */
function drawn(branch: Branch, { from, count }: Draw, elements: readonly Element[]): Found[] {
  let left = count
  const found: Found[] = []
  for (const element of [...elements].sort((a, b) => Number(a.key === '*') - Number(b.key === '*'))) {
    const span = element.key === '*' ? { from, to: from + count - 1 } : spanOf(element.key)
    const hits = span ? Math.min(span.to, from + count - 1) - Math.max(span.from, from) + 1 : 0
    const own = element.key === '*' ? left : Math.min(left, Math.max(0, hits))
    if (own > 0) found.push({ branch: { ...branch, share: scale(branch.share, own / count) }, element })
    left -= own
  }
  return left > 0 ? [...found, { branch: { ...branch, share: scale(branch.share, left / count) } }] : found
}

/** Drawn numbers one by one; too many of them are one that is not known. */
function expand({ branch, parts }: Reading, situation: Situation): { branch: Branch; parts: Part[] }[] {
  let ways: { branch: Branch; parts: Part[] }[] = [{ branch, parts: [] }]
  for (const part of parts) {
    if (!isDraw(part)) {
      for (const way of ways) way.parts.push(part)
      continue
    }
    const { from, count } = part.draw
    if (count > MAX_DRAWN) {
      const unknown: Unknown = {
        id: `numgen at ${situation.place()}`,
        reason: 'it is drawn at random',
        domain: { from, count }
      }
      for (const way of ways) way.parts.push(unknown)
      continue
    }
    ways = ways.flatMap((way) =>
      Array.from({ length: count }, (_, at) => ({
        branch: { ...way.branch, share: scale(way.branch.share, 1 / count) },
        parts: [...way.parts, [from + at]]
      }))
    )
  }
  return ways
}

function combined(
  expression: Expression,
  operator: string,
  left: Reading['parts'][number],
  right: Reading['parts'][number]
): Part {
  const words = (part: Reading['parts'][number]) =>
    typeof part === 'string' || isDraw(part) || isUnknown(part) ? undefined : part
  const [a, b] = [words(left), words(right)]
  if (!a || !b || a.length !== b.length || (a.length > 1 && operator.length > 1)) {
    const id = `${printExpression(expression)} of ${idOf(left)} ${idOf(right)}`
    const unknown = [left, right].find((part) => !isDraw(part) && isUnknown(part)) as Unknown | undefined
    return { id, reason: unknown?.reason ?? 'it is drawn at random' }
  }
  return a.map((word, at) => {
    const other = b[at]!
    switch (operator) {
      case '&':
        return (word & other) >>> 0
      case '|':
        return (word | other) >>> 0
      case '^':
        return (word ^ other) >>> 0
      case '<<':
        return other > 31 ? 0 : (word << other) >>> 0
      default:
        return other > 31 ? 0 : word >>> other
    }
  })
}

/** Elements that lead to the same are asked for at once; a sure one comes last. */
function grouped(found: readonly Candidate[]): Candidate[][] {
  const groups = new Map<string, Candidate[]>()
  for (const candidate of found) {
    const { data } = candidate.element
    const single = typeof candidate.element.key === 'string' && data === undefined && found.length <= 8
    const key = candidate.sure
      ? 'sure'
      : single
        ? `key ${candidate.element.key}`
        : data === undefined
          ? ''
          : printExpression(data)
    const group = groups.get(key)
    if (group) group.push(candidate)
    else groups.set(key, [candidate])
  }
  return [...groups.values()].sort((a, b) => Number(a[0]!.sure) - Number(b[0]!.sure))
}

/** Whatever the unknown number is, one of these has it. */
function coversDomain(parts: readonly Part[], found: readonly Candidate[]): boolean {
  const [only] = parts
  if (parts.length !== 1 || only === undefined || !isUnknown(only) || !only.domain) return false
  const { from, count } = only.domain
  let covered = 0
  for (const { element } of found) {
    const span = spanOf(element.key)
    if (span) covered += Math.min(span.to, from + count - 1) - Math.max(span.from, from) + 1
  }
  return covered >= count
}

const texts = new WeakMap<NftRule, string>()

/** A map of a thousand endpoints is printed once, and not once for each. */
function ruleText(rule: NftRule): string {
  let text = texts.get(rule)
  if (text === undefined) texts.set(rule, (text = printRule(rule)))
  return text
}

function callPath(frame: Frame): string {
  const here = `${frame.chain.name}:${frame.number}`
  return frame.caller ? `${callPath(frame.caller)} ${here}` : here
}

function endpoint(flow: Flow, ofSource: boolean): string {
  if (ofSource) return formatEndpoint(flow.source, flow.sourcePort)
  return formatEndpoint(flow.destination, flow.destinationPort)
}
