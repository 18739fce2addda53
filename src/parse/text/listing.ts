import type { Problem } from '../iptables/rule.ts'
import { problemAt } from '../sockets/lines.ts'
import type { GetCommand } from './kubectl.ts'
import type { ListingKind } from './pasted.ts'
import type { Block } from './session.ts'
import { type KubectlTable, readTables } from './tables.ts'
import { isFiltered } from './words.ts'

/** The kinds by every name kubectl takes for them; `all` is kubectl's own category. */
const KINDS: ReadonlyMap<string, readonly ListingKind[]> = new Map(
  Object.entries<readonly ListingKind[]>({
    pods: ['pods'],
    pod: ['pods'],
    po: ['pods'],
    services: ['services'],
    service: ['services'],
    svc: ['services'],
    endpoints: ['endpoints'],
    endpoint: ['endpoints'],
    ep: ['endpoints'],
    nodes: ['nodes'],
    node: ['nodes'],
    no: ['nodes'],
    daemonsets: ['daemonsets'],
    daemonset: ['daemonsets'],
    ds: ['daemonsets'],
    all: ['pods', 'services', 'daemonsets']
  })
)

/** The kind a table is of, by a column (or two) no other kind has. */
const BY_COLUMNS: readonly [ListingKind, ...string[]][] = [
  ['endpoints', 'ENDPOINTS'],
  ['services', 'CLUSTER-IP'],
  ['pods', 'RESTARTS'],
  ['nodes', 'ROLES', 'VERSION'],
  ['daemonsets', 'NODE SELECTOR']
]

/** An answer, though no table: nothing of what was asked for exists. */
export const NO_ROWS = /^\s*No resources found/

/** What kubectl says beside its tables that keeps nothing back. */
const REMARK = /^(No resources found|Warning: .* is deprecated )/

/** One row of a table, and the object it is of. */
export interface ListedObject {
  readonly kind: ListingKind
  /** '' for nodes. */
  readonly namespace: string
  readonly name: string
  readonly cells: Readonly<Record<string, string>>
}

/** One kind a command asked for, and why objects of it may be missing (null: none is). */
export interface Scope {
  readonly kind: ListingKind
  /** null: every namespace, or a kind without. */
  readonly namespace: string | null
  readonly why: string | null
}

export interface Listing {
  readonly objects: readonly ListedObject[]
  readonly scopes: readonly Scope[]
  readonly tables: number
  readonly unread: readonly Problem[]
}

/** Reads the tables a `kubectl get` printed, or tables under no command (then `get` is null). */
export function readListing(block: Block, get: GetCommand | null): Listing {
  const { tables, unread: stretches } = readTables(block.output)
  const unread = stretches.filter(({ text }) => !REMARK.test(text))
  // A table of another kind takes nothing from those asked for; a stretch that could be a row does.
  const why = whyPartial(block, get, unread)
  const objects: ListedObject[] = []
  const asked = get && { ...get, namespace: namespaceOf(get, tables) }
  for (const table of tables) {
    const problem = readTable(table, asked, objects)
    if (problem !== null) unread.push(problem)
  }
  const scopes = [...kindsAsked(get, tables)].map((kind) => ({
    kind,
    namespace: kind === 'nodes' ? null : (asked?.namespace ?? null),
    why
  }))
  // Of a namespace that is not known nothing can be said.
  const known = scopes.filter(
    ({ kind, namespace }) => get === null || kind === 'nodes' || namespace !== null || get.allNamespaces
  )
  return { objects, scopes: known, tables: tables.length, unread }
}

/** Without -n and -A the namespace is that of a context nobody knows, but the Service `kubernetes` stands in `default` alone. */
function namespaceOf({ namespace, allNamespaces }: GetCommand, tables: readonly KubectlTable[]): string | null {
  if (namespace !== null || allNamespaces) return namespace
  const isDefault = tables.some(
    (table) =>
      ['services', 'endpoints'].includes(kindOf(table) ?? '') &&
      !table.columns.includes('NAMESPACE') &&
      table.rows.some(({ NAME }) => /^(?:(?:service|endpoints)\/)?kubernetes$/.test(NAME ?? ''))
  )
  return isDefault ? 'default' : null
}

function kindOf({ columns }: KubectlTable): ListingKind | undefined {
  return BY_COLUMNS.find(([, ...telling]) => telling.every((column) => columns.includes(column)))?.[0]
}

/** Adds the rows; returns why the table is left out, null where it is not. */
function readTable(table: KubectlTable, get: GetCommand | null, objects: ListedObject[]): Problem | null {
  const kind = kindOf(table)
  const header = { ...table.header, text: table.columns.join(' ') }
  if (kind === undefined) return problemAt(header, `a table snap does not read, ${table.rows.length} rows`)
  if (kind !== 'nodes' && !table.columns.includes('NAMESPACE') && get?.namespace == null) {
    return problemAt(header, `${table.rows.length} ${kind} of an unknown namespace are left out; list with -n or -A`)
  }
  for (const cells of table.rows) {
    const namespace = kind === 'nodes' ? '' : (cells['NAMESPACE'] ?? get?.namespace ?? '')
    // With several kinds in one command kubectl writes `service/traefik`.
    objects.push({ kind, namespace, name: cells['NAME']!.split('/').at(-1)!, cells })
  }
  return null
}

/** The kinds asked for; for tables under no command, the kinds shown. */
function kindsAsked(get: GetCommand | null, tables: readonly KubectlTable[]): Set<ListingKind> {
  const shown = tables.map(kindOf).filter((kind) => kind !== undefined)
  return new Set(get === null ? shown : get.resources.flatMap((name) => KINDS.get(name.split('.')[0]!) ?? []))
}

function whyPartial(block: Block, get: GetCommand | null, unread: readonly Problem[]): string | null {
  if (get === null) return 'the command that printed it is not shown'
  if (get.partial !== null) return get.partial
  if (isFiltered(block.pipeline)) return 'another command stands after it and may keep rows back'
  if (block.output.trim() === '') return 'its output is not shown'
  return unread.length > 0 ? 'part of its output was not read' : null
}
