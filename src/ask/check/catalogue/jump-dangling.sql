-- code: JUMP-DANGLING
-- severity: error
-- title: Jump to a chain that does not exist
-- explanation: A rule jumps to a chain that its table does not have. The kernel refuses such rules, so the dump was changed or cut after it was made.
-- fix: Collect the node again; if it stays, compare with "iptables-save" on the node.
-- needs: rules
-- source: kube-proxy's own invariant (checkIPTablesRuleJumps)
WITH extensions (name) AS (
  VALUES ('ACCEPT'), ('DROP'), ('QUEUE'), ('RETURN'), ('AUDIT'), ('CHECKSUM'), ('CLASSIFY'), ('CLUSTERIP'), ('CONNMARK'), ('CONNSECMARK'),
    ('CT'), ('DNAT'), ('DNPT'), ('DSCP'), ('ECN'), ('HL'), ('HMARK'), ('IDLETIMER'), ('LED'), ('LOG'), ('MARK'), ('MASQUERADE'), ('NETMAP'),
    ('NFLOG'), ('NFQUEUE'), ('NOTRACK'), ('RATEEST'), ('REDIRECT'), ('REJECT'), ('SECMARK'), ('SET'), ('SNAT'), ('SNPT'), ('SYNPROXY'),
    ('TCPMSS'), ('TCPOPTSTRIP'), ('TEE'), ('TOS'), ('TPROXY'), ('TRACE'), ('TTL'), ('ULOG'), ('MIRROR'), ('SAME')
),
-- Jumps out of a set of chains: into another of the same dump, or to nothing.
leaving AS MATERIALIZED (
  SELECT r.chain_set, r.table_name, r.chain, r.number, r.text, r.target FROM distinct_rules r
  WHERE r.target <> '' AND r.target NOT IN (SELECT name FROM extensions)
    AND NOT EXISTS (SELECT 1 FROM distinct_chains n WHERE n.chain = r.target AND n.chain_set = r.chain_set AND n.table_name = r.table_name)
)
SELECT
  coalesce('node/' || d.node, 'pod/' || d.namespace || '/' || d.pod) AS object,
  d.node AS node,
  r.table_name || ' ' || r.chain || ' jumps to ' || r.target || ', which does not exist' AS message,
  r.table_name AS table_name,
  r.chain AS chain,
  r.number AS rule_number,
  r.text AS rule
FROM leaving r JOIN chain_sets d ON d.chain_set = r.chain_set
JOIN coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node IS d.node AND c.namespace IS d.namespace AND c.pod IS d.pod
  AND c.container IS d.container AND c.family = d.family AND c.backend IS d.backend
WHERE NOT EXISTS (
  SELECT 1 FROM chains n WHERE n.chain = r.target AND n.table_name = r.table_name AND n.node IS d.node AND n.namespace IS d.namespace
    AND n.pod IS d.pod AND n.container IS d.container AND n.family = d.family AND n.backend IS d.backend)
ORDER BY 1, 3
