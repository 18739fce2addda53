-- code: CHAIN-ORPHAN
-- severity: info
-- title: Chains that nothing leads to
-- explanation: Chains of Services or host ports stand on the node, and no rule jumps there: no packet sees them. kube-proxy leaves such chains for up to an hour in large clusters; a rule that was deleted by hand leaves them too.
-- fix: Nothing, unless a Service lacks a rule: then restart kube-proxy on the node.
-- needs: rules
-- source: kube-proxy's own invariant (checkIPTablesRuleJumps); kube-proxy iptablesCleanupPeriod
-- Chains that nothing in their own set jumps to.
WITH alone AS MATERIALIZED (
  SELECT n.chain_set, n.table_name, n.chain, n.kind FROM distinct_chains n
  WHERE n.kind IN ('service', 'endpoint', 'firewall', 'external', 'local', 'external-local', 'hostport')
    AND NOT EXISTS (SELECT 1 FROM distinct_rules r WHERE r.target = n.chain AND r.chain_set = n.chain_set AND r.table_name = n.table_name)
),
orphans AS MATERIALIZED (
  SELECT d.node, d.family, n.chain, n.kind FROM alone n JOIN chain_sets d ON d.chain_set = n.chain_set
  JOIN coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node = d.node AND c.family = d.family AND c.backend IS d.backend
  WHERE d.node IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM rules r WHERE r.target = n.chain AND r.table_name = n.table_name AND r.node = d.node AND r.family = d.family AND r.backend IS d.backend)
)
SELECT
  'node/' || n.node AS object,
  n.node AS node,
  count(*) || ' ' || n.kind || ' chains that nothing jumps to (' || n.family || ')' AS message,
  group_concat(iif(n.place <= 20, n.chain, NULL), ' ') AS chains
FROM (
  SELECT n.*, row_number() OVER (PARTITION BY n.node, n.family, n.kind ORDER BY n.chain) AS place FROM orphans n
) n
GROUP BY n.node, n.family, n.kind
ORDER BY 1, 3
