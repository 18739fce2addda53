-- code: MODE-LEFTOVER
-- severity: warn
-- title: Rules left over from another proxy mode or version
-- explanation: The node has kube-proxy's iptables rules and also chains of its ipvs or userspace mode, or of a version that named them otherwise, with rules in them: kube-proxy does not touch those any more, and packets still may.
-- fix: Run "kube-proxy --cleanup" on the node, or restart it.
-- needs: rules
-- source: kubernetes/kubernetes 102314, 109286, 119265; KEP-2448
WITH programmed AS MATERIALIZED (SELECT DISTINCT node, family FROM chains WHERE node IS NOT NULL AND table_name = 'nat' AND kind = 'services' AND rules > 0),
newer AS MATERIALIZED (SELECT DISTINCT node, family FROM chains WHERE node IS NOT NULL AND kind IN ('external', 'local')),
-- What still leads there, so that the leftover matters.
reached AS MATERIALIZED (SELECT DISTINCT node, family, table_name, target FROM rules WHERE node IS NOT NULL AND target GLOB 'KUBE-*'),
left_over AS (
  SELECT c.node, c.family, 'ipvs mode' AS origin, c.chain, c.rules, c.table_name FROM chains c
  WHERE c.chain IN ('KUBE-LOAD-BALANCER', 'KUBE-NODE-PORT', 'KUBE-NODE-PORT-TCP', 'KUBE-NODE-PORT-UDP', 'KUBE-LOOP-BACK', 'KUBE-SOURCE-RANGE-FIREWALL',
    'KUBE-IPVS-FILTER', 'KUBE-IPVS-OUT-FILTER')
  UNION ALL
  SELECT c.node, c.family, 'userspace mode', c.chain, c.rules, c.table_name FROM chains c
  WHERE c.chain IN ('KUBE-PORTALS-CONTAINER', 'KUBE-PORTALS-HOST', 'KUBE-NODEPORT-CONTAINER', 'KUBE-NODEPORT-HOST', 'KUBE-NODEPORT-NON-LOCAL')
  UNION ALL
  SELECT c.node, c.family, 'kube-proxy before 1.24', c.chain, c.rules, c.table_name FROM chains c JOIN newer n ON n.node = c.node AND n.family = c.family
  WHERE c.kind = 'external-local'
)
SELECT
  'node/' || l.node AS object,
  l.node AS node,
  count(*) || ' chains with rules of ' || l.origin || ' beside those of iptables mode (' || l.family || '): ' || min(l.chain) || iif(count(*) > 1, ' …', '') AS message,
  group_concat(l.chain, ' ' ORDER BY l.chain) AS chains,
  sum(EXISTS (SELECT 1 FROM reached r WHERE r.node = l.node AND r.family = l.family AND r.table_name = l.table_name AND r.target = l.chain)) AS still_reached
FROM left_over l JOIN programmed p ON p.node = l.node AND p.family = l.family
WHERE l.rules > 0
GROUP BY l.node, l.family, l.origin
ORDER BY 1, 3
