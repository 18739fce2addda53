import type { AnswerStep } from '../../ask/trace/answer.ts'

/** One line of a trace: what one rule did. */
export interface Line {
  /** `node/kube-master` */
  readonly place: string
  /** `nat KUBE-SERVICES 52` */
  readonly rule: string
  readonly what: string
  /** What the rule asked: `-d 10.43.7.80 -p tcp --dport 80`; '' where it asks nothing worth telling. */
  readonly matched: string
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
    return [{ place: step.place, rule, what, matched: matchedBy(step.ruleText ?? ''), step }]
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
  if (next === undefined || next.place !== step.place || next.table !== step.table || next.depth <= step.depth)
    return false
  return step.table === 'nat'
    ? step.hook !== 'POSTROUTING'
    : !(next.kind === 'verdict' && next.to === 'ACCEPT') && step.table !== 'filter'
}

/** A rule without its comment, its target, the chance it draws (the share says it), and words that say nothing more. */
function matchedBy(text: string): string {
  const asked = text
    .replace(/-m comment --comment (?:"(?:[^"\\]|\\.)*"|\S+) ?/g, '')
    .replace(/(?:^| )-[jg] .*$/s, '')
    .replace(/-m statistic --mode random --probability \S+ ?/, '')
    .replace(/-m (?:tcp|udp|sctp)(?: |$)/g, '')
    .replace(/\/(?:32|128)(?= |$)/g, '')
    .trim()
  return /^-p \S+$/.test(asked) ? '' : asked
}
