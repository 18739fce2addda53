import type { AnswerStep } from '../../ask/trace/answer.ts'

/** One line of a trace: what one rule did. */
export interface Line {
  /** `node/kube-master` */
  readonly place: string
  /** `nat KUBE-SERVICES 52` */
  readonly rule: string
  readonly what: string
  /** The chance of this branch where the rule drew one. */
  readonly share?: number
  readonly step: AnswerStep
}

/**
 * The steps worth a line: those that lead on, rewrite, mark, or stop the packet. What was merely passed (policies,
 * chains that did nothing) stays in the JSON.
 */
export function linesOf(steps: readonly AnswerStep[]): Line[] {
  return steps.flatMap((step, index) => {
    const what = described(step, steps[index + 1])
    if (what === undefined) return []
    const rule = [step.table, step.chain, step.ruleNumber].filter((part) => part !== undefined).join(' ')
    return [{ place: step.place, rule, what, step, ...(step.share !== undefined && step.share < 1 && { share: step.share }) }]
  })
}

function described(step: AnswerStep, next: AnswerStep | undefined): string | undefined {
  switch (step.kind) {
    case 'jump':
    case 'goto':
      return leadsOn(step, next) ? `→ ${step.to}` : undefined
    case 'mark':
      return step.after === '0x0' || step.before === step.after ? undefined : `mark ${step.before} → ${step.after}`
    case 'rewrite':
      return `${step.to} ${step.before} → ${step.after === 'unknown' ? "the node's own address" : step.after}`
    case 'verdict':
      return step.to === 'ACCEPT' ? undefined : step.to
    case 'policy':
      return step.to === 'ACCEPT' ? undefined : `policy ${step.to}`
    default:
      return undefined
  }
}

/** A chain that was entered and left without anything done is not on the packet's way; nor is filter's long road to ACCEPT. */
function leadsOn(step: AnswerStep, next: AnswerStep | undefined): boolean {
  if (next === undefined || next.place !== step.place || next.table !== step.table || next.depth <= step.depth) return false
  return step.table === 'nat' ? step.hook !== 'POSTROUTING' : !(next.kind === 'verdict' && next.to === 'ACCEPT') && step.table !== 'filter'
}
