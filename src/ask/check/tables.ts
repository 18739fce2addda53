import type { Store } from '../../store/open.ts'

/** The views that many checks join, and the columns they are joined by. */
const COPIED: readonly { view: string; indexes: readonly string[] }[] = [
  { view: 'coverage', indexes: ['subject, node, namespace, pod', 'namespace, pod, subject'] },
  { view: 'items', indexes: ['kind, node'] },
  { view: 'nodes', indexes: [] },
  { view: 'node_addresses', indexes: ['address'] },
  { view: 'services', indexes: ['namespace, service'] },
  { view: 'service_ports', indexes: ['namespace, service'] },
  { view: 'frontends', indexes: ['namespace, service', 'address, port'] },
  { view: 'endpoint_objects', indexes: ['namespace, service', 'chain'] },
  { view: 'endpoints', indexes: ['namespace, service'] },
  { view: 'pods', indexes: ['namespace, pod', 'ip'] },
  { view: 'containers', indexes: ['namespace, pod'] },
  { view: 'container_ports', indexes: ['namespace, pod'] },
  { view: 'chain_sets', indexes: ['chain_set, node'] }
]

/**
 * Replaces scoped views by tables of the same name and columns, for this connection, so that a view is computed once
 * and not once a check. Does nothing the second time. The store is scoped to one snapshot.
 */
export function copyViews(store: Store, snapshot: string): void {
  const scoped = new Set(store.prepare("SELECT name FROM sqlite_temp_schema WHERE type = 'view'").pluck().all())
  const left = COPIED.filter(({ view }) => scoped.has(view))
  for (const { view, indexes } of left) {
    store.exec(
      `CREATE TEMP TABLE "${view} copied" AS SELECT * FROM temp."${view}"; DROP VIEW temp."${view}"; ALTER TABLE temp."${view} copied" RENAME TO "${view}"`
    )
    indexes.forEach((columns, index) => store.exec(`CREATE INDEX temp."${view} ${index}" ON "${view}" (${columns})`))
  }
  if (left.length === 0) return
  copySets(store, `'${snapshot.replaceAll("'", "''")}'`)
  store.exec('ANALYZE temp')
}

/** What makes a chain, and a rule, whichever dump it stands in. */
const CHAIN = 'table_name, chain, kind, hash, policy, rules, complete'
const RULE = `table_name, chain, kind, number, text, protocol, source, destination, in_interface, out_interface, destination_ports, target, is_goto,
  to_destination, probability`

const DUMP = 'd.node, d.namespace, d.pod, d.container, d.family, d.backend'

/**
 * The chains and rules once for all dumps that have the same: put together from forms and arguments for each check and
 * node they would cost most of the time. `snapshot`: as SQL writes it.
 */
function copySets(store: Store, snapshot: string): void {
  store.exec(`
    CREATE TEMP TABLE _checked_set AS
    SELECT p.id AS part, p.node, p.namespace, p.pod, p.container, p.family, p.backend, p.counters, t.collection, t.seq, v.number AS chain_set, 0 AS ipvs
    FROM main._part p JOIN main._snapshot s ON s.id = p.snapshot JOIN main._part_set t ON t.part = p.id
    JOIN main._version v ON v.collection = t.collection AND v.seq = t.seq
    WHERE s.name = ${snapshot} AND p.subject = 'rules';
    ${IPVS};
    CREATE INDEX temp._checked_set_set ON _checked_set (chain_set, node);

    CREATE TEMP TABLE _checked_chain AS
    SELECT x.chain_set, x.family, x.ipvs, x.is_first, n.table_name, n.chain, iif(x.ipvs AND n.kind = 'services' AND n.table_name = 'nat', 'ipvs-services', n.kind) AS kind,
      n.hash, c.policy, c.rules, c.complete
    FROM (SELECT collection, seq, chain_set, family, ipvs, row_number() OVER (PARTITION BY chain_set) = 1 AS is_first FROM _checked_set GROUP BY chain_set, ipvs) x
    JOIN main._chain_name n ON n.collection = x.collection
    JOIN main._chain c ON c.chain = n.id AND c.since <= x.seq AND x.seq < c.until;
    CREATE INDEX temp._checked_chain_chain ON _checked_chain (chain, chain_set);
    CREATE INDEX temp._checked_chain_kind ON _checked_chain (kind, chain_set);

    CREATE TEMP TABLE _checked_rule AS
    SELECT x.chain_set, x.family, r.run, r.place, n.table_name, n.chain, n.kind, iif(r.ordered, r.rank, NULL) AS number, r.text, r.protocol, r.source,
      r.destination, r.in_interface, r.out_interface, r.destination_ports, r.target, r.is_goto, r.to_destination, r.probability, r.not_understood
    FROM (SELECT DISTINCT collection, seq, chain_set, family FROM _checked_set) x
    JOIN main._chain_name n ON n.collection = x.collection
    JOIN main._rule r ON r.chain = n.id AND r.since <= x.seq AND x.seq < r.until;
    CREATE INDEX temp._checked_rule_kind ON _checked_rule (kind, chain_set);
    CREATE INDEX temp._checked_rule_chain ON _checked_rule (chain, chain_set);
    CREATE INDEX temp._checked_rule_target ON _checked_rule (target, chain_set);

    DROP VIEW temp.distinct_chains;
    CREATE TEMP VIEW distinct_chains AS SELECT ${snapshot} AS snapshot, chain_set, family, ${CHAIN} FROM temp._checked_chain WHERE is_first;
    DROP VIEW temp.distinct_rules;
    CREATE TEMP VIEW distinct_rules AS SELECT ${snapshot} AS snapshot, chain_set, family, ${RULE}, not_understood FROM temp._checked_rule;
    DROP VIEW temp.chains;
    CREATE TEMP VIEW chains AS
    SELECT ${snapshot} AS snapshot, ${DUMP}, ${CHAIN.split(', ')
      .map((column) => `c.${column}`)
      .join(', ')}, k.packets, k.bytes
    FROM temp._checked_set d JOIN temp._checked_chain c ON c.chain_set = d.chain_set AND c.ipvs = d.ipvs
    LEFT JOIN main._policy_counter k ON k.part = d.part AND k.table_name = c.table_name AND k.chain = c.chain;
    DROP VIEW temp.rules;
    CREATE TEMP VIEW rules AS
    SELECT ${snapshot} AS snapshot, ${DUMP}, ${RULE},
      iif(d.counters, coalesce(k.counts ->> (2 * r.place), 0), NULL) AS packets, iif(d.counters, coalesce(k.counts ->> (2 * r.place + 1), 0), NULL) AS bytes,
      r.not_understood
    FROM temp._checked_set d JOIN temp._checked_rule r ON r.chain_set = d.chain_set
    LEFT JOIN main._counter k ON k.part = d.part AND k.run = r.run`)
}

/**
 * kube-proxy's ipvs mode has a KUBE-SERVICES of its own, which asks ipsets and leads to no Service's chain: to checks of iptables mode such a
 * node is one without kube-proxy's rules. Source: pkg/proxy/ipvs/proxier.go.
 */
const IPVS = `UPDATE _checked_set SET ipvs = 1 WHERE part IN (
    SELECT d.part FROM _checked_set d JOIN main._chain_name n ON n.collection = d.collection AND n.chain IN ('KUBE-NODE-PORT', 'KUBE-LOAD-BALANCER') AND n.table_name = 'nat'
    JOIN main._chain c ON c.chain = n.id AND c.since <= d.seq AND d.seq < c.until)
  AND part NOT IN (
    SELECT d.part FROM _checked_set d JOIN main._chain_name n ON n.collection = d.collection AND n.kind = 'service'
    JOIN main._chain c ON c.chain = n.id AND c.since <= d.seq AND d.seq < c.until)`
