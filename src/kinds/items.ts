import { API_NAMES, type ApiName, HOST_KINDS, HOST_NAMES, type HostItem, type HostName } from './kinds.ts'

/** What the bytes of an item are. The reader goes by this, never by a file's name. */
export type ItemKind = ClusterItem | HostItem | 'text'

/**
 * cluster/: lists of objects, reduced to the fields snap reads; the EndpointSlices a second time at the end of the collection;
 * the server's version.
 */
export type ClusterItem = ApiName | 'endpointslices-after' | 'version'

/** The kind whose objects an item lists; undefined for other items. */
export function listedIn(item: ItemKind): ApiName | undefined {
  return item === 'endpointslices-after' ? 'endpointslices' : API_NAMES.find((name) => name === item)
}

export const CLUSTER_ITEMS: readonly ClusterItem[] = [...API_NAMES, 'endpointslices-after', 'version']

/** nodes/<node>/ and pods/<namespace>/<pod>/<container>/; `nft-tables` are the names of all tables, the content of some is in `nft-ruleset`. */
export const HOST_ITEMS: readonly HostItem[] = [
  ...new Set(HOST_NAMES.flatMap((name) => HOST_KINDS[name].items as readonly HostItem[])),
  'nft-tables'
]

/** `text`: pasted by a person, listings and tables in any order. */
export const ITEM_KINDS: readonly ItemKind[] = [...CLUSTER_ITEMS, ...HOST_ITEMS, 'text']

/** What of a node an item tells. */
export function hostNamesOf(item: ItemKind): HostName[] {
  return HOST_NAMES.filter((name) => HOST_KINDS[name].items.includes(item))
}
