import type { ItemFacts } from '../collect/item.ts'
import { CLUSTER_ITEMS, type ItemKind } from '../kinds/items.ts'

/** A folder or archive of this prefix is being written, or its writer died. */
export const PARTIAL = '.partial-'

/** A snapshot of this prefix is being removed, or its remover died: what is left of it is to go. */
export const REMOVING = '.removing-'

/** In a folder that is being written: who writes it. */
export const OWNER_FILE = '.owner'

const SAFE_PART = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/
const CLUSTER_KINDS: ReadonlySet<ItemKind> = new Set(CLUSTER_ITEMS)

/** Whether a name can be a folder of a snapshot. */
export function isSafeName(name: string): boolean {
  return SAFE_PART.test(name)
}

/** Whether a path stays in the snapshot and is spelt in one way only. */
export function isSafePath(path: string): boolean {
  return path.length <= 1024 && path.split('/').every((part) => SAFE_PART.test(part))
}

/**
 * Where an item's content lies: `cluster/services.json`, `nodes/kube-worker1/iptables-legacy-save.txt.gz`,
 * `pods/traefik-ns/svclb-traefik-h5xcg/lb-port-80/iptables-save.txt.gz`.
 */
export function itemPath(item: ItemFacts): string {
  const parts = [...folderOf(item), fileName(item)]
  const bad = parts.find((part) => !SAFE_PART.test(part))
  if (bad !== undefined) throw new Error(`not a name for a file of a snapshot: ${JSON.stringify(bad)}`)
  return parts.join('/')
}

function folderOf({ kind, node, namespace, pod, container }: ItemFacts): string[] {
  if (CLUSTER_KINDS.has(kind)) return ['cluster']
  if (namespace !== undefined && pod !== undefined && container !== undefined)
    return ['pods', namespace, pod, container]
  if (node !== undefined) return ['nodes', node]
  return ['cluster']
}

function fileName({ kind, backend }: ItemFacts): string {
  if (CLUSTER_KINDS.has(kind)) return `${kind}.json`
  // Lists that come whole are short enough to be read without unpacking; of drafts the writer adds `.gz`.
  if (kind === 'ip-address' || kind === 'ip-route') return `${kind}.json.gz`
  return `${backend === undefined ? kind : kind.replace('-save', `-${backend}-save`)}.txt.gz`
}
