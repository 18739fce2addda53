import type { Along } from '../../archive/inflate.ts'
import type { ItemKind, ManifestItem } from '../../archive/manifest.ts'
import { hostNamesOf, listedIn } from '../../kinds/items.ts'
import type { ApiName, HostItem, HostName } from '../../kinds/kinds.ts'
import { readIpAddress } from '../../parse/addresses/ip-address.ts'
import { readIpRoute } from '../../parse/addresses/ip-route.ts'
import { readProcNetworks } from '../../parse/addresses/proc-net.ts'
import { readConntrack } from '../../parse/conntrack.ts'
import { readIpsetSave } from '../../parse/ipset.ts'
import type { Problem } from '../../parse/iptables/rule.ts'
import { isOfIptables, readNftChains, readNftTables, unreadTable } from '../../parse/nft-chains.ts'
import { readNftRuleset } from '../../parse/nft-ruleset.ts'
import { protocolsListed } from '../../parse/sockets/command.ts'
import { readNetstat } from '../../parse/sockets/netstat.ts'
import { readProcNet } from '../../parse/sockets/proc-net.ts'
import { readSs } from '../../parse/sockets/ss.ts'
import { readSysctls } from '../../parse/sysctls.ts'
import { readVersions } from '../../parse/versions.ts'
import { type FactTables, storeFacts } from '../facts.ts'
import type { Store } from '../open.ts'
import { Skimmer } from '../rules/skim.ts'
import { importDump } from './dump.ts'
import { objectFacts } from './objects.ts'
import type { Part, SnapshotRecord } from './part.ts'
import { importPasted } from './pasted.ts'

/** Brings one item into the store: as facts, or, where it failed or cannot be read, as the reason why they are unknown. */
export async function importItem(
  store: Store,
  record: SnapshotRecord,
  item: ManifestItem,
  read: (along?: Along) => Promise<Buffer>
): Promise<void> {
  if (item.error !== null) record.addIssue(item, { phase: 'collect', object: item.kind, message: item.error })
  if (item.path === null) return fail(record, item, item.error ?? 'left no content')
  const skimmer = new Skimmer()
  const content = await read(DUMPS.has(item.kind) ? (unpacked) => skimmer.advance(unpacked) : undefined)
  let write: ReturnType<ItemReader>
  try {
    const listed = listedIn(item.kind)
    write =
      listed === undefined
        ? readers[item.kind as keyof typeof readers](item, content, skimmer)
        : importObjects(item, listed, content)
  } catch (error) {
    const message = (error as Error).message
    record.addIssue(item, { phase: 'import', message })
    return fail(record, item, message)
  }
  write(store, record)
}

const DUMPS: ReadonlySet<ItemKind> = new Set(['iptables-save', 'ip6tables-save'])

/**
 * Parses, and returns how to store what was parsed. `skimmer` has gone through a dump while it was being unpacked.
 * Throws where the content cannot be read at all.
 */
export type ItemReader = (
  item: ManifestItem,
  content: Buffer,
  skimmer: Skimmer
) => (store: Store, record: SnapshotRecord) => void

const readers: { readonly [kind in HostItem | 'version' | 'text']: ItemReader } = {
  version: () => () => {},
  'iptables-save': importDump,
  'ip6tables-save': importDump,
  'sockets-ss': sockets(readSs),
  'sockets-netstat': sockets(readNetstat),
  'sockets-proc': sockets(readProcNet),
  'ip-address': (item, content) => {
    const { addresses, problems } = readIpAddress(content.toString('utf8'))
    return hostFacts(item, 'addresses', { _interface_address: addresses }, problems)
  },
  'ip-route': (item, content) => {
    const { routes, problems } = readIpRoute(content.toString('utf8'))
    return hostFacts(item, 'routes', { _route: routes }, problems)
  },
  sysctls: (item, content) => {
    const { sysctls, problems } = readSysctls(content.toString('utf8'))
    return hostFacts(item, 'sysctls', { _sysctl: sysctls }, problems)
  },
  conntrack: (item, content) => {
    const { connections, problems } = readConntrack(content.toString('utf8'))
    return hostFacts(item, 'connections', { _connection: connections }, problems)
  },
  'ip-proc': (item, content) => {
    const { addresses, addressProblems, routes, routeProblems } = readProcNetworks(content.toString('utf8'))
    const ofAddresses = hostFacts(item, 'addresses', { _interface_address: addresses }, addressProblems)
    const ofRoutes = hostFacts(item, 'routes', { _route: routes }, routeProblems)
    return (store, record) => {
      ofAddresses(store, record)
      ofRoutes(store, record)
    }
  },
  'ipset-save': (item, content) => {
    const { ipsets, members, problems } = readIpsetSave(content.toString('utf8'))
    return hostFacts(item, 'ipsets', { _ipset: ipsets, _ipset_member: members }, problems)
  },
  versions: (item, content) => {
    const { versions, problems } = readVersions(content.toString('utf8'))
    return hostFacts(item, 'versions', { _version_told: versions }, problems)
  },
  // Their rulesets tell more, where they were read.
  'nft-tables': (item, content) => {
    const tables = readNftTables(content.toString('utf8')).filter((table) => !isOfIptables(table))
    return (store, record) => {
      const versions = [storeFacts(store, `nft-list of ${ownerOf(item)}`, { _nft_chain: tables.map(unreadTable) })]
      record.addPart(item, { subject: 'nft-list', ...status(item.error ?? undefined), versions })
    }
  },
  'nft-ruleset': (item, content) => {
    const { tables, rules, problems } = readNftRuleset(content.toString('utf8'))
    const detail =
      item.error ??
      (tables.length > 0
        ? `kept in the archive, not interpreted: ${tables.map(({ family, name }) => `table ${family} ${name}`).join(', ')}`
        : undefined)
    const ofTables = hostFacts(item, 'nft-tables', { _nft_table: tables, _nft_rule: rules }, problems)
    return (store, record) => {
      const chains = { _nft_chain: readNftChains(content.toString('utf8')) }
      const versions = [storeFacts(store, `nft-ruleset of ${ownerOf(item)}`, chains)]
      record.addPart(item, { subject: 'nft-ruleset', ...status(detail), versions })
      ofTables(store, record)
    }
  },
  text: importPasted
}

function fail(record: SnapshotRecord, item: ManifestItem, detail: string): void {
  const family =
    item.kind === 'iptables-save' ? ('ipv4' as const) : item.kind === 'ip6tables-save' ? ('ipv6' as const) : undefined
  const told: readonly string[] = hostNamesOf(item.kind)
  for (const subject of told.length === 0 || item.kind === 'nft-ruleset' ? [item.kind, ...told] : told) {
    record.addPart(item, {
      subject,
      status: 'failed',
      detail,
      versions: [],
      ...(family && { family }),
      ...(item.backend && { backend: item.backend })
    })
  }
}

function importObjects(item: ManifestItem, listed: ApiName, content: Buffer): ReturnType<ItemReader> {
  const { tables, problems } = objectFacts(listed, content.toString('utf8'))
  const detail = item.error ?? (problems.length > 0 ? `${problems.length} of its objects could not be read` : undefined)
  return (store, record) => {
    for (const problem of problems) record.addIssue(item, { phase: 'import', ...problem })
    record.addPart(item, { subject: item.kind, ...status(detail), versions: [storeFacts(store, listed, tables)] })
  }
}

function sockets(read: typeof readSs): ItemReader {
  return (item, content) => {
    const { listeners, protocols, problems } = read(content.toString('utf8'))
    // Programs end their last line: what does not end was cut, and may lack any socket.
    const cut = content.length > 0 && content.at(-1) !== 0x0a ? 'its last line is cut' : undefined
    return hostFacts(
      item,
      'listeners',
      { _listener: listeners },
      problems,
      protocols ?? protocolsListed(item.command),
      cut
    )
  }
}

function ownerOf(item: ManifestItem): string {
  return item.node !== undefined ? `node ${item.node}` : `pod ${item.namespace}/${item.pod}/${item.container ?? ''}`
}

/** What a node, or a pod, shows of its own network. */
function hostFacts(
  item: ManifestItem,
  subject: HostName,
  tables: FactTables,
  problems: readonly Problem[],
  protocols?: readonly string[],
  cut?: string
): ReturnType<ItemReader> {
  const detail = item.error ?? (problems.length > 0 ? `${problems.length} lines could not be read` : cut)
  return (store, record) => {
    for (const problem of problems) record.addIssue(item, { phase: 'import', ...problem })
    const versions = [storeFacts(store, `${subject} of ${ownerOf(item)}`, tables)]
    record.addPart(item, { subject, ...status(detail), versions, ...(protocols && { protocols }) })
  }
}

function status(detail: string | undefined): Pick<Part, 'status' | 'detail'> {
  return detail === undefined ? { status: 'complete' } : { status: 'partial', detail }
}
