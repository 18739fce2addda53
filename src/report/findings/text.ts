import type { CheckResult } from '../../ask/check/finding.ts'
import { plural } from '../diff/words.ts'
import { visible } from '../format/cell.ts'
import { wrap } from '../format/wrap.ts'
import { type AlikeFindings, alikeFindings, sharedDoubt, unseenThings } from './alike.ts'
import { comparedCounts, comparedGroups, isCompared } from './compared.ts'
import { type MatrixNodes, matrixText } from './matrix-text.ts'

export interface FindingTextOptions {
  /** Of the terminal; 100 without. */
  readonly width?: number
  /** For which nodes to show a matrix. */
  readonly byNode?: MatrixNodes
}

/** More than a person reads of one check; `-o json` has all. */
const SHOWN = 500

/** The findings as a person reads them: the worst first, each check with what to do, then what could not be seen. */
export function findingText(
  snapshot: string,
  results: readonly CheckResult[],
  { width = 100, byNode }: FindingTextOptions = {}
): string {
  const groups = isCompared(results) ? comparedGroups(results) : [{ head: '', results }]
  const sections = groups.flatMap(({ head, results: its }) => [
    ...(head === '' ? [] : [lines(head, width, '').join('\n')]),
    ...its.filter(({ findings }) => findings.length > 0).map((result) => section(result, width))
  ])
  return [
    ...sections,
    byNode && matrixText(results, byNode, width),
    unseen(results, width),
    lines(summary(snapshot, results), width, '').join('\n')
  ]
    .filter(Boolean)
    .map((part) => `${part}\n`)
    .join('\n')
}

function section({ check, findings: all }: CheckResult, width: number): string {
  const { doubt, findings } = sharedDoubt(all)
  const head = lines(`${check.severity.toUpperCase()}  ${check.code}  ${check.title}`, width, '')
  const doubted = doubt === '' ? [] : lines(`(unsure: ${doubt})`, width)
  // What is gone needs nothing done.
  const fix = all.every(({ comparison }) => comparison?.state === 'gone') ? [] : lines(`→ ${check.fix}`, width)
  return [...head, ...firstOf(alikeFindings(findings), (each) => said(each, width), width), ...doubted, ...fix].join(
    '\n'
  )
}

function firstOf<T>(things: readonly T[], tell: (thing: T) => string[], width: number): string[] {
  const left = things.length - SHOWN
  const more = left > 0 ? lines(`… and ${left} more (-o json has all)`, width) : []
  return [...things.slice(0, SHOWN).flatMap(tell), ...more]
}

/** One object has its finding in one line; many with the same are listed below it. */
function said({ objects, nodes, message }: AlikeFindings, width: number): string[] {
  const where = nodes.length === 0 ? '' : ` on ${nodes.join(', ')}`
  if (objects.length === 1) return lines(`${objects[0]}${where}: ${message}`, width)
  const subject = nodes.length === 0 ? message : `on ${nodes.join(', ')}: ${message}`
  const left = objects.length - SHOWN
  const named = `${objects.slice(0, SHOWN).join(', ')}${left > 0 ? `, … and ${left} more` : ''}`
  return [...lines(`${subject}, ${objects.length} times:`, width), ...lines(named, width, '      ')]
}

function lines(text: string, width: number, indent = '  '): string[] {
  return wrap(visible(text), width - indent.length - 4).map(
    (line, index) => `${indent}${index === 0 ? '' : '    '}${line}`
  )
}

function unseen(results: readonly CheckResult[], width: number): string {
  const things = unseenThings(results)
  if (things.length === 0) return ''
  const told = firstOf(
    things,
    ({ gap, codes }) =>
      lines(
        `${gap.subject}: ${gap.reason} (wanted by ${codes.length > 5 ? plural(codes.length, 'check') : codes.join(', ')})`,
        width
      ),
    width
  )
  return [...lines('NOT SEEN  What these checks needed and the snapshot does not hold', width, ''), ...told].join('\n')
}

function summary(snapshot: string, results: readonly CheckResult[]): string {
  const count = (severity: string): number =>
    results.flatMap(({ findings }) => findings).filter((finding) => finding.severity === severity).length
  const half = results.filter(({ gaps }) => gaps.length > 0).length
  const seen = half === 0 ? '' : `; ${half} could not see everything`
  return `${snapshot}: ${plural(count('error'), 'error')}, ${plural(count('warn'), 'warning')}, ${plural(count('info'), 'note')} from ${plural(results.length, 'check')}${seen}${isCompared(results) ? `; ${comparedCounts(results)}` : ''}`
}
