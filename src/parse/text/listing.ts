import type { Problem } from '../iptables/rule.ts'
import { problemAt } from '../sockets/lines.ts'
import type { GetCommand } from './kubectl.ts'
import type { Coverage, ListingKind, PastedText } from './pasted.ts'
import { endpointFacts, serviceFact, servicePortFacts } from './service-row.ts'
import type { Block } from './session.ts'
import { type KubectlTable, readTables } from './tables.ts'
import { isFiltered } from './words.ts'
import { daemonSetFact, nodeFact, podFact } from './workload-row.ts'

type Listing = Pick<PastedText, 'pods' | 'services' | 'servicePorts' | 'endpoints' | 'nodes' | 'daemonsets' | 'coverage' | 'unread'> &
  { tables: number }

/** The kinds by every name kubectl takes for them; `all` is kubectl's own category. */
const KINDS: Record<string, readonly ListingKind[]> = {
  pods: ['pods'], pod: ['pods'], po: ['pods'], services: ['services'], service: ['services'], svc: ['services'],
  endpoints: ['endpoints'], endpoint: ['endpoints'], ep: ['endpoints'], nodes: ['nodes'], node: ['nodes'], no: ['nodes'],
  daemonsets: ['daemonsets'], daemonset: ['daemonsets'], ds: ['daemonsets'], all: ['pods', 'services', 'daemonsets']
}

/** The kind a table is of, by a column (or two) no other kind has. */
const BY_COLUMNS: readonly [ListingKind, ...string[]][] = [
  ['endpoints', 'ENDPOINTS'], ['services', 'CLUSTER-IP'], ['pods', 'RESTARTS'], ['nodes', 'ROLES', 'VERSION'], ['daemonsets', 'NODE SELECTOR']
]

/** Reads the tables a `kubectl get` printed, or tables under no command (then `get` is null). */
export function readListing(block: Block, get: GetCommand | null): Listing {
  const { tables, unread } = readTables(block.output)
  const listing: Listing = {
    pods: [], services: [], servicePorts: [], endpoints: [], nodes: [], daemonsets: [], coverage: [], unread: [], tables: tables.length
  }
  // `No resources found in x namespace.` is an answer.
  listing.unread.push(...unread.filter(({ text }) => !text.startsWith('No resources found')))
  for (const table of tables) {
    const problem = readTable(table, get, listing)
    if (problem !== null) listing.unread.push(problem)
  }
  listing.coverage.push(...covered(block, get, listing, tables))
  return listing
}

function kindOf({ columns }: KubectlTable): ListingKind | undefined {
  return BY_COLUMNS.find(([, ...telling]) => telling.every(column => columns.includes(column)))?.[0]
}

function readTable(table: KubectlTable, get: GetCommand | null, listing: Listing): Problem | null {
  const kind = kindOf(table)
  const header = { ...table.header, text: table.columns.join(' ') }
  if (kind === undefined) return problemAt(header, `a table snap does not read, ${table.rows.length} rows`)
  if (kind !== 'nodes' && !table.columns.includes('NAMESPACE') && get?.namespace == null) {
    return problemAt(header, `${table.rows.length} ${kind} of an unknown namespace are left out; list with -n or -A`)
  }
  for (const cells of table.rows) readRow(kind, cells['NAMESPACE'] ?? get?.namespace ?? '', cells, listing)
  return null
}

function readRow(kind: ListingKind, namespace: string, cells: Record<string, string>, listing: Listing): void {
  // With several kinds in one command kubectl writes `service/traefik`.
  const name = cells['NAME']!.split('/').at(-1)!
  if (kind === 'pods') listing.pods.push(podFact(namespace, name, cells))
  if (kind === 'nodes') listing.nodes.push(nodeFact(name, cells))
  if (kind === 'daemonsets') listing.daemonsets.push(daemonSetFact(namespace, name, cells))
  if (kind === 'services') {
    listing.services.push(serviceFact(namespace, name, cells))
    listing.servicePorts.push(...servicePortFacts(namespace, name, cells))
  }
  if (kind === 'endpoints') {
    const { endpoints, left } = endpointFacts(namespace, name, cells)
    listing.endpoints.push(...endpoints)
    if (left > 0) listing.coverage.push({ kind, namespace, object: name, complete: false, why: `${left} more endpoints are not shown` })
  }
}

/** One coverage a kind asked for; for tables under no command, one a kind shown. */
function covered(block: Block, get: GetCommand | null, listing: Listing, tables: readonly KubectlTable[]): Coverage[] {
  const shown = tables.map(kindOf).filter(kind => kind !== undefined)
  const asked = get === null ? shown : get.resources.flatMap(name => KINDS[name.split('.')[0]!] ?? [])
  const why = whyPartial(block, get, listing)
  return [...new Set(asked)].flatMap((kind): Coverage[] => {
    const namespace = kind === 'nodes' || get === null || get.allNamespaces ? null : get.namespace
    // Of a namespace that is not known nothing can be said.
    if (get !== null && kind !== 'nodes' && namespace === null && !get.allNamespaces) return []
    const reason = why ?? (kind === 'endpoints' ? readyAddressesOnly(listing) : null)
    return [{ kind, namespace, object: null, complete: reason === null, why: reason ?? '' }]
  })
}

function whyPartial(block: Block, get: GetCommand | null, listing: Listing): string | null {
  if (get === null) return 'the command that printed it is not shown'
  if (get.partial !== null) return get.partial
  if (isFiltered(block.pipeline)) return 'another command stands after it and may keep rows back'
  if (block.output.trim() === '') return 'its output is not shown'
  return listing.unread.length > 0 ? 'part of its output was not read' : null
}

/** kubectl shows three addresses of an Endpoints object at most, and never one that is not ready. */
function readyAddressesOnly({ coverage }: Listing): string {
  const cut = coverage.filter(({ object }) => object !== null).length
  return `addresses that are not ready are not shown${cut > 0 ? `, and of ${cut} objects not all that are` : ''}`
}
