import type { ManifestItem } from '../../archive/manifest.ts'
import { decodeBytes } from '../../parse/iptables/bytes.ts'
import type { Dump, Table } from '../../parse/iptables/rule.ts'
import { readSave } from '../../parse/iptables/save.ts'
import type { Store } from '../open.ts'
import { storePartState } from '../rules/part-state.ts'
import { storeRules } from '../rules/store-rules.ts'
import type { SnapshotRecord } from './part.ts'

/** Reads what iptables-save or ip6tables-save printed on a node or in a pod. */
export function importDump(item: ManifestItem, content: Buffer): (store: Store, record: SnapshotRecord) => void {
  const dump = readSave(decodeBytes(content))
  return (store, record) => {
    for (const problem of dump.problems) record.addIssue(item, { phase: 'import', ...problem })
    storeDump(store, record, item, dump, item.kind === 'ip6tables-save' ? 'ipv6' : 'ipv4', incompleteness(item, dump))
  }
}

/** Also for listings that were pasted, which are never the whole of the node's rules. */
export function storeDump(
  store: Store, record: SnapshotRecord, item: ManifestItem, dump: Dump, family: 'ipv4' | 'ipv6', incomplete: string | undefined
): void {
  const sets = storeRules(store, dump.tables, scopes(item, family))
  const part = record.addPart(item, {
    subject: 'rules',
    family,
    ...backendOf(item, dump),
    status: incomplete === undefined ? 'complete' : 'partial',
    ...(incomplete !== undefined && { detail: incomplete }),
    versions: sets.map((set) => set.version),
    counters: hasCounters(dump.tables)
  })
  storePartState(store, part, sets)
}

function incompleteness(item: ManifestItem, dump: Dump): string | undefined {
  if (item.error !== null) return item.error
  const cut = dump.tables.filter((table) => !table.complete).map((table) => table.name)
  return cut.length > 0 ? `not all of table ${cut.join(', ')} could be read` : undefined
}

function backendOf(item: ManifestItem, dump: Dump): { backend?: string } {
  const backend = item.backend ?? dump.generator?.backend
  return backend ? { backend } : {}
}

function scopes(item: ManifestItem, family: string): { shared: string; local: string } {
  const owner = item.node !== undefined ? `node ${item.node}` : `pod ${item.namespace}/${item.pod}`
  return { shared: item.node !== undefined ? `rules ${family}` : `rules ${family} of pods`, local: `rules ${family} of ${owner}` }
}

function hasCounters(tables: readonly Table[]): boolean {
  for (const table of tables) {
    for (const chain of table.chains.values()) {
      const first = chain.rules[0]
      if (first) return first.counters !== undefined
    }
  }
  return false
}
