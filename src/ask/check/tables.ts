import type { Store } from '../../store/open.ts'

/** The views that many checks join, and the columns they are joined by. `rules` stays a view: a copy costs more than it saves. */
const COPIED: readonly { view: string; indexes: readonly string[] }[] = [
  { view: 'coverage', indexes: [] },
  { view: 'nodes', indexes: [] },
  { view: 'node_addresses', indexes: ['address'] },
  { view: 'services', indexes: ['namespace, service'] },
  { view: 'service_ports', indexes: ['namespace, service'] },
  { view: 'fronts', indexes: ['namespace, service', 'address, port'] },
  { view: 'endpoint_objects', indexes: ['namespace, service', 'chain'] },
  { view: 'endpoints', indexes: ['namespace, service'] },
  { view: 'pods', indexes: ['namespace, pod', 'ip'] },
  { view: 'containers', indexes: ['namespace, pod'] },
  { view: 'container_ports', indexes: ['namespace, pod'] },
  { view: 'chains', indexes: ['chain, node', 'kind'] }
]

/**
 * Replaces scoped views by tables of the same name and columns, for this connection, so that a view is computed once
 * and not once a check. Does nothing the second time. The store is scoped to one snapshot.
 */
export function copyViews(store: Store): void {
  const scoped = new Set(store.prepare("SELECT name FROM sqlite_temp_schema WHERE type = 'view'").pluck().all())
  const left = COPIED.filter(({ view }) => scoped.has(view))
  for (const { view, indexes } of left) {
    store.exec(`CREATE TEMP TABLE "${view} copied" AS SELECT * FROM temp."${view}"; DROP VIEW temp."${view}"; ALTER TABLE temp."${view} copied" RENAME TO "${view}"`)
    indexes.forEach((columns, index) => store.exec(`CREATE INDEX temp."${view} ${index}" ON "${view}" (${columns})`))
  }
  if (left.length > 0) store.exec('ANALYZE temp')
}
