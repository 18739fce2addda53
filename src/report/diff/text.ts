import { SECTIONS, type Change, type Diff, type Section } from '../../ask/diff/change.ts'
import { visible } from '../format/cell.ts'
import { wrap } from '../format/wrap.ts'
import type { Named } from './endpoint-text.ts'
import { isAlarming, objectLines } from './object-text.ts'
import { ruleLines } from './rule-text.ts'

const TITLES: Record<Section, string> = {
  service: 'SERVICES', pod: 'PODS', node: 'NODES', daemonset: 'DAEMONSETS', ingress: 'INGRESSES', namespace: 'NAMESPACES', chain: 'OTHER CHAINS'
}

/** The differences as a person reads them: what they mean for Services first, then all other objects, then what is unknown. */
export function diffText(diff: Diff, { rules }: { rules: boolean }): string {
  const head = `${diff.before} → ${diff.after}: ${summary(diff)}`
  const sections = SECTIONS.map((section) => sectionText(section, diff.changes.filter((change) => change.section === section), rules))
  return [head, ...sections, unknownText(diff)].filter(Boolean).map((part) => `${part}\n`).join('\n')
}

function summary({ changes, unknown }: Diff): string {
  const counts = SECTIONS.flatMap((section) => {
    const count = new Set(changes.filter((change) => change.section === section).map(({ object }) => object)).size
    return count === 0 ? [] : [`${count} ${count === 1 ? SINGULAR[section] : TITLES[section].toLowerCase()}`]
  })
  if (counts.length > 0) return `${counts.join(', ')} changed`
  return unknown.length > 0 ? 'no difference in what both snapshots hold' : 'no difference'
}

const SINGULAR: Record<Section, string> = {
  service: 'service', pod: 'pod', node: 'node', daemonset: 'daemonset', ingress: 'ingress', namespace: 'namespace', chain: 'other chain'
}

function sectionText(section: Section, changes: readonly Change[], rules: boolean): string {
  if (changes.length === 0) return ''
  const objects = new Map<string, Change[]>()
  for (const change of changes) objects.set(change.object, [...(objects.get(change.object) ?? []), change])
  const alike = new Map<string, Block[]>()
  for (const [object, its] of objects) {
    const key = JSON.stringify([objectLines(its, new Map()), rules ? its.flatMap(ruleLines) : []])
    alike.set(key, [...(alike.get(key) ?? []), { object, changes: its }])
  }
  const groups = [...alike.values()]
  const alarms = (group: readonly Block[]) => group[0]!.changes.some(isAlarming)
  const named = new Map<string, string>()
  return [TITLES[section], ...[...groups.filter(alarms), ...groups.filter((group) => !alarms(group))].map((group) => groupText(group, named, rules))].join('\n')
}

interface Block {
  readonly object: string
  readonly changes: readonly Change[]
}

/** Objects to which the same happened stand together; twelve Services may have the same pods behind them. */
function groupText(group: readonly Block[], named: Named, rules: boolean): string {
  const { changes } = group[0]!
  const lines = objectLines(changes, named)
  const raw = rules ? changes.flatMap(ruleLines) : []
  const names = group.map(({ object }) => object).join(', ')
  if (lines.length === 1 && raw.length === 0) return wrapped(`${names}: ${lines[0]}`, '  ')
  return [wrapped(names, '  '), ...lines.map((line) => wrapped(line, '    ')), ...raw.map((line) => visible(`    ${line}`))].join('\n')
}

/** Raw rules are never broken: people paste them. All else fits a terminal. */
const WIDTH = 100

function wrapped(text: string, indent: string): string {
  return wrap(visible(text), WIDTH - indent.length - 4).map((line, index) => `${indent}${index === 0 ? '' : '    '}${line}`).join('\n')
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
