import type { Store } from '../../store/open.ts'
import type { Change } from './change.ts'

/** The nodes on which the pod or endpoint is that a change is about, before or after; [] for other changes and where it is unknown. */
export type PlacesOf = (change: Change) => readonly string[]

/** Reads them out of both snapshots, when the first is asked for. */
export function placesIn(store: Store, before: string, after: string): PlacesOf {
  let places: ReadonlyMap<string, readonly string[]> | undefined
  return (change) => {
    const key = keyOf(change)
    if (key === undefined) return []
    places ??= readPlaces(store, before, after)
    return places.get(key) ?? []
  }
}

/** `pod demo/web-1`, `endpoint demo/web 10.42.0.7:80` */
function keyOf({ section, aspect, object, name }: Change): string | undefined {
  if (section === 'pod') return `pod ${object}`
  if (aspect === 'svclb') return `pod ${name}`
  return aspect === 'endpoint' ? `endpoint ${object} ${name.split(' ')[0]}` : undefined
}

function readPlaces(store: Store, before: string, after: string): Map<string, string[]> {
  const rows = store
    .prepare(`SELECT 'pod ' || namespace || '/' || pod, node FROM pods WHERE snapshot IN (@before, @after) AND node <> ''
      UNION SELECT 'endpoint ' || namespace || '/' || service || ' ' || CASE WHEN instr(address, ':') THEN '[' || address || ']' ELSE address END
        || coalesce(':' || port, ''), node
      FROM endpoint_objects WHERE snapshot IN (@before, @after) AND node <> ''`)
    .raw()
    .all({ before, after }) as [string, string][]
  const places = new Map<string, string[]>()
  for (const [key, node] of rows) places.set(key, [...(places.get(key) ?? []), node])
  return places
}
