import { join } from 'node:path'
import { openSnapshot } from '../../src/archive/open.ts'
import type { CollectedItem, ItemKind } from '../../src/collect/item.ts'
import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import { openStore } from '../../src/store/open.ts'
import { root, temporaryFolder } from './cli.ts'
import { memorySnapshot } from './snapshot.ts'

/** A snapshot under snapshots/. */
function openSample(name: string): ReturnType<typeof openSnapshot> {
  return openSnapshot(join(root, 'snapshots', name))
}

/** Its items. */
export async function sampleItems(name: string): Promise<CollectedItem[]> {
  const {
    manifest: { items },
    read
  } = await openSample(name)
  return Promise.all(
    items.map(async (item): Promise<CollectedItem> => {
      const { path, bytes: _, sha256: __, ...rest } = item
      return { ...rest, content: path === null ? null : await read(item) }
    })
  )
}

const FIRST = '2026-11-22T12-00-00Z'

/** The first sample's items with others in their place or beside them, as the store of a new folder; returns the folder. */
export async function storeOfSample(
  change: (items: readonly CollectedItem[]) => readonly CollectedItem[]
): Promise<string> {
  const folder = await temporaryFolder()
  const {
    manifest: { items: _, ...facts }
  } = await openSample(FIRST)
  const store = openStore(join(folder, 'snap.db'))
  await importSnapshot(store, memorySnapshot(facts, change(await sampleItems(FIRST))), new Date(0))
  store.close()
  return folder
}

/** What a node said when it was asked for one thing. */
export function nodeItem(node: string, kind: ItemKind, text: string, error: string | null = null): CollectedItem {
  const at = '2026-11-22T12:00:00.000Z'
  return {
    kind,
    node,
    command: [kind],
    startedAt: at,
    endedAt: at,
    exitCode: error === null ? 0 : null,
    error,
    stderr: null,
    content: Buffer.from(text)
  }
}
