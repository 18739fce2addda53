-- code: CHAIN-ORPHAN
-- severity: info
-- title: Chains that nothing leads to
-- explanation: Chains of Services or host ports stand on the node, and no rule jumps there: no packet sees them. kube-proxy leaves such chains for up to an hour in large clusters; a rule that was deleted by hand leaves them too.
-- fix: Nothing, unless a Service lacks a rule: then restart kube-proxy on the node.
-- needs: rules
-- source: kube-proxy's own invariant (checkIPTablesRuleJumps); kube-proxy iptablesCleanupPeriod
WITH named AS MATERIALIZED (
  SELECT n.node, n.family, n.backend, n.table_name, n.chain, n.kind FROM chains n
  JOIN coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node = n.node AND c.family = n.family AND c.backend IS n.backend
  WHERE n.node IS NOT NULL AND n.kind IN ('service', 'endpoint', 'firewall', 'external', 'local', 'external-local', 'hostport')
),
reached AS MATERIALIZED (SELECT DISTINCT node, family, backend, table_name, target FROM rules WHERE node IS NOT NULL AND (target GLOB 'KUBE-*' OR target GLOB 'CNI-DN-*'))
SELECT
  'node/' || n.node AS object,
  n.node AS node,
  count(*) || ' ' || n.kind || ' chains that nothing jumps to (' || n.family || ')' AS message,
  group_concat(iif(n.place <= 20, n.chain, NULL), ' ') AS chains
FROM (
  SELECT n.*, row_number() OVER (PARTITION BY n.node, n.family, n.kind ORDER BY n.chain) AS place
  FROM named n
  LEFT JOIN reached r ON r.node = n.node AND r.family = n.family AND r.backend IS n.backend AND r.table_name = n.table_name AND r.target = n.chain
  WHERE r.target IS NULL
) n
GROUP BY n.node, n.family, n.kind
ORDER BY 1, 3
