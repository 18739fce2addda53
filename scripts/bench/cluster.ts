import { createHash } from 'node:crypto'
import type { Snapshot } from '../../src/archive/open.ts'
import type { CollectedItem } from '../../src/collect/item.ts'
import { snapshotName } from '../../src/collect/name.ts'
import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import type { Store } from '../../src/store/open.ts'
import { dumpText } from './dump.ts'
import { objectItems } from './objects.ts'
import { Days, type Size } from './services.ts'

const START = Date.UTC(2026, 0, 1)

/**
 * Daily snapshots of a whole cluster: objects and every node's rules. On the last day the last node still has the rules
 * of the day before.
 */
export async function importDays(store: Store, size: Size, days: number, nodes: number): Promise<void> {
  const cluster = new Days(size)
  let before = cluster.services
  for (let day = 0; day < days; day++) {
    const at = new Date(START + day * 86_400_000).toISOString()
    const rulesOf = (node: number) => dumpText(day === days - 1 && node === nodes - 1 ? before : cluster.services, { node, seed: day * 1000 + node })
    const rules = Array.from({ length: nodes }, (_, node): CollectedItem => ({
      kind: 'iptables-save', node: `node-${node}`, command: ['iptables-save', '-c'], startedAt: at, endedAt: at, exitCode: 0, error: null, stderr: null,
      content: Buffer.from(rulesOf(node))
    }))
    await importSnapshot(store, inMemory(at, [...objectItems(cluster.services, nodes, at), ...rules]), new Date(0))
    before = cluster.services
    cluster.next()
  }
}

function inMemory(at: string, collected: readonly CollectedItem[]): Snapshot {
  const contents = new Map(collected.map(({ content }, index) => [`item-${index}`, content!]))
  const items = collected.map(({ content, ...item }, index) => (
    { ...item, path: `item-${index}`, bytes: content!.length, sha256: createHash('sha256').update(content!).digest('hex') }))
  const manifest = { format: 1 as const, cluster: { name: 'G', uid: null }, tool: 'bench', startedAt: at, endedAt: at, items }
  return { name: snapshotName(new Date(at)), path: 'memory', manifest, read: async ({ path }) => contents.get(path!)! }
}
