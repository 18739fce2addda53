import type { CheckResult, Finding } from './finding.ts'

/**
 * What packets suffer from is told once, by what causes it: a finding that another check explains is left out, and its message is
 * among the evidence of the cause.
 */
export function withCauses(results: readonly CheckResult[]): CheckResult[] {
  const consequences = new Map<Finding, string[]>()
  const left = results.map((result) => {
    if (result.check.causes.length === 0) return result
    const explained: Finding[] = []
    const causes = new Map(
      results
        .filter(({ check }) => result.check.causes.includes(check.code))
        .flatMap(({ findings }) => findings)
        .map((each) => [place(each.object, each.node), each])
    )
    const findings = result.findings.filter((finding) => {
      const { object, node } = finding
      // About the same object, the node as a whole, or the Service whatever the node.
      const cause =
        causes.get(place(object, node)) ??
        causes.get(place(`node/${node}`, node)) ??
        causes.get(place(object, null)) ??
        causes.get(place(object.replace(/:[^:/]*$/, ''), null))
      if (cause === undefined) return true
      consequences.set(cause, [...(consequences.get(cause) ?? []), consequence(cause, finding)])
      explained.push(finding)
      return false
    })
    return { ...result, findings, explained }
  })
  return left.map((result) => ({
    ...result,
    findings: result.findings.map((finding) => withConsequences(finding, consequences.get(finding)))
  }))
}

function place(object: string, node: string | null): string {
  return `${object}\0${node ?? ''}`
}

function consequence(cause: Finding, { object, message }: Finding): string {
  return cause.object === object ? message : `${object} ${message}`
}

/** So many are written out. */
const SHOWN = 10

function withConsequences(finding: Finding, consequences: readonly string[] | undefined): Finding {
  if (!consequences) return finding
  const more = consequences.length - SHOWN
  return {
    ...finding,
    evidence: {
      ...finding.evidence,
      consequences: [...consequences.slice(0, SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join(' | ')
    }
  }
}
