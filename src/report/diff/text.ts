import { SECTIONS, type Change, type Diff, type Section } from '../../ask/diff/change.ts'
import { visible } from '../format/cell.ts'
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
  const blocks = [...objects].map(([object, its]) => ({ object, lines: [...objectLines(its), ...(rules ? its.flatMap(ruleLines) : [])], alarms: its.some(isAlarming) }))
  const alike = new Map<string, typeof blocks>()
  for (const block of blocks) {
    const key = block.lines.join('\n')
    alike.set(key, [...(alike.get(key) ?? []), block])
  }
  const groups = [...alike.values()]
  return [TITLES[section], ...[...groups.filter(([first]) => first!.alarms), ...groups.filter(([first]) => !first!.alarms)].map(groupText)].join('\n')
}

/** Objects to which the same happened stand together; twelve Services may have the same pods behind them. */
function groupText(group: readonly { readonly object: string; readonly lines: readonly string[] }[]): string {
  const { lines } = group[0]!
  const names = group.map(({ object }) => object).join(', ')
  const text = lines.length === 1 ? [`  ${names}: ${lines[0]}`] : [`  ${names}`, ...lines.map((line) => `    ${line}`)]
  return text.map(visible).join('\n')
}

function unknownText({ before, after, unknown }: Diff): string {
  if (unknown.length === 0) return ''
  const where = { before: `in ${before}`, after: `in ${after}`, both: 'in both' }
  const lines = unknown.map(({ subject, side, reason }) => visible(`  ${subject}: unknown ${where[side]}: ${reason}`))
  return ['UNKNOWN  What could not be compared', ...lines].join('\n')
}
