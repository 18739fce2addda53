import type { Snapshot } from '../../src/archive/open.ts'
import { publicViews as namesOfViews } from '../../src/ask/sql/scope.ts'
import type { CollectedItem } from '../../src/collect/item.ts'
import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import { memorySnapshot } from './snapshot.ts'

/** What one node's iptables-save printed on one day. */
export interface NodeDump {
  readonly node: string
  readonly text: string
}

const START = Date.UTC(2026, 0, 1)

export function dayName(day: number): string {
  return `${new Date(START + day * 86_400_000).toISOString().slice(0, 10)}T00-00-00Z`
}

/** A snapshot of nothing but dumps. */
export function dumpSnapshot(day: number, dumps: readonly NodeDump[]): Snapshot {
  const startedAt = new Date(START + day * 86_400_000).toISOString()
  const items = dumps.map(
    ({ node, text }): CollectedItem => ({
      kind: 'iptables-save',
      node,
      command: ['iptables-save', '-c'],
      startedAt,
      endedAt: startedAt,
      exitCode: 0,
      error: null,
      stderr: null,
      content: Buffer.from(text)
    })
  )
  return memorySnapshot({ cluster: { name: 'test', uid: null }, tool: 'test', startedAt, endedAt: startedAt }, items)
}

/** A store in memory with the snapshots in this order. */
export async function storeOf(snapshots: readonly Snapshot[]): Promise<Store> {
  const store = openStore(':memory:')
  for (const snapshot of snapshots) await importSnapshot(store, snapshot, new Date(0))
  return store
}

/** All that people can query of some snapshots, as text that does not depend on the order of rows. */
export function publicViews(store: Store, snapshots?: readonly string[], views = namesOfViews(store)): string[] {
  return views.flatMap((view) => {
    // A snapshot's number is the order of import itself.
    const rows = (store.prepare(`SELECT * FROM ${view}`).all() as { snapshot: string; id?: number }[]).map(
      ({ id: _, ...row }) => row
    )
    return rows
      .filter(({ snapshot }) => snapshots === undefined || snapshots.includes(snapshot))
      .map((row) => `${view} ${JSON.stringify(row)}`)
      .sort()
  })
}

/** What stands in one list more often than in the other, a few lines of it: a whole list would bury it. */
export function differences(actual: readonly string[], expected: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const line of actual) counts.set(line, (counts.get(line) ?? 0) + 1)
  for (const line of expected) counts.set(line, (counts.get(line) ?? 0) - 1)
  return [...counts]
    .filter(([, count]) => count !== 0)
    .map(([line, count]) => `${count > 0 ? 'shown' : 'missing'}: ${line}`)
    .slice(0, 6)
}
