import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'

export interface FlowRows {
  readonly columns: string[]
  readonly rows: unknown[][]
  /** Why there may be less than there is in the cluster. */
  readonly remarks: readonly string[]
}

/**
 * The matrix of the snapshot that the store is scoped to and filled for. Nodes of which a row says the same share it.
 * Throws: UserError for a node or Service that is not in the snapshot.
 */
export function flowRows(store: Store, { node, service }: { node?: string; service?: string }): FlowRows {
  const [, namespace, name] = /^(?:([^/]+)\/)?([^/]+)$/.exec(service ?? '') ?? []
  if (node !== undefined) require(store, 'SELECT 1 FROM _flow_node WHERE node = ?', [node], `flows: no node ${node} in this snapshot, or it has no Services`)
  if (service !== undefined) {
    const where = 'SELECT 1 FROM services WHERE service = ? AND namespace = coalesce(?, namespace)'
    require(store, where, [name, namespace ?? null], `flows: no Service ${service} in this snapshot; give NAMESPACE/NAME`)
  }
  const statement = store.prepare(
    `SELECT family, namespace, service, port_name, protocol, kind, address, port, sender, destination, share, verdict, masqueraded, condition, why,
       group_concat(node, ' ') AS nodes
     FROM (SELECT * FROM flows WHERE node = coalesce(?, node) AND service = coalesce(?, service) AND namespace = coalesce(?, namespace) ORDER BY node)
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15`
  )
  const columns = statement.columns().map((column) => column.name)
  const rows = statement.raw().all(node ?? null, name ?? null, namespace ?? null) as unknown[][]
  return { columns, rows, remarks: remarks(store) }
}

function require(store: Store, sql: string, values: readonly unknown[], message: string): void {
  if (!store.prepare(sql).get(...values)) throw new UserError(message)
}

function remarks(store: Store): string[] {
  const services = store.prepare("SELECT status, detail FROM coverage WHERE subject = 'services'").get() as { status: string; detail: string | null } | undefined
  if (!services) return ['this snapshot has no list of Services: their flows are not known']
  if (services.status === 'complete') return []
  return [`the list of Services is ${services.status}${services.detail ? ` (${services.detail})` : ''}: the flows of others are not known`]
}
