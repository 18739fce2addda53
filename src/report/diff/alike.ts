import { type Change, type Diff, SECTIONS, type Section } from '../../ask/diff/change.ts'
import type { ApiKind } from '../../kinds/kind.ts'
import { API_KINDS, API_NAMES } from '../../kinds/kinds.ts'
import type { Named } from './endpoint-text.ts'
import { isAlarming, objectLines } from './object-text.ts'
import { ruleLines } from './rule-text.ts'

/** `Services`, … as a heading. */
export function titleOf(section: Section): string {
  return recordOf(section)?.title ?? 'Other chains'
}

function nounOf(section: Section, count: number): string {
  return count === 1 ? (recordOf(section)?.singular ?? 'other chain') : titleOf(section).toLowerCase()
}

function recordOf(section: Section): ApiKind | undefined {
  return API_NAMES.map((name) => API_KINDS[name]).find(({ singular }) => singular === section)
}

/** Objects to which the same happened; twelve Services may have the same pods behind them. */
export interface AlikeObjects {
  readonly objects: readonly string[]
  readonly lines: readonly string[]
  /** The raw rules, where they were asked for. */
  readonly raw: readonly string[]
  /** Rules and objects went apart. */
  readonly isAlarming: boolean
}

/** What changed in one section, the alarming first. */
export function alikeObjects(section: Section, { changes }: Diff, rules: boolean): AlikeObjects[] {
  const objects = new Map<string, Change[]>()
  for (const change of changes)
    if (change.section === section) objects.set(change.object, [...(objects.get(change.object) ?? []), change])
  const alike = new Map<string, { objects: string[]; changes: readonly Change[] }>()
  for (const [object, its] of objects) {
    const key = JSON.stringify([objectLines(its, new Map()), rules ? its.flatMap(ruleLines) : []])
    const group = alike.get(key) ?? { objects: [], changes: its }
    group.objects.push(object)
    alike.set(key, group)
  }
  const groups = [...alike.values()].map((group) => ({ ...group, isAlarming: group.changes.some(isAlarming) }))
  const named: Named = new Map()
  return [...groups.filter((group) => group.isAlarming), ...groups.filter((group) => !group.isAlarming)].map(
    ({ objects: names, changes: its, isAlarming: alarming }) => ({
      objects: names,
      lines: objectLines(its, named),
      raw: rules ? its.flatMap(ruleLines) : [],
      isAlarming: alarming
    })
  )
}

/** `10 services, 16 pods changed` */
export function diffSummary({ changes, unknown }: Diff): string {
  const counts = SECTIONS.flatMap((section) => {
    const count = new Set(changes.filter((change) => change.section === section).map(({ object }) => object)).size
    return count === 0 ? [] : [`${count} ${nounOf(section, count)}`]
  })
  if (counts.length > 0) return `${counts.join(', ')} changed`
  return unknown.length > 0 ? 'no difference in what both snapshots hold' : 'no difference'
}
