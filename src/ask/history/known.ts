import { covers, type Part, partsOf, type Side } from '../diff/side.ts'

/**
 * What was last known, for a comparison with the next snapshot: each list as of the latest snapshot that read it, so that a change that
 * one snapshot could not see is told by the next that can. `isRead` tells whether a list of objects says something of the object.
 */
export function lastKnown(known: Side, moment: Side, isRead: (side: Side, subject: string) => boolean): Side {
  const replaced = new Set(
    moment.parts
      .filter((part) =>
        part.subject === 'rules'
          ? isBetter(known, part)
          : isOwned(part)
            ? part.status === 'complete'
            : isRead(moment, part.subject)
      )
      .map(keyOf)
  )
  const kept = known.parts.filter((part) => !replaced.has(keyOf(part)))
  // In one order, whichever snapshot a part is of: nodes are told in it.
  const parts = [...kept, ...moment.parts.filter((part) => replaced.has(keyOf(part)))].sort((a, b) =>
    keyOf(a) < keyOf(b) ? -1 : 1
  )
  return { id: moment.id, name: moment.name, parts }
}

/** What the first snapshot that reads a list is compared with: nothing there. Rules count from the first snapshot of all on only. */
export function withNothing(
  known: Side | undefined,
  moment: Side,
  isRead: (side: Side, subject: string) => boolean
): Side {
  const met = new Set(known?.parts.map(keyOf))
  const isNew = (part: Part) =>
    !met.has(keyOf(part)) &&
    (part.subject === 'rules' || isOwned(part)
      ? known === undefined && part.status !== 'failed'
      : isRead(moment, part.subject))
  return {
    id: moment.id,
    name: moment.name,
    parts: [...(known?.parts ?? []), ...moment.parts.filter(isNew).map((part) => ({ ...part, versions: [] }))]
  }
}

function isOwned({ node, pod }: Part): boolean {
  return node !== null || pod !== null
}

/** Lists of objects are known as a whole; what a node or pod shows, for itself. */
function keyOf({ subject, node, namespace, pod, container, family, backend }: Part): string {
  return node === null && pod === null
    ? subject
    : [subject, node, namespace, pod, container, family, backend].join('\0')
}

/** A dump that is not whole does not take the place of one that was. */
function isBetter(known: Side, part: Part): boolean {
  if (part.status === 'failed') return false
  return (
    part.status === 'complete' ||
    !known.parts.some((other) => keyOf(other) === keyOf(part) && other.status === 'complete')
  )
}

/** Why a snapshot does not say anything of a list; undefined where it does. */
export function whyUnread(side: Side, subjects: readonly string[], namespace: string): string | undefined {
  if (subjects.some((subject) => covers(side, subject, namespace))) return undefined
  const reasons = subjects.flatMap((subject) => partsOf(side, subject)).map(({ detail, status }) => detail ?? status)
  return [...new Set(reasons)].join('; ') || 'not collected'
}
