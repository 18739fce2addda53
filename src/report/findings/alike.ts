import type { Gap } from '../../ask/check/coverage.ts'
import type { CheckResult, Finding } from '../../ask/check/finding.ts'
import { told } from './told.ts'

/** The same said of these objects on these nodes. */
export interface AlikeFindings {
  readonly objects: string[]
  readonly nodes: string[]
  readonly message: string
  readonly findings: Finding[]
}

/** What all of them are unsure of, so that it need be said only once, and the findings without it; '' for nothing. */
export function sharedDoubt(findings: readonly Finding[]): { doubt: string; findings: readonly Finding[] } {
  const doubts = new Set(findings.map(({ unsure }) => unsure))
  const [doubt] = doubts
  return doubts.size !== 1 || !doubt
    ? { doubt: '', findings }
    : { doubt, findings: findings.map((finding) => ({ ...finding, unsure: '' })) }
}

/** The same finding on several nodes is one, and so is the same on several objects of the same nodes. */
export function alikeFindings(findings: readonly Finding[]): AlikeFindings[] {
  const groups = new Map<string, AlikeFindings>()
  for (const each of onNodes(findings)) {
    const key = `${each.message}\0${each.nodes.join()}`
    const group = groups.get(key)
    if (group) {
      group.objects.push(...each.objects)
      group.findings.push(...each.findings)
    } else groups.set(key, each)
  }
  return [...groups.values()]
}

function onNodes(findings: readonly Finding[]): AlikeFindings[] {
  const groups = new Map<string, AlikeFindings>()
  for (const finding of findings) {
    const { object, node } = finding
    const message = told(finding)
    const key = `${object}\0${message}`
    const group = groups.get(key) ?? { objects: [object], nodes: [], message, findings: [] }
    if (node !== null) group.nodes.push(node)
    group.findings.push(finding)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/** What checks could not see, each thing once, with the codes that wanted it. */
export function unseenThings(results: readonly CheckResult[]): { gap: Gap; codes: string[] }[] {
  const gaps = new Map<string, { gap: Gap; codes: string[] }>()
  for (const { check, gaps: missing } of results) {
    for (const gap of missing) {
      const known = gaps.get(gap.subject) ?? { gap, codes: [] }
      known.codes.push(check.code)
      gaps.set(gap.subject, known)
    }
  }
  return [...gaps.values()]
}
