/** One table at one hook: calls, gotos and returns, and every branch a rule opens. */

import { formatEndpoint } from './address.ts'
import { type Branch, type Calls, type Conditions, decide, followable, merge, withStep } from './branch.ts'
import type { CompiledRule } from './compile.ts'
import type { Endings } from './ending.ts'
import type { Flow } from './flow.ts'
import type { HostView } from './host-view.ts'
import type { Sent, Situation } from './match/part.ts'
import type { Question } from './match/truth.ts'
import type { Place, Step, StepKind } from './outcome.ts'
import type { Backend, Hook, RuleChain, Rules, TableName } from './packet.ts'
import { programOf } from './program.ts'
import { scale } from './share.ts'
import { type Nat, rewrite } from './target/nat.ts'

/** What one evaluation works with. */
export interface Evaluation {
  /** One, or both backends' where the host has rules of both: packets pass them all. */
  readonly rulesets: readonly Rules[]
  readonly host: HostView
  readonly sent: Sent
  readonly conditions: Conditions
  readonly calls: Calls
  readonly endings: Endings
}

/** A chain being walked, at one of its rules. */
interface Frame {
  readonly chain: string
  readonly caller: Frame | null
  /** Where RETURN leads: a chain entered by goto hands on its caller's. */
  readonly returnsTo: string
  readonly depth: number
  rule?: CompiledRule
}

export function traverse(
  evaluation: Evaluation,
  rules: Rules,
  hook: Hook,
  table: TableName,
  branches: readonly Branch[]
): Branch[] {
  if (branches.length === 0 || rules.table(table) === 'absent') return [...branches]
  return new Traversal(evaluation, rules, hook, table).run(branches)
}

class Traversal {
  private readonly accepted: Branch[] = []
  private readonly situation: Situation
  private frame: Frame
  private readonly evaluation: Evaluation
  private readonly rules: Rules
  private readonly hook: Hook
  private readonly table: TableName

  constructor(evaluation: Evaluation, rules: Rules, hook: Hook, table: TableName) {
    this.evaluation = evaluation
    this.rules = rules
    this.hook = hook
    this.table = table
    this.frame = { chain: hook, caller: null, returnsTo: 'policy', depth: 0 }
    const { host, sent } = evaluation
    const of = this.backend()
    const place = (): string => `${of === undefined ? '' : `${of} `}${hook} ${table} ${callPath(this.frame)}`
    this.situation = { flow: sent.flow, hook, table, host, sent, place }
  }

  run(branches: readonly Branch[]): Branch[] {
    const { rules } = this
    const chain = rules.chain(this.table, this.hook)
    if (!chain && rules.table(this.table) === 'present') return [...branches]
    if (!chain) return this.uncaptured(branches, rules.unseen ?? `table ${this.tableName()} at ${this.hook}`)
    const fallen = this.walk(this.frame, chain, branches)
    for (const branch of fallen) this.applyPolicy(branch, chain.policy ?? 'ACCEPT')
    return merge(this.accepted)
  }

  private applyPolicy(branch: Branch, policy: string): void {
    const { hook, table } = this
    const of = this.backend()
    const done = withStep(branch, {
      kind: 'policy',
      hook,
      table,
      chain: hook,
      ...(of && { backend: of }),
      depth: 0,
      to: policy
    })
    const why = `${this.tableName()} ${this.hook}: policy ${policy}`
    if (policy === 'ACCEPT') this.accept(done, why)
    else this.end(done, 'dropped', why)
  }

  /** Branches that come back from the chain: by RETURN or by its end. */
  private walk(frame: Frame, chain: RuleChain, branches: readonly Branch[]): Branch[] {
    const program = programOf(chain)
    if (!program.indexed || branches.length < 2) return this.walkAlike(frame, chain, branches)
    return merge(branches.flatMap((branch) => this.walkAlike(frame, chain, [branch])))
  }

  /** All branches must have the same candidates: one branch, or a chain without index. */
  private walkAlike(frame: Frame, chain: RuleChain, branches: readonly Branch[]): Branch[] {
    const program = programOf(chain)
    const positions = branches[0] && program.candidates(branches[0].flow)
    const count = positions?.length ?? program.length
    const returned: Branch[] = []
    let live: Branch[] = [...branches]
    for (let at = 0; at < count && live.length > 0; at++) {
      frame.rule = program.rule(positions ? positions[at]! : at)
      this.frame = frame
      live = this.pass(frame.rule, frame, live, returned)
    }
    delete frame.rule
    if (!chain.complete) live = this.uncaptured(live, `what may follow in chain ${frame.chain} (the dump is not whole)`)
    return merge(returned.length === 0 ? live : [...returned, ...live])
  }

  private pass(rule: CompiledRule, frame: Frame, live: Branch[], returned: Branch[]): Branch[] {
    const next: Branch[] = []
    for (const branch of live) {
      const matched = this.match(rule, branch, next)
      if (matched) next.push(...this.act(rule, frame, matched, returned))
    }
    return followable(next, (branch, why) => this.end(branch, 'unknown', why))
  }

  /** Splits a branch: what does not match goes to `rest`, what does is answered. */
  private match(rule: CompiledRule, branch: Branch, rest: Branch[]): Branch | undefined {
    let current = branch
    for (const part of rule.parts) {
      this.situation.flow = current.flow
      const truth = part.check(this.situation)
      if (truth === false) return void rest.push(current)
      if (truth !== true && 'chance' in truth) {
        rest.push({ ...current, share: scale(current.share, 1 - truth.chance) })
        current = { ...current, share: scale(current.share, truth.chance) }
      } else if (truth !== true) {
        const { yes, no } = this.decide(current, truth.question, truth.answer)
        if (no) rest.push(no)
        if (!yes) return undefined
        current = yes
      }
      if (part.remember) current = { ...current, flow: part.remember(current.flow, this.situation) }
    }
    return current
  }

  private decide(branch: Branch, question: Question, answer: boolean): { yes?: Branch; no?: Branch } {
    return decide(this.evaluation.conditions, branch, { question, answer }, this.place())
  }

  /** What goes on to the next rule. */
  private act(rule: CompiledRule, frame: Frame, branch: Branch, returned: Branch[]): Branch[] {
    const { action } = rule
    const step = (kind: StepKind, more: Partial<Step> = {}) => withStep(branch, this.step(kind, frame, more))
    switch (action.kind) {
      case 'continue':
        return [action.changes ? { ...step('match'), flow: action.changes(branch.flow) } : step('match')]
      case 'accept':
        this.accept(step('verdict', { to: 'ACCEPT' }), this.ruleName(frame))
        return []
      case 'drop':
        this.end(step('verdict', { to: 'DROP' }), 'dropped', this.ruleName(frame))
        return []
      case 'reject':
        this.end(step('verdict', { to: `REJECT ${action.with}` }), 'rejected', this.ruleName(frame), action.with)
        return []
      case 'return':
        returned.push(step('return', { to: frame.returnsTo }))
        return []
      case 'edit': {
        this.situation.flow = branch.flow
        const flow = action.edit.apply(branch.flow, this.situation)
        return [{ ...step('mark', { before: action.edit.show(branch.flow), after: action.edit.show(flow) }), flow }]
      }
      case 'nat':
        this.translate(action.nat, frame, branch)
        return []
      case 'chain': {
        const { name, goto } = action
        const back = this.call(name, goto, frame, step(goto ? 'goto' : 'jump', { to: name }))
        this.frame = frame
        if (!goto) return back
        returned.push(...back)
        return []
      }
      case 'suppose': {
        const { text, reason } = action
        const question = {
          id: `${text} at ${this.situation.place()}`,
          text: /^(?:its|the rest of it)\b/.test(text) ? `${frame.chain} rule ${rule.number}: ${text}` : text,
          reason
        }
        const { yes, no } = this.decide(step('match'), question, true)
        if (no) this.end(no, 'unknown', `${this.ruleName(frame)}: ${reason}`)
        if (!yes || action.then === 'continue') return yes ? [yes] : []
        this.accept(yes, this.ruleName(frame))
        return []
      }
    }
  }

  private call(name: string, goto: boolean, frame: Frame, branch: Branch): Branch[] {
    const refusal = this.evaluation.calls.refusal(branch, frame.depth)
    if (refusal !== undefined) return this.end(branch, 'unknown', `${this.ruleName(frame)}: ${refusal}`)
    const chain = this.rules.chain(this.table, name)
    if (!chain) return this.uncaptured([branch], `chain ${name} of table ${this.tableName()}`)
    for (let at: Frame | null = frame; at; at = at.caller) {
      if (at.chain === name) return this.end(branch, 'unknown', `${this.ruleName(frame)}: ${name} leads back to itself`)
    }
    const returnsTo = goto ? frame.returnsTo : frame.chain
    return this.walk({ chain: name, caller: frame, returnsTo, depth: frame.depth + 1 }, chain, [branch])
  }

  private translate(nat: Nat, frame: Frame, branch: Branch): void {
    this.situation.flow = branch.flow
    const results = rewrite(nat, branch.flow, this.situation)
    if (typeof results === 'string') {
      const stuck = withStep(branch, this.step('rewrite', frame, { to: nat.target }))
      return void this.end(stuck, 'unknown', `${this.ruleName(frame)}: ${results}`)
    }
    const ofSource = nat.target === 'SNAT' || nat.target === 'MASQUERADE'
    for (const { flow, given } of results) {
      let way: Branch | undefined = branch
      for (const { question, answer } of given) way = way && this.decide(way, question, answer).yes
      if (!way) continue
      const shown = { to: nat.target, before: endpoint(branch.flow, ofSource), after: endpoint(flow, ofSource) }
      this.accept({ ...withStep(way, this.step('rewrite', frame, shown)), flow }, this.ruleName(frame))
    }
  }

  /** Part of the rules is missing: either it lets the packet pass as it is, or nobody can say. */
  private uncaptured(branches: readonly Branch[], what: string): Branch[] {
    const text = `${what} lets the packet go on unchanged`
    return branches.flatMap((branch) => {
      const { yes, no } = this.decide(branch, { id: text, text, reason: 'not captured' }, true)
      if (no) this.end(no, 'unknown', `${what}: not captured`)
      return yes ? [yes] : []
    })
  }

  private accept(branch: Branch, by: string): void {
    this.accepted.push(this.table === 'filter' ? { ...branch, passed: by } : branch)
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
    const { rule, chain } = this.frame
    if (!rule) return undefined
    return { hook: this.hook, table: this.table, chain, ruleNumber: rule.number, ruleText: rule.text }
  }

  private step(kind: StepKind, frame: Frame, more: Partial<Step>): Step {
    const { number: ruleNumber, text: ruleText } = frame.rule!
    const { hook, table } = this
    const of = this.backend()
    return {
      kind,
      hook,
      table,
      chain: frame.chain,
      ...(of && { backend: of }),
      depth: frame.depth,
      ruleNumber,
      ruleText,
      ...more
    }
  }

  /** Undefined where it need not be said: there is only one. */
  private backend(): Backend | undefined {
    return this.evaluation.rulesets.length > 1 ? (this.rules.backend ?? 'legacy') : undefined
  }

  private tableName(): string {
    const of = this.backend()
    return of === undefined ? this.table : `iptables-${of} ${this.table}`
  }

  private ruleName(frame: Frame): string {
    return `${this.tableName()} ${frame.chain} rule ${frame.rule!.number}: ${frame.rule!.text}`
  }
}

function callPath(frame: Frame): string {
  const here = `${frame.chain}:${frame.rule?.number}`
  return frame.caller ? `${callPath(frame.caller)} ${here}` : here
}

function endpoint(flow: Flow, ofSource: boolean): string {
  if (ofSource) return formatEndpoint(flow.source, flow.sourcePort)
  return formatEndpoint(flow.destination, flow.destinationPort)
}
