import { partsOf, type Side } from './side.ts'
import type { Unknowns } from './unknowns.ts'

const OBJECTS = ['nodes', 'namespaces', 'services', 'pods', 'daemonsets', 'ingresses']

/** Lists of objects that one of the snapshots does not hold whole. */
export function addUnread(before: Side, after: Side, unknowns: Unknowns): void {
  for (const [side, snapshot] of [['before', before], ['after', after]] as const) {
    for (const subject of OBJECTS) addOne(snapshot, side, subject, unknowns)
    // Either of the two lists tells the endpoints.
    if (!isWhole(snapshot, 'endpointslices') && !isWhole(snapshot, 'endpoints')) addOne(snapshot, side, 'endpoints', unknowns)
  }
}

function isWhole(side: Side, subject: string): boolean {
  return partsOf(side, subject).some(({ status, namespace }) => status === 'complete' && namespace === null)
}

function addOne(snapshot: Side, side: 'before' | 'after', subject: string, unknowns: Unknowns): void {
  if (isWhole(snapshot, subject)) return
  const parts = partsOf(snapshot, subject)
  if (parts.length === 0) unknowns.add(subject, side, 'not collected')
  for (const { namespace, status, detail } of parts) {
    unknowns.add(namespace === null ? subject : `${subject} outside of namespace ${namespace}`, side, detail ?? status)
  }
}
