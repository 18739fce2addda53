import type { Store } from '../../store/open.ts'
import { objectChange, type Change } from './change.ts'
import { changedRows, type FactRow } from './fact-rows.ts'
import { ROW_KINDS, type RowKind } from './object-kinds.ts'
import { fieldChanges, pair, type Pair } from './pairs.ts'
import { covers, hasAny, versionsOf, type Side } from './side.ts'
import type { Unknowns } from './unknowns.ts'

/** API objects and their parts that came, went or changed. */
export function objectChanges(store: Store, before: Side, after: Side, unknowns: Unknowns): Change[] {
  return ROW_KINDS.flatMap((kind) => {
    if (!hasAny(before, kind.subject) || !hasAny(after, kind.subject)) return []
    const { removed, added } = changedRows(store, kind.table, versionsOf(before, kind.subject), versionsOf(after, kind.subject))
    return pair(removed, added, kind.key)
      .filter((entry) => isKnown(kind, entry, before, after))
      .flatMap((entry) => changesOf(kind, entry, unknowns))
  })
}

/** A list that is not whole says nothing about what it does not show. */
function isKnown({ subject }: RowKind, { before: was, after: is }: Pair, before: Side, after: Side): boolean {
  if (!is) return covers(after, subject, String(was!.namespace ?? ''))
  return was !== undefined || covers(before, subject, String(is.namespace ?? ''))
}

function changesOf(kind: RowKind, { before, after }: Pair, unknowns: Unknowns): Change[] {
  const row = (after ?? before)!
  const of = { section: kind.section, namespace: String(row.namespace ?? ''), object: kind.object(row) }
  const part = kind.part(row)
  if (!before || !after) {
    const summary = (side: FactRow | undefined) => (side ? kind.summary(side) : undefined)
    return [objectChange(of, kind.aspect, part, summary(before), summary(after))]
  }
  const untold = (field: string, side: 'before' | 'after') =>
    unknowns.add(`${field.replaceAll('_', ' ')} of ${kind.subject}`, side, 'its listing does not say')
  return fieldChanges(before, after, kind.fields, untold).map(({ name, before: was, after: is }) =>
    objectChange(of, kind.aspect === 'object' && part === '' ? 'field' : kind.aspect, [part, name].filter(Boolean).join(' '), was, is)
  )
}
