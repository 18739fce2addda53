import { isAscii } from 'node:buffer'
import type { ManifestItem } from '../../archive/manifest.ts'
import { decodeText } from '../../parse/iptables/bytes.ts'
import { chainsLacking } from '../../parse/iptables/chains-lacking.ts'
import { readGenerator } from '../../parse/iptables/generator.ts'
import type { Dump, Table } from '../../parse/iptables/rule.ts'
import { readSave } from '../../parse/iptables/save.ts'
import { LEGACY_UNSEEN } from '../../parse/iptables/stray-warning.ts'
import type { Store } from '../open.ts'
import { blocksOf, NotPlain } from '../rules/blocks.ts'
import { listedDump, repeatedTables } from '../rules/listed-chain.ts'
import { storePartState } from '../rules/part-state.ts'
import { type PlainDump, readPlainDump } from '../rules/plain-dump.ts'
import type { Skimmer } from '../rules/skim.ts'
import { storeRules } from '../rules/store-rules.ts'
import type { SnapshotRecord } from './part.ts'

/** Reads what iptables-save or ip6tables-save printed on a node or in a pod. */
export function importDump(
  item: ManifestItem,
  content: Buffer,
  skimmer: Skimmer
): (store: Store, record: SnapshotRecord) => void {
  const plain = isAscii(content) ? readPlainDump(content, skimmer) : null
  return (store, record) => {
    const about = { family: familyOf(item), backend: plain?.generated && readGenerator(plain.generated)?.backend }
    const left = leftOut(item, content)
    const detail = [...(plain ? notPrinted(item, tablesIn(content)) : []), ...left].join('; ') || undefined
    const told = { ...about, ...(detail !== undefined && { detail }) }
    if (plain && isStored(store, () => storeBlocks(store, record, item, plain, told))) return
    const dump = readSave(decodeText(content))
    for (const problem of dump.problems) record.addIssue(item, { phase: 'import', ...problem })
    for (const { family, tables } of sectionsOf(dump, familyOf(item))) {
      const [{ generator } = {}] = tables
      const { generator: _, ...rest } = dump
      const section = { ...rest, tables, ...(generator && { generator }) }
      storeDump(store, record, item, section, family, incompleteness(item, section, left))
    }
  }
}

function tablesIn(content: Buffer): string[] {
  return ['nat', 'filter'].filter((name) => content.indexOf(`*${name}\n`) !== -1)
}

interface Section {
  readonly family: 'ipv4' | 'ipv6'
  readonly tables: readonly Table[]
}

/** One for each program whose dump it is: legacy and nft, IPv4 and IPv6 may stand in one file. A table that does not say is of the file's own. */
function sectionsOf({ tables, generator }: Dump, own: Section['family']): Section[] {
  const sections = new Map<string, { family: Section['family']; tables: Table[] }>()
  for (const table of tables) {
    const { program, backend } = table.generator ?? generator ?? {}
    const family = program?.startsWith('ip6') ? 'ipv6' : program?.startsWith('iptables') ? 'ipv4' : own
    const key = `${family} ${backend ?? ''}`
    const section = sections.get(key) ?? { family, tables: [] }
    section.tables.push(table)
    sections.set(key, section)
  }
  return sections.size === 0 ? [{ family: own, tables }] : [...sections.values()]
}

function familyOf(item: ManifestItem): 'ipv4' | 'ipv6' {
  return item.kind === 'ip6tables-save' ? 'ipv6' : 'ipv4'
}

/** Also for listings that were pasted, which are never the whole of the node's rules. */
export function storeDump(
  store: Store,
  record: SnapshotRecord,
  item: ManifestItem,
  dump: Dump,
  family: 'ipv4' | 'ipv6',
  incomplete: string | undefined
): void {
  const repeated = repeatedTables(dump.tables).map((table) => `table ${table} stands twice, the first was read`)
  for (const message of repeated) record.addIssue(item, { phase: 'import', message })
  const detail = [...(incomplete === undefined ? [] : [incomplete]), ...repeated].join('; ')
  const { chains, policies, hits } = listedDump(dump)
  storeBlocks(
    store,
    record,
    item,
    { blocks: blocksOf(chains), policies, hits },
    { family, backend: dump.generator?.backend, ...(detail && { detail }) }
  )
}

interface About {
  readonly family: 'ipv4' | 'ipv6'
  readonly backend: string | undefined
  /** Why it is not all there is. */
  readonly detail?: string
}

function storeBlocks(
  store: Store,
  record: SnapshotRecord,
  item: ManifestItem,
  dump: Omit<PlainDump, 'generated'>,
  about: About
): void {
  const sets = storeRules(store, dump.blocks, scopes(item, about.family))
  const backend = item.backend ?? about.backend
  const detail = about.detail ?? item.error ?? undefined
  const part = record.addPart(item, {
    subject: 'rules',
    family: about.family,
    ...(backend && { backend }),
    status: detail === undefined ? 'complete' : 'partial',
    ...(detail !== undefined && { detail }),
    versions: sets.map((set) => set.version),
    counters: dump.hits !== null
  })
  storePartState(store, part, sets, dump)
}

/** False where the dump is not plain after all; then nothing of it is in the store. */
function isStored(store: Store, write: () => void): boolean {
  try {
    // Within the import's transaction: a savepoint.
    store.transaction(write)()
    return true
  } catch (error) {
    if (error instanceof NotPlain) return false
    throw error
  }
}

function incompleteness(item: ManifestItem, dump: Dump, left: readonly string[]): string | undefined {
  if (item.error !== null) return item.error
  const warned = dump.problems.some(({ message }) => message === LEGACY_UNSEEN) ? [LEGACY_UNSEEN] : []
  const cut = dump.tables.filter((table) => !table.complete).map((table) => table.name)
  const why = [
    ...warned,
    ...(cut.length > 0 ? [`not all of table ${cut.join(', ')} could be read`] : []),
    ...notPrinted(
      item,
      dump.tables.map(({ name }) => name ?? '')
    ),
    ...left
  ]
  return why.length > 0 ? why.join('; ') : undefined
}

/** Every node of kube-proxy has both tables. Without its command, a dump that lacks one may be that of `iptables-save -t`. */
function notPrinted({ command }: ManifestItem, tables: readonly string[]): string[] {
  const missing = ['nat', 'filter'].filter((name) => !tables.includes(name))
  if (command.length > 0 || missing.length === 0) return []
  return [`table ${missing.join(' and ')} does not stand in it: what the node has there is unknown`]
}

/** What another program, or a hand, took out of a text of which the command is not known. */
function leftOut({ command }: ManifestItem, content: Buffer): string[] {
  if (command.length > 0) return []
  return chainsLacking(content.toString('latin1')).map(({ table, chains: [first, ...others] }) => {
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    return `chain ${first}${more} of table ${table} does not stand in it, and must be there: the text is not whole`
  })
}

function scopes(item: ManifestItem, family: string): { shared: string; local: string } {
  const owner = item.node !== undefined ? `node ${item.node}` : `pod ${item.namespace}/${item.pod}`
  return {
    shared: item.node !== undefined ? `rules ${family}` : `rules ${family} of pods`,
    local: `rules ${family} of ${owner}`
  }
}
