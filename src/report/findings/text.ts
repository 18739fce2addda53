import type { Gap } from '../../ask/check/coverage.ts'
import type { CheckResult, Finding } from '../../ask/check/run.ts'
import { visible } from '../format/cell.ts'

/** The findings as a person reads them: the worst first, each check with what to do, then what could not be seen. */
export function findingText(snapshot: string, results: readonly CheckResult[]): string {
  const found = results.filter(({ findings }) => findings.length > 0)
  const sections = found.map(section)
  return [...sections, unseen(results), summary(snapshot, results)].filter(Boolean).map((part) => `${part}\n`).join('\n')
}

function section({ check, findings }: CheckResult): string {
  const head = `${check.severity.toUpperCase()}  ${check.code}  ${check.title}`
  const lines = grouped(findings).map(({ finding, nodes }) => visible(`  ${finding.object}${where(nodes)}: ${finding.message}`))
  return [head, ...lines, `  → ${check.fix}`].join('\n')
}

function where(nodes: readonly string[]): string {
  return nodes.length === 0 ? '' : ` on ${nodes.join(', ')}`
}

/** The same finding on several nodes is one line. */
function grouped(findings: readonly Finding[]): { finding: Finding; nodes: string[] }[] {
  const groups = new Map<string, { finding: Finding; nodes: string[] }>()
  for (const finding of findings) {
    const key = `${finding.object}\0${finding.message}`
    const group = groups.get(key) ?? { finding, nodes: [] }
    if (finding.node !== null) group.nodes.push(finding.node)
    groups.set(key, group)
  }
  return [...groups.values()]
}

function unseen(results: readonly CheckResult[]): string {
  const gaps = new Map<string, { gap: Gap; codes: string[] }>()
  for (const { check, gaps: missing } of results) {
    for (const gap of missing) {
      const known = gaps.get(gap.subject) ?? { gap, codes: [] }
      known.codes.push(check.code)
      gaps.set(gap.subject, known)
    }
  }
  if (gaps.size === 0) return ''
  const lines = [...gaps.values()].map(({ gap, codes }) => visible(`  ${gap.subject}: ${gap.reason} (wanted by ${codes.length > 5 ? `${codes.length} checks` : codes.join(', ')})`))
  return ['NOT SEEN  What these checks needed and the snapshot does not hold', ...lines].join('\n')
}

function summary(snapshot: string, results: readonly CheckResult[]): string {
  const count = (severity: string): number =>
    results.flatMap(({ findings }) => findings).filter((finding) => finding.severity === severity).length
  const half = results.filter(({ gaps }) => gaps.length > 0).length
  const seen = half === 0 ? '' : `; ${half} of them could not see everything`
  return `${visible(snapshot)}: ${count('error')} errors, ${count('warn')} warnings, ${count('info')} notes from ${results.length} checks${seen}`
}
