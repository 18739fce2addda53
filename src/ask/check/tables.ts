import type { Store } from '../../store/open.ts'

/** The views that many checks join, and the columns they are joined by. */
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
export function copyViews(store: Store, snapshot: string): void {
  const scoped = new Set(store.prepare("SELECT name FROM sqlite_temp_schema WHERE type = 'view'").pluck().all())
  const left = COPIED.filter(({ view }) => scoped.has(view))
  for (const { view, indexes } of left) {
    store.exec(`CREATE TEMP TABLE "${view} copied" AS SELECT * FROM temp."${view}"; DROP VIEW temp."${view}"; ALTER TABLE temp."${view} copied" RENAME TO "${view}"`)
    indexes.forEach((columns, index) => store.exec(`CREATE INDEX temp."${view} ${index}" ON "${view}" (${columns})`))
  }
  if (left.length === 0) return
  store.exec(IPVS)
  copyRules(store, snapshot)
  store.exec('ANALYZE temp')
}

/**
 * kube-proxy's ipvs mode has a KUBE-SERVICES of its own, which asks ipsets and leads to no Service's chain: to checks of iptables mode such a
 * node is one without kube-proxy's rules. Source: pkg/proxy/ipvs/proxier.go.
 */
const IPVS = `UPDATE chains SET kind = 'ipvs-services' WHERE kind = 'services' AND table_name = 'nat' AND EXISTS (
    SELECT 1 FROM chains i WHERE i.chain IN ('KUBE-NODE-PORT', 'KUBE-LOAD-BALANCER') AND i.table_name = 'nat' AND i.node IS chains.node AND i.family = chains.family AND i.backend IS chains.backend)
  AND NOT EXISTS (SELECT 1 FROM chains k WHERE k.kind = 'service' AND k.node IS chains.node AND k.family = chains.family AND k.backend IS chains.backend)`

/** What makes a rule, of the view `rules`. */
const RULE = `table_name, chain, kind, number, text, protocol, source, destination, in_interface, out_interface, destination_ports, target, is_goto,
  to_destination, probability`

/** The rules once for all nodes that have the same: put together from forms and arguments for each check and node they would cost most of the time. */
function copyRules(store: Store, snapshot: string): void {
  const parts = `SELECT p.* FROM main._part p JOIN main._snapshot s ON s.id = p.snapshot WHERE s.name = '${snapshot.replaceAll("'", "''")}' AND p.subject = 'rules'`
  store.exec(`
    CREATE TEMP TABLE _checked_rule AS
    SELECT x.collection, x.seq, r.run, r.place, n.table_name, n.chain, n.kind, iif(r.ordered, r.rank, NULL) AS number, r.text, r.protocol, r.source,
      r.destination, r.in_interface, r.out_interface, r.destination_ports, r.target, r.is_goto, r.to_destination, r.probability, r.not_understood
    FROM (SELECT DISTINCT t.collection, t.seq FROM (${parts}) p JOIN main._part_set t ON t.part = p.id) x
    JOIN main._chain_name n ON n.collection = x.collection
    JOIN main._rule r ON r.chain = n.id AND r.since <= x.seq AND x.seq < r.until;
    CREATE INDEX temp._checked_rule_set ON _checked_rule (collection, seq);
    DROP VIEW temp.rules;
    CREATE TEMP VIEW rules AS
    SELECT '${snapshot.replaceAll("'", "''")}' AS snapshot, p.node, p.namespace, p.pod, p.container, p.family, p.backend, ${RULE},
      iif(p.counters, coalesce(k.counts ->> (2 * r.place), 0), NULL) AS packets, iif(p.counters, coalesce(k.counts ->> (2 * r.place + 1), 0), NULL) AS bytes,
      r.not_understood
    FROM (${parts}) p
    JOIN main._part_set t ON t.part = p.id
    JOIN temp._checked_rule r ON r.collection = t.collection AND r.seq = t.seq
    LEFT JOIN main._counter k ON k.part = p.id AND k.run = r.run`)
}
