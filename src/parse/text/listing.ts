import type { Problem } from '../iptables/rule.ts'
import { problemAt } from '../sockets/lines.ts'
import type { GetCommand } from './kubectl.ts'
import type { ListingKind, PastedText } from './pasted.ts'
import { endpointFacts, serviceFact, servicePortFacts } from './service-row.ts'
import type { Block } from './session.ts'
import { type KubectlTable, readTables } from './tables.ts'
import { isFiltered } from './words.ts'
import { daemonSetFact, nodeFact, podFact } from './workload-row.ts'

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

/** An answer, though no table: nothing of what was asked for exists. */
export const NO_ROWS = /^\s*No resources found/

/** What kubectl says beside its tables that keeps nothing back. */
const REMARK = /^(No resources found|Warning: .* is deprecated )/

/**
 * Reads the tables a `kubectl get` printed, or tables under no command (then `get` is null), into `pasted`.
 * Returns how many tables there were, and what of the output is not read.
 */
export function readListing(block: Block, get: GetCommand | null, pasted: PastedText): { tables: number; unread: Problem[] } {
  const { tables, unread: stretches } = readTables(block.output)
  const unread = stretches.filter(({ text }) => !REMARK.test(text))
  // A table of another kind takes nothing from those asked for; a stretch that could be a row does.
  const why = whyPartial(block, get, unread)
  let cut = 0
  for (const table of tables) {
    const read = readTable(table, get, pasted)
    if (typeof read === 'number') cut += read
    else unread.push(read)
  }
  for (const kind of kindsAsked(get, tables)) {
    const namespace = kind === 'nodes' ? null : get?.namespace ?? null
    // Of a namespace that is not known nothing can be said.
    if (get !== null && kind !== 'nodes' && namespace === null && !get.allNamespaces) continue
    const reason = why ?? (kind === 'endpoints' ? readyAddressesOnly(cut) : '')
    pasted.coverage.push({ kind, namespace, object: null, complete: reason === '', why: reason })
  }
  return { tables: tables.length, unread }
}

function kindOf({ columns }: KubectlTable): ListingKind | undefined {
  return BY_COLUMNS.find(([, ...telling]) => telling.every(column => columns.includes(column)))?.[0]
}

/** Reads the rows; returns how many objects show only some of their addresses, or why the table is left out. */
function readTable(table: KubectlTable, get: GetCommand | null, pasted: PastedText): number | Problem {
  const kind = kindOf(table)
  const header = { ...table.header, text: table.columns.join(' ') }
  if (kind === undefined) return problemAt(header, `a table snap does not read, ${table.rows.length} rows`)
  if (kind !== 'nodes' && !table.columns.includes('NAMESPACE') && get?.namespace == null) {
    return problemAt(header, `${table.rows.length} ${kind} of an unknown namespace are left out; list with -n or -A`)
  }
  return table.rows.filter(cells => readRow(kind, cells['NAMESPACE'] ?? get?.namespace ?? '', cells, pasted)).length
}

/** Returns whether the row says that it leaves something out. */
function readRow(kind: ListingKind, namespace: string, cells: Record<string, string>, pasted: PastedText): boolean {
  // With several kinds in one command kubectl writes `service/traefik`.
  const name = cells['NAME']!.split('/').at(-1)!
  if (kind === 'pods') pasted.pods.push(podFact(namespace, name, cells))
  if (kind === 'nodes') pasted.nodes.push(nodeFact(name, cells))
  if (kind === 'daemonsets') pasted.daemonsets.push(daemonSetFact(namespace, name, cells))
  if (kind === 'services') {
    pasted.services.push(serviceFact(namespace, name, cells))
    for (const port of servicePortFacts(namespace, name, cells)) pasted.servicePorts.push(port)
  }
  if (kind !== 'endpoints') return false
  const { endpoints, left } = endpointFacts(namespace, name, cells)
  for (const endpoint of endpoints) pasted.endpoints.push(endpoint)
  const why = left === 1 ? '1 more endpoint is not shown' : `${left} more endpoints are not shown`
  if (left > 0) pasted.coverage.push({ kind, namespace, object: name, complete: false, why })
  return left > 0
}

/** The kinds asked for; for tables under no command, the kinds shown. */
function kindsAsked(get: GetCommand | null, tables: readonly KubectlTable[]): Set<ListingKind> {
  const shown = tables.map(kindOf).filter(kind => kind !== undefined)
  return new Set(get === null ? shown : get.resources.flatMap(name => KINDS[name.split('.')[0]!] ?? []))
}

function whyPartial(block: Block, get: GetCommand | null, unread: readonly Problem[]): string | null {
  if (get === null) return 'the command that printed it is not shown'
  if (get.partial !== null) return get.partial
  if (isFiltered(block.pipeline)) return 'another command stands after it and may keep rows back'
  if (block.output.trim() === '') return 'its output is not shown'
  return unread.length > 0 ? 'part of its output was not read' : null
}

/** kubectl shows three addresses of an Endpoints object at most, and never one that is not ready. */
function readyAddressesOnly(cut: number): string {
  return `addresses that are not ready are not shown${cut > 0 ? `, and of ${cut} objects not all that are` : ''}`
}
