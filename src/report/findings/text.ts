import type { CheckResult } from '../../ask/check/run.ts'
import { visible } from '../format/cell.ts'
import { wrap } from '../format/wrap.ts'
import { alikeFindings, unseenThings, type AlikeFindings } from './alike.ts'

/** The findings as a person reads them: the worst first, each check with what to do, then what could not be seen. */
export function findingText(snapshot: string, results: readonly CheckResult[]): string {
  const found = results.filter(({ findings }) => findings.length > 0)
  const sections = found.map(section)
  return [...sections, unseen(results), summary(snapshot, results)].filter(Boolean).map((part) => `${part}\n`).join('\n')
}

function section({ check, findings }: CheckResult): string {
  const head = visible(`${check.severity.toUpperCase()}  ${check.code}  ${check.title}`)
  return [head, ...alikeFindings(findings).flatMap(said), ...lines(`→ ${check.fix}`, '  ')].join('\n')
}

/** One object has its finding in one line; many with the same are listed below it. */
function said({ objects, nodes, message }: AlikeFindings): string[] {
  const where = nodes.length === 0 ? '' : ` on ${nodes.join(', ')}`
  if (objects.length === 1) return lines(`${objects[0]}${where}: ${message}`, '  ')
  const subject = nodes.length === 0 ? message : `on ${nodes.join(', ')}: ${message}`
  return [...lines(`${subject}, ${objects.length} times:`, '  '), ...lines(objects.join(', '), '      ')]
}

const WIDTH = 100

function lines(text: string, indent: string): string[] {
  return wrap(visible(text), WIDTH - indent.length - 4).map((line, index) => `${indent}${index === 0 ? '' : '    '}${line}`)
}

function unseen(results: readonly CheckResult[]): string {
  const things = unseenThings(results)
  if (things.length === 0) return ''
  const lines = things.map(({ gap, codes }) => visible(`  ${gap.subject}: ${gap.reason} (wanted by ${codes.length > 5 ? `${codes.length} checks` : codes.join(', ')})`))
  return ['NOT SEEN  What these checks needed and the snapshot does not hold', ...lines].join('\n')
}

function summary(snapshot: string, results: readonly CheckResult[]): string {
  const count = (severity: string): number =>
    results.flatMap(({ findings }) => findings).filter((finding) => finding.severity === severity).length
  const half = results.filter(({ gaps }) => gaps.length > 0).length
  const seen = half === 0 ? '' : `; ${half} of them could not see everything`
  return `${visible(snapshot)}: ${count('error')} errors, ${count('warn')} warnings, ${count('info')} notes from ${results.length} checks${seen}`
}
