-- code: CHAIN-EMPTY
-- severity: error
-- title: Chain of a Service that does nothing
-- explanation: A rule sends a Service's packets to a chain without rules: they fall through, unanswered by the Service. kube-proxy never leaves such a chain.
-- fix: Restart kube-proxy on the node to have its rules written anew; look for who edits or flushes single chains.
-- needs: rules
-- source: kube-proxy's own invariant (checkIPTablesRuleJumps)
WITH owners (hash, namespace, service, port_name) AS MATERIALIZED (
  SELECT chain_hash, namespace, service, port_name FROM service_ports WHERE chain_hash IS NOT NULL
  UNION SELECT chain_hash_before119, namespace, service, port_name FROM service_ports WHERE chain_hash_before119 IS NOT NULL
),
bare AS MATERIALIZED (
  SELECT d.node, d.family, d.backend, n.table_name, n.chain, n.kind FROM distinct_chains n
  JOIN chain_sets d ON d.chain_set = n.chain_set
  JOIN coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node = d.node AND c.family = d.family AND c.backend IS d.backend
  WHERE d.node IS NOT NULL AND n.rules = 0
    AND (n.kind IN ('service', 'endpoint', 'firewall', 'external', 'local', 'external-local', 'hostport') OR n.kind = 'services' AND n.table_name = 'nat' OR n.kind = 'node-ports' AND n.table_name = 'nat')
),
-- Where all is flushed, NAT-FLUSHED or SYNC-FAILED says so.
programmed AS MATERIALIZED (SELECT DISTINCT node, family, backend FROM chains WHERE node IS NOT NULL AND table_name = 'nat' AND kind = 'services' AND rules > 0),
jumps AS MATERIALIZED (
  SELECT r.node, r.family, r.backend, r.table_name, r.target, min(r.chain) AS chain, count(*) AS jumps FROM rules r
  JOIN (SELECT DISTINCT table_name, chain FROM bare) b ON b.table_name = r.table_name AND b.chain = r.target
  WHERE r.node IS NOT NULL GROUP BY r.node, r.family, r.backend, r.table_name, r.target
)
SELECT
  coalesce('service/' || k.namespace || '/' || k.service || iif(k.port_name = '', '', ':' || k.port_name), 'chain/' || b.chain) AS object,
  b.node AS node,
  b.chain || ' has no rules, and ' || j.chain || ' jumps there' AS message,
  b.chain AS chain,
  j.chain AS jumped_to_from,
  j.jumps AS jumps
FROM bare b
JOIN programmed p ON p.node = b.node AND p.family = b.family AND p.backend IS b.backend
JOIN jumps j ON j.node = b.node AND j.family = b.family AND j.backend IS b.backend AND j.table_name = b.table_name AND j.target = b.chain
LEFT JOIN owners k ON k.hash = iif(b.kind = 'endpoint', substr(j.chain, -16), substr(b.chain, -16))
-- A node without any node port Service has the chain empty.
WHERE b.kind <> 'node-ports' OR EXISTS (SELECT 1 FROM chains o WHERE o.chain = b.chain AND o.table_name = 'nat' AND o.family = b.family AND o.rules > 0)
ORDER BY 1, 2, 3
