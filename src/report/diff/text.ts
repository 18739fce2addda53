import { type Diff, SECTIONS, type Section } from '../../ask/diff/change.ts'
import { eventsOf } from '../../ask/diff/events.ts'
import { visible } from '../format/cell.ts'
import { wrap } from '../format/wrap.ts'
import { type AlikeObjects, alikeObjects, diffSummary, titleOf } from './alike.ts'
import { eventLines } from './event-text.ts'
import { trafficLines } from './traffic-text.ts'
import { unknownLines } from './unknown-text.ts'

/** The differences as a person reads them: what they mean for Services first, then all other objects, then what is unknown. `width`: of the terminal. */
export function diffText(diff: Diff, { rules, width = 100 }: { rules: boolean; width?: number }): string {
  const wrapped = wrapping(width)
  const head = `${diff.before} → ${diff.after}: ${diffSummary(diff)}`
  const sections = SECTIONS.map((section) => sectionText(section, diff, rules, wrapped))
  return [
    wrapped(head, ''),
    shortText(diff, sections, wrapped),
    ...sections,
    trafficText(diff, wrapped),
    unknownText(diff, wrapped)
  ]
    .filter(Boolean)
    .map((part) => `${part}\n`)
    .join('\n')
}

/** A diff of as many lines is seen at once, and its beginning tells what happened. */
const AT_ONCE = 20

function shortText(diff: Diff, sections: readonly string[], wrapped: Wrapped): string {
  const isSeenAtOnce = sections.filter(Boolean).join('\n\n').split('\n').length <= AT_ONCE
  const events = eventsOf(diff)
  const lines = eventLines(
    isSeenAtOnce ? events.filter(({ kind }) => kind === 'foreign-rule' || kind === 'host') : events
  )
  return lines.length === 0 ? '' : ['IN SHORT', ...lines.map((line) => wrapped(line, '  '))].join('\n')
}

function sectionText(section: Section, diff: Diff, rules: boolean, wrapped: Wrapped): string {
  const groups = alikeObjects(section, diff, rules)
  return groups.length === 0
    ? ''
    : [titleOf(section).toUpperCase(), ...groups.map((group) => groupText(group, wrapped))].join('\n')
}

function groupText({ objects, lines, raw }: AlikeObjects, wrapped: Wrapped): string {
  const names = objects.join(', ')
  if (lines.length === 1 && raw.length === 0) return wrapped(`${names}: ${lines[0]}`, '  ')
  return [
    wrapped(names, '  '),
    ...lines.map((line) => wrapped(line, '    ')),
    ...raw.map((line) => visible(`    ${line}`))
  ].join('\n')
}

/** Raw rules are never broken: people paste them. All else fits a terminal. */
type Wrapped = (text: string, indent: string) => string

function wrapping(width: number): Wrapped {
  return (text, indent) =>
    wrap(visible(text), width - indent.length - 4)
      .map((line, index) => `${indent}${index === 0 ? '' : '    '}${line}`)
      .join('\n')
}

/** Counters prove a least number only: a rule that was written anew counts from 0. */
function trafficText({ traffic }: Diff, wrapped: Wrapped): string {
  if (!traffic) return ''
  const lines = trafficLines(traffic)
  return [
    wrapped('TRAFFIC  First packets of connections between the two snapshots, as the counters prove them', ''),
    ...(lines.length === 0 ? ['no frontends'] : lines).map((line) => wrapped(line, '  '))
  ].join('\n')
}

function unknownText(diff: Diff, wrapped: Wrapped): string {
  const lines = unknownLines(diff)
  return lines.length === 0
    ? ''
    : ['UNKNOWN  What could not be compared', ...lines.map((line) => wrapped(line, '  '))].join('\n')
}
