import { UserError } from '../../problem.ts'
import type { CheckResult, Finding } from './finding.ts'

/** A finding that somebody knows of and does not want to hear about again. */
export interface Suppression {
  readonly code: string
  /** `service/demo/*`: `*` stands for any text. */
  readonly object: string
  /** `2027-01-31`, the last day it holds; null: for ever. */
  readonly until: string | null
  readonly reason: string
  /** `suppressions.txt:3` */
  readonly place: string
}

/**
 * Reads lines of `CODE OBJECT UNTIL REASON`, in which `*` is any code or any text of an object and `-` is no end;
 * `#` begins a remark. Throws: UserError naming the line.
 */
export function readSuppressions(text: string, file: string): Suppression[] {
  return text.split('\n').flatMap((line, index) => {
    const place = `${file}:${index + 1}`
    if (line.trim() === '' || line.trimStart().startsWith('#')) return []
    const [code, object, until, ...reason] = line.trim().split(/\s+/)
    if (!code || !object || !until || reason.length === 0) {
      throw new UserError(
        `${place}: write CODE OBJECT UNTIL REASON, for example "EP-SINGLE service/demo/* 2027-01-31 one is enough"`
      )
    }
    if (until !== '-' && !isDay(until))
      throw new UserError(`${place}: "${until}" is no day; write it as 2027-01-31, or - for no end`)
    return [{ code, object, until: until === '-' ? null : until, reason: reason.join(' '), place }]
  })
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
}

/** Those whose last day was before `day`. */
export function expired(suppressions: readonly Suppression[], day: string): Suppression[] {
  return suppressions.filter(({ until }) => until !== null && until < day)
}

/** Results without the findings that `drop` chooses, and those; what only an earlier snapshot has goes without a word. */
export function withoutFindings(
  results: readonly CheckResult[],
  drop: (finding: Finding) => boolean
): { results: CheckResult[]; dropped: Finding[] } {
  const dropped: Finding[] = []
  const kept = results.map((result) => ({
    ...result,
    findings: result.findings.filter((finding) => {
      const known = drop(finding)
      if (known) dropped.push(finding)
      return !known
    }),
    ...(result.past && { past: result.past.filter((finding) => !drop(finding)) })
  }))
  return { results: kept, dropped }
}

/** `day`: the day of the snapshot, UTC. */
export function isSuppressed(finding: Finding, suppressions: readonly Suppression[], day: string): boolean {
  return suppressions.some(
    ({ code, object, until }) =>
      (until === null || day <= until) && (code === '*' || code === finding.code) && matches(object, finding.object)
  )
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(text)
}
