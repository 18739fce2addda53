import { SECTIONS, type Change, type Diff, type Section } from '../../ask/diff/change.ts'
import { visible } from '../format/cell.ts'
import { objectLines } from './object-text.ts'
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
  const blocks = [...objects].map(([object, its]) => block(object, its, rules))
  return [TITLES[section], ...blocks].join('\n')
}

function block(object: string, changes: readonly Change[], rules: boolean): string {
  const lines = objectLines(changes)
  const raw = rules ? changes.flatMap(ruleLines) : []
  const [only] = lines
  const head = lines.length === 1 ? [`  ${object}: ${only}`] : [`  ${object}`, ...lines.map((line) => `    ${line}`)]
  return [...head, ...raw.map((line) => `    ${line}`)].map(visible).join('\n')
}

function unknownText({ before, after, unknown }: Diff): string {
  if (unknown.length === 0) return ''
  const where = { before: `in ${before}`, after: `in ${after}`, both: 'in both' }
  const lines = unknown.map(({ subject, side, reason }) => visible(`  ${subject}: unknown ${where[side]}: ${reason}`))
  return ['UNKNOWN  What could not be compared', ...lines].join('\n')
}
