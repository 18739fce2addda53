import { SECTIONS, type Diff, type Section } from '../../ask/diff/change.ts'
import { visible } from '../format/cell.ts'
import { wrap } from '../format/wrap.ts'
import { alikeObjects, diffSummary, TITLES, type AlikeObjects } from './alike.ts'
import { trafficLines } from './traffic-text.ts'

/** The differences as a person reads them: what they mean for Services first, then all other objects, then what is unknown. */
export function diffText(diff: Diff, { rules }: { rules: boolean }): string {
  const head = `${diff.before} → ${diff.after}: ${diffSummary(diff)}`
  const sections = SECTIONS.map((section) => sectionText(section, diff, rules))
  return [head, ...sections, trafficText(diff), unknownText(diff)].filter(Boolean).map((part) => `${part}\n`).join('\n')
}

function sectionText(section: Section, diff: Diff, rules: boolean): string {
  const groups = alikeObjects(section, diff, rules)
  return groups.length === 0 ? '' : [TITLES[section], ...groups.map(groupText)].join('\n')
}

function groupText({ objects, lines, raw }: AlikeObjects): string {
  const names = objects.join(', ')
  if (lines.length === 1 && raw.length === 0) return wrapped(`${names}: ${lines[0]}`, '  ')
  return [wrapped(names, '  '), ...lines.map((line) => wrapped(line, '    ')), ...raw.map((line) => visible(`    ${line}`))].join('\n')
}

/** Raw rules are never broken: people paste them. All else fits a terminal. */
const WIDTH = 100

function wrapped(text: string, indent: string): string {
  return wrap(visible(text), WIDTH - indent.length - 4).map((line, index) => `${indent}${index === 0 ? '' : '    '}${line}`).join('\n')
}

/** Counters prove a least number only: a rule that was written anew counts from 0. */
function trafficText({ traffic }: Diff): string {
  if (!traffic) return ''
  const lines = trafficLines(traffic)
  return ['TRAFFIC  First packets of connections between the two snapshots, as the counters prove them', ...(lines.length === 0 ? ['no fronts'] : lines).map((line) => wrapped(line, '  '))].join('\n')
}

function unknownText({ before, after, unknown }: Diff): string {
  if (unknown.length === 0) return ''
  const where = { before: `in ${before}`, after: `in ${after}`, both: 'in both' }
  const alike = new Map<string, string[]>()
  for (const { subject, side, reason } of unknown) {
    const why = `unknown ${where[side]}: ${reason}`
    alike.set(why, [...(alike.get(why) ?? []), subject])
  }
  return ['UNKNOWN  What could not be compared', ...[...alike].map(([why, subjects]) => wrapped(`${subjects.join(', ')}: ${why}`, '  '))].join('\n')
}
