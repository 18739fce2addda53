import type { Change, Diff, Section } from './change.ts'
import type { PlacesOf } from './places.ts'

/** What of a diff is asked for; what is left out restricts nothing. */
export interface DiffFilter {
  /** `demo/web`, or `web` in whatever namespace */
  readonly service?: string
  readonly node?: string
  readonly namespace?: string
  readonly kinds?: readonly Section[]
}

/** The changes asked for; `placesOf` tells the nodes of pods and endpoints. What is unknown stays: it may hide just such a change. */
export function filterDiff(diff: Diff, filter: DiffFilter, placesOf: PlacesOf): Diff {
  return {
    ...diff,
    changes: diff.changes.filter((change) => isAsked(change, filter) && isOnNode(change, filter.node, placesOf))
  }
}

function isAsked({ section, namespace, object }: Change, filter: DiffFilter): boolean {
  if (filter.kinds && !filter.kinds.includes(section)) return false
  if (filter.namespace !== undefined && namespace !== filter.namespace) return false
  if (filter.service === undefined) return true
  return section === 'service' && (object === filter.service || object.endsWith(`/${filter.service}`))
}

/** Whether it concerns this node, or no node in particular. */
function isOnNode(change: Change, node: string | undefined, placesOf: PlacesOf): boolean {
  if (node === undefined) return true
  if (change.section === 'node') return change.object === node
  if (change.nodes.length > 0) return change.nodes.includes(node)
  const places = placesOf(change)
  return places.length === 0 || places.includes(node)
}
