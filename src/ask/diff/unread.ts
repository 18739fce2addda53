import { COMPARED_OBJECTS } from './compared-rows.ts'
import { partsOf, type Side, wholeNamespaces } from './side.ts'
import type { Unknowns } from './unknowns.ts'

const OBJECTS = [...new Set(COMPARED_OBJECTS.map(({ subject }) => subject))]

/** Lists of objects that one of the snapshots does not hold whole. */
export function addUnread(before: Side, after: Side, unknowns: Unknowns): void {
  for (const [side, snapshot] of [
    ['before', before],
    ['after', after]
  ] as const) {
    for (const subject of OBJECTS) addOne(snapshot, side, subject, unknowns)
    // Either of the two lists tells the endpoints.
    if (!isWhole(snapshot, 'endpointslices') && !isWhole(snapshot, 'endpoints'))
      addOne(snapshot, side, 'endpoints', unknowns)
  }
}

function isWhole(side: Side, subject: string): boolean {
  return partsOf(side, subject).some(({ status, namespace }) => status === 'complete' && namespace === null)
}

function addOne(snapshot: Side, side: 'before' | 'after', subject: string, unknowns: Unknowns): void {
  if (isWhole(snapshot, subject)) return
  const parts = partsOf(snapshot, subject)
  if (parts.length === 0) unknowns.add(subject, side, 'not collected')
  for (const part of parts) {
    const whole = wholeNamespaces(part)
    const { namespace, status, detail } = part
    const reason = detail ?? status
    if (whole.length > 0) unknowns.add(`${subject} outside of namespace ${whole.join(', ')}`, side, reason)
    else
      unknowns.add(
        subject,
        side,
        namespace === null ? reason : `only listed for ${namespace}, and there not whole: ${reason}`
      )
  }
}
