import { type Change, objectChange } from './change.ts'
import { COMPARED_OBJECTS, type ComparedObjects } from './compared-rows.ts'
import type { FactReader, FactRow } from './fact-rows.ts'
import { fieldChanges, type Pair, pair } from './pairs.ts'
import { covers, hasAny, type Side, versionsOf } from './side.ts'
import type { Unknowns } from './unknowns.ts'

/** API objects and their parts that came, went or changed. */
export function objectChanges(
  facts: FactReader,
  before: Side,
  after: Side,
  unknowns: Unknowns,
  kinds: readonly ComparedObjects[] = COMPARED_OBJECTS
): Change[] {
  return kinds.flatMap((kind) => {
    if (!hasAny(before, kind.subject) || !hasAny(after, kind.subject)) return []
    const { removed, added } = facts.changed(
      kind.table,
      versionsOf(before, kind.subject),
      versionsOf(after, kind.subject)
    )
    const isListed = containersListed(facts, kind, { before, after }, unknowns)
    return pair(removed, added, kind.key)
      .filter((entry) => isKnown(kind, entry, before, after) && isListed(entry))
      .flatMap((entry) => changesOf(kind, entry, unknowns))
  })
}

/** A list that is not whole says nothing about what it does not show. */
function isKnown({ subject }: ComparedObjects, { before: was, after: is }: Pair, before: Side, after: Side): boolean {
  if (!is) return covers(after, subject, String(was!.namespace ?? ''))
  return was !== undefined || covers(before, subject, String(is.namespace ?? ''))
}

function changesOf(kind: ComparedObjects, { before, after }: Pair, unknowns: Unknowns): Change[] {
  const row = (after ?? before)!
  const of = { section: kind.section, namespace: String(row.namespace ?? ''), object: kind.object(row) }
  const part = kind.part?.(row) ?? ''
  if (!before || !after) {
    const summary = (side: FactRow | undefined) => (side ? kind.summary(side) : undefined)
    const workload = kind.workload?.(row)
    return [{ ...objectChange(of, kind.aspect, part, summary(before), summary(after)), ...(workload && { workload }) }]
  }
  const untold = (field: string, side: 'before' | 'after') =>
    unknowns.add(`${field.replaceAll('_', ' ')} of ${kind.subject}`, side, 'its listing does not say')
  return fieldChanges(before, after, kind.fields, untold).map(({ name, before: was, after: is }) =>
    objectChange(
      of,
      kind.aspect === 'object' && part === '' ? 'field' : kind.aspect,
      [part, name].filter(Boolean).join(' '),
      was,
      is
    )
  )
}

/** Every pod has a container: where a listing shows a pod without one, it says nothing of its containers and their ports. */
function containersListed(
  facts: FactReader,
  kind: ComparedObjects,
  sides: { before: Side; after: Side },
  unknowns: Unknowns
): (entry: Pair) => boolean {
  if (kind.subject !== 'pods' || kind.table === '_pod') return () => true
  const podsIn = (side: Side, table: string) =>
    new Set(facts.rows(table, versionsOf(side, 'pods'), ['namespace', 'pod']).map(podOf))
  const known = new Map<string, { withContainers: Set<string>; all: Set<string> }>()
  return ({ before, after }) => {
    if (before && after) return true
    const missingIn = before ? 'after' : 'before'
    const pods = known.get(missingIn) ?? {
      withContainers: podsIn(sides[missingIn], '_container'),
      all: podsIn(sides[missingIn], '_pod')
    }
    known.set(missingIn, pods)
    const pod = podOf((before ?? after)!)
    if (pods.withContainers.has(pod)) return true
    if (pods.all.has(pod)) unknowns.add('containers of pods', missingIn, 'its listing does not say')
    return !pods.all.has(pod)
  }
}

function podOf({ namespace, pod }: FactRow): string {
  return `${namespace}/${pod}`
}
