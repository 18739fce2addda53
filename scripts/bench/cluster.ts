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
    const rulesOf = (node: number) =>
      dumpText(day === days - 1 && node === nodes - 1 ? before : cluster.services, { node, seed: day * 1000 + node })
    const rules = Array.from({ length: nodes }, (_, node) => dumpItem(at, node, rulesOf(node)))
    await importSnapshot(store, inMemory(at, [...objectItems(cluster.services, nodes, at), ...rules]), new Date(0))
    before = cluster.services
    cluster.next()
  }
}

/** A day on which one endpoint of one Service has another address in the rules of the last node. */
export async function importFault(store: Store, size: Size, nodes: number): Promise<void> {
  const { services } = new Days(size)
  const at = new Date(START + 86_400_000).toISOString()
  const rules = Array.from({ length: nodes }, (_, node) => {
    const text = dumpText(services, { node, seed: node })
    return dumpItem(at, node, node === nodes - 1 ? strayed(text) : text)
  })
  await importSnapshot(store, inMemory(at, [...objectItems(services, nodes, at), ...rules]), new Date(0))
}

/** One DNAT in the middle of the dump sends to an address that no endpoint has. */
function strayed(text: string): string {
  const option = '--to-destination '
  const at = text.indexOf(option, text.length / 2) + option.length
  return text.slice(0, at) + text.slice(at).replace(/^[\d.]+/, '10.250.250.250')
}

function dumpItem(at: string, node: number, text: string): CollectedItem {
  return {
    kind: 'iptables-save',
    node: `node-${node}`,
    command: ['iptables-save', '-c'],
    startedAt: at,
    endedAt: at,
    exitCode: 0,
    error: null,
    stderr: null,
    content: Buffer.from(text)
  }
}

function inMemory(at: string, collected: readonly CollectedItem[]): Snapshot {
  const contents = new Map(collected.map(({ content }, index) => [`item-${index}`, content!]))
  const items = collected.map(({ content, ...item }, index) => ({
    ...item,
    path: `item-${index}`,
    bytes: content!.length,
    sha256: createHash('sha256').update(content!).digest('hex')
  }))
  const manifest = {
    format: 1 as const,
    cluster: { name: 'G', uid: null },
    tool: 'bench',
    startedAt: at,
    endedAt: at,
    items
  }
  return { name: snapshotName(new Date(at)), path: 'memory', manifest, read: async ({ path }) => contents.get(path!)! }
}
