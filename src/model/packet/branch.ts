/** One way the packet may be going: what it looks like, how likely, and how it came here. */

import { type Flow, flowKey, sameFlow } from './flow.ts'
import type { Question } from './match/truth.ts'
import type { Condition, Place, Step } from './outcome.ts'
import { type Asked, add, restrict, type Share, sizeOf } from './share.ts'

/** A question once it has been asked, and its two answers. */
export interface OpenCondition extends Asked {
  readonly holds: Condition
  readonly fails: Condition
}

export interface Branch {
  readonly flow: Flow
  readonly share: Share<OpenCondition>
  readonly trail: Trail | null
  readonly assumptions: readonly string[]
  /** The rule or policy of the filter table that last let it pass. */
  readonly passed: string | undefined
  /** Rules that are not read, which it met: what became of it there nobody can say. */
  readonly doubt?: string
}

/** Steps, latest first: branches share their beginnings. */
export interface Trail {
  readonly step: Step
  readonly before: Trail | null
  readonly length: number
}

export function withStep(branch: Branch, step: Step): Branch {
  const { flow, share, trail, assumptions, passed, doubt } = branch
  const next = { flow, share, trail: { step, before: trail, length: (trail?.length ?? 0) + 1 }, assumptions, passed }
  return doubt === undefined ? next : { ...next, doubt }
}

export function stepsOf(trail: Trail | null): Step[] {
  const steps: Step[] = []
  for (let at = trail; at; at = at.before) steps.push(at.step)
  return steps.reverse()
}

/** So many are compared one by one; their flows mostly differ in the first thing looked at. */
const FEW = 24

/** Branches no later rule can tell apart become one. Its trail is that of the first. */
export function merge(branches: Branch[]): Branch[] {
  if (branches.length < 2) return branches
  return branches.length <= FEW ? mergeFew(branches) : mergeMany(branches)
}

function mergeFew(branches: readonly Branch[]): Branch[] {
  const merged: Branch[] = []
  for (const branch of branches) {
    const twin = merged.findIndex((each) => sameFlow(each.flow, branch.flow))
    if (twin < 0) merged.push(branch)
    else merged[twin] = joined(merged[twin]!, branch)
  }
  return merged
}

function mergeMany(branches: readonly Branch[]): Branch[] {
  const merged = new Map<string, Branch>()
  for (const branch of branches) {
    const key = flowKey(branch.flow)
    const twin = merged.get(key)
    merged.set(key, twin ? joined(twin, branch) : branch)
  }
  return [...merged.values()]
}

function joined(first: Branch, second: Branch): Branch {
  return { ...first, share: add(first.share, second.share) }
}

/** The questions of one evaluation; each is asked once. */
export class Conditions {
  private readonly asked = new Map<string, OpenCondition>()

  of(question: Question, rule?: Place): OpenCondition {
    let condition = this.asked.get(question.id)
    if (!condition) {
      const { id, text, reason, newClient } = question
      const fails: Condition = {
        id,
        holds: false,
        text,
        reason,
        ...(rule && { rule }),
        ...(newClient === undefined ? {} : { newClient })
      }
      condition = { order: this.asked.size, holds: { ...fails, holds: true }, fails }
      this.asked.set(id, condition)
    }
    return condition
  }
}

/** Chains that call the next one twice are called as often as there are grains of rice on a chessboard. */
const MAX_CALLS = 200_000

/** Calico and kube-proxy together have some dozens. */
const MAX_STEPS = 1000

/** The kernel keeps 16 for nftables; ours is on the stack. */
const MAX_DEPTH = 200

/** Of rules that one evaluation gave up, the next ones do not follow as many: ten thousand frontends would each wait as long. */
const CALLS_AFTER_GIVING_UP = 2000

/** Rules, by the chains of their first ruleset, of which an evaluation made more calls than are followed. */
const givenUp = new WeakSet<object>()

/** The chains called in one evaluation, on all ways. */
export class Calls {
  private made = 0
  private readonly most: number
  private readonly rules: object

  constructor(rules: object) {
    this.rules = rules
    this.most = givenUp.has(rules) ? CALLS_AFTER_GIVING_UP : MAX_CALLS
  }

  /** Why the branch is not followed into one more; undefined where it is. */
  refusal({ trail }: Branch, depth: number): string | undefined {
    this.made++
    if (depth > MAX_DEPTH) return `more than ${MAX_DEPTH} chains within one another`
    if (trail !== null && trail.length > MAX_STEPS) return `more than ${MAX_STEPS} steps on one way`
    if (this.made <= this.most) return undefined
    givenUp.add(this.rules)
    return `more than ${this.most} calls of chains on all ways`
  }
}

/** More ways at once than this are not followed: rules that mark by hundreds of unknown conditions. */
const MAX_BRANCHES = 4096

/** A way that depends on more combinations of answers than this is not followed either. */
const MAX_COMBINATIONS = 512

/** Those that are followed; `giveUp` is told of the others, and why. */
export function followable(branches: Branch[], giveUp: (branch: Branch, why: string) => void): Branch[] {
  for (const branch of branches.splice(MAX_BRANCHES)) giveUp(branch, `more than ${MAX_BRANCHES} ways at once`)
  return merge(branches).filter((branch) => {
    if (sizeOf(branch.share) <= MAX_COMBINATIONS) return true
    giveUp(branch, `it depends on more than ${MAX_COMBINATIONS} combinations of unknown conditions`)
    return false
  })
}

/** The packets for which the answer is `answer`, and the others. */
export function decide(
  conditions: Conditions,
  branch: Branch,
  { question, answer }: { readonly question: Question; readonly answer: boolean },
  rule?: Place
): { yes?: Branch; no?: Branch } {
  const condition = conditions.of(question, rule)
  const side = (value: boolean): Branch | undefined => {
    const share = restrict(branch.share, condition, value)
    if (share === 0) return undefined
    return { ...branch, share, flow: value && question.learn ? question.learn(branch.flow) : branch.flow }
  }
  const [yes, no] = [side(answer), side(!answer)]
  return { ...(yes && { yes }), ...(no && { no }) }
}
