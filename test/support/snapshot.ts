import { createHash } from 'node:crypto'
import type { ManifestItem } from '../../src/archive/manifest.ts'
import type { Snapshot } from '../../src/archive/open.ts'
import type { CollectedItem, SnapshotFacts } from '../../src/collect/item.ts'
import { snapshotName } from '../../src/collect/name.ts'

/** A snapshot that never touches a disk. */
export function memorySnapshot(facts: SnapshotFacts, collected: readonly CollectedItem[]): Snapshot {
  const contents = new Map<string, Buffer>()
  const items = collected.map(({ content, ...item }, index): ManifestItem => {
    if (content === null) return { ...item, path: null, bytes: null, sha256: null }
    const path = `item-${index}`
    contents.set(path, content)
    return { ...item, path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
  })
  return {
    name: snapshotName(new Date(facts.startedAt)),
    path: 'memory',
    manifest: { format: 1, ...facts, items },
    read: async (item) => contents.get(item.path!)!
  }
}
