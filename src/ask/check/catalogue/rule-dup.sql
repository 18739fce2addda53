-- code: RULE-DUP
-- severity: warn
-- title: The same rule stands in a chain more than once
-- explanation: A program that cannot find its own rule adds it again and again (iptables 1.8.0 to 1.8.4 and 1.8.10 are known for it): chains grow until every packet is slow, or counts twice.
-- fix: Update iptables on the node or in the image that writes the rules, then delete the surplus rules.
-- needs: rules
-- source: k3s-io/k3s 3117; kubernetes/kubernetes 82361, 79304; kube-router 1789
SELECT
  'node/' || node AS object,
  node AS node,
  table_name || ' ' || chain || ' (' || family || ') has ' || count(*) || ' times: ' || text AS message,
  table_name AS table_name,
  chain AS chain,
  text AS rule,
  count(*) AS times,
  group_concat(number, ' ') AS rule_numbers
FROM rules
WHERE node IS NOT NULL
  -- kube-proxy up to 1.23 writes a KUBE-FW chain's rules once for each load balancer IP.
  AND kind <> 'firewall' AND text <> ''
  -- And the way to a health check's port once for each port of the Service; in large clusters no comment tells them apart.
  AND NOT (table_name = 'filter' AND kind = 'node-ports')
GROUP BY node, family, backend, table_name, chain, text
-- Two calls of portmap at once leave its jumps twice: harmless, and it stays at that.
HAVING count(*) > iif(min(target) GLOB 'CNI-HOSTPORT-*' OR min(kind) GLOB 'hostport-*', 2, 1)
ORDER BY 1, 3
