import type { Gap } from '../../ask/check/coverage.ts'
import type { CheckResult, Finding } from '../../ask/check/run.ts'

/** The same said of these objects on these nodes. */
export interface AlikeFindings {
  readonly objects: string[]
  readonly nodes: string[]
  readonly message: string
  readonly findings: Finding[]
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
    const { object, node, unsure } = finding
    const message = unsure === '' ? finding.message : `${finding.message} (unsure: ${unsure})`
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
