import { isAscii } from 'node:buffer'
import type { ManifestItem } from '../../archive/manifest.ts'
import { decodeBytes } from '../../parse/iptables/bytes.ts'
import { readGenerator } from '../../parse/iptables/generator.ts'
import type { Dump } from '../../parse/iptables/rule.ts'
import { readSave } from '../../parse/iptables/save.ts'
import type { Store } from '../open.ts'
import { listedDump, repeatedTables, type ListedDump } from '../rules/listed-chain.ts'
import { storePartState } from '../rules/part-state.ts'
import { readPlainDump } from '../rules/plain-dump.ts'
import { storeRules } from '../rules/store-rules.ts'
import type { SnapshotRecord } from './part.ts'

/** Reads what iptables-save or ip6tables-save printed on a node or in a pod. */
export function importDump(item: ManifestItem, content: Buffer): (store: Store, record: SnapshotRecord) => void {
  const plain = isAscii(content) ? readPlainDump(content.toString('latin1')) : null
  if (plain) return (store, record) => storeListed(store, record, item, plain, { family: familyOf(item), backend: plain.generated && readGenerator(plain.generated)?.backend })
  const dump = readSave(decodeBytes(content))
  return (store, record) => {
    for (const problem of dump.problems) record.addIssue(item, { phase: 'import', ...problem })
    storeDump(store, record, item, dump, familyOf(item), incompleteness(item, dump))
  }
}

function familyOf(item: ManifestItem): 'ipv4' | 'ipv6' {
  return item.kind === 'ip6tables-save' ? 'ipv6' : 'ipv4'
}

/** Also for listings that were pasted, which are never the whole of the node's rules. */
export function storeDump(
  store: Store, record: SnapshotRecord, item: ManifestItem, dump: Dump, family: 'ipv4' | 'ipv6', incomplete: string | undefined
): void {
  const repeated = repeatedTables(dump.tables).map((table) => `table ${table} stands twice, the first was read`)
  for (const message of repeated) record.addIssue(item, { phase: 'import', message })
  const detail = [...(incomplete === undefined ? [] : [incomplete]), ...repeated].join('; ')
  storeListed(store, record, item, listedDump(dump), { family, backend: dump.generator?.backend, ...(detail && { detail }) })
}

interface About {
  readonly family: 'ipv4' | 'ipv6'
  readonly backend: string | undefined
  /** Why it is not all there is. */
  readonly detail?: string
}

function storeListed(store: Store, record: SnapshotRecord, item: ManifestItem, { chains, hits }: ListedDump, about: About): void {
  const sets = storeRules(store, chains, scopes(item, about.family))
  const backend = item.backend ?? about.backend
  const detail = about.detail ?? item.error ?? undefined
  const part = record.addPart(item, {
    subject: 'rules',
    family: about.family,
    ...(backend && { backend }),
    status: detail === undefined ? 'complete' : 'partial',
    ...(detail !== undefined && { detail }),
    versions: sets.map((set) => set.version),
    counters: hits !== null
  })
  storePartState(store, part, sets, hits)
}

function incompleteness(item: ManifestItem, dump: Dump): string | undefined {
  if (item.error !== null) return item.error
  const cut = dump.tables.filter((table) => !table.complete).map((table) => table.name)
  return cut.length > 0 ? `not all of table ${cut.join(', ')} could be read` : undefined
}

function scopes(item: ManifestItem, family: string): { shared: string; local: string } {
  const owner = item.node !== undefined ? `node ${item.node}` : `pod ${item.namespace}/${item.pod}`
  return { shared: item.node !== undefined ? `rules ${family}` : `rules ${family} of pods`, local: `rules ${family} of ${owner}` }
}
