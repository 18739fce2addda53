import { snapshotName } from '../../collect/name.ts'
import { SnapshotError } from '../error.ts'
import type { ManifestItem } from '../manifest.ts'
import type { ForeignSnapshot } from './snapshot.ts'

const HOUR = 3_600_000

/**
 * Collections of single nodes as one snapshot of them all: of the cluster's lists the longest text counts.
 * Throws SnapshotError for a node that is there twice.
 */
export function together(parts: readonly ForeignSnapshot[]): ForeignSnapshot {
  const [first, ...others] = parts
  if (others.length === 0) return first!
  requireOneEach(parts)
  const owners = new Map(parts.flatMap((part) => part.manifest.items.map((item) => [item, part] as const)))
  const items = [
    ...clusterItems([...owners.keys()], parts.length),
    ...[...owners.keys()].filter(({ node }) => node !== undefined)
  ]
  const startedAt = parts.map(({ manifest }) => manifest.startedAt).sort()[0]!
  const endedAt = parts
    .map(({ manifest }) => manifest.endedAt)
    .sort()
    .at(-1)!
  const apart = Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / HOUR)
  return {
    ...first!,
    name: snapshotName(new Date(startedAt)),
    path: parts.map(({ path }) => path).join(' '),
    manifest: { ...first!.manifest, startedAt, endedAt, items },
    read: (item) => owners.get(item)!.read(item),
    close: () => parts.forEach((part) => part.close?.()),
    notes: [
      `${parts.length} collections of one node each, read as one snapshot`,
      ...(apart > 0
        ? [
            `from the first to the last ${apart} h went by: what changed in between looks like a difference of the nodes`
          ]
        : []),
      ...parts.flatMap(({ path, notes }) => notes.map((note) => `${path}: ${note}`))
    ]
  }
}

function requireOneEach(parts: readonly ForeignSnapshot[]): void {
  const known = new Map<string, string>()
  for (const { path, manifest } of parts) {
    for (const node of new Set(manifest.items.flatMap((item) => item.node ?? []))) {
      const other = known.get(node)
      if (other !== undefined)
        throw new SnapshotError('unnamed', path, `is of node ${node}, as ${other} is; import them one by one`)
      known.set(node, path)
    }
  }
}

/** Of each kind the longest; a kind that one node's collection has is not missing. */
function clusterItems(items: readonly ManifestItem[], parts: number): ManifestItem[] {
  const ofCluster = items.filter(({ node }) => node === undefined)
  return [...new Set(ofCluster.map(({ kind }) => kind))].flatMap((kind) => {
    const same = ofCluster.filter((item) => item.kind === kind)
    const longest = same.toSorted((a, b) => (b.bytes ?? -1) - (a.bytes ?? -1))[0]!
    return longest.path !== null || same.length === parts ? [longest] : []
  })
}
