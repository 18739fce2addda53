-- code: RULE-DUP
-- severity: warn
-- title: The same rule stands in a chain more than once
-- explanation: A program that cannot find its own rule adds it again and again (iptables 1.8.0 to 1.8.4 and 1.8.10 are known for it): chains grow until every packet is slow, or counts twice.
-- fix: Update iptables on the node or in the image that writes the rules, then delete the surplus rules.
-- needs: rules
-- source: k3s-io/k3s 3117; kubernetes/kubernetes 82361, 79304; kube-router 1789
WITH repeated AS MATERIALIZED (
  SELECT chain_set, table_name, chain, text, count(*) AS times, group_concat(number, ' ') AS rule_numbers
  FROM distinct_rules
  -- kube-proxy up to 1.23 writes a KUBE-FW chain's rules once for each load balancer IP.
  WHERE kind <> 'firewall' AND text <> ''
    -- And the way to a health check's port once for each port of the Service; in large clusters no comment tells them apart.
    AND NOT (table_name = 'filter' AND kind = 'node-ports')
    -- kube-proxy up to 1.20 has two rules for established connections, which comments alone tell apart.
    AND NOT (kind = 'forward' AND text = '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT')
  GROUP BY chain_set, table_name, chain, text
  -- Two calls of portmap at once leave its jumps twice: harmless, and it stays at that.
  HAVING count(*) > iif(min(target) GLOB 'CNI-HOSTPORT-*' OR min(kind) GLOB 'hostport-*', 2, 1)
)
SELECT
  'node/' || d.node AS object,
  d.node AS node,
  r.table_name || ' ' || r.chain || ' (' || d.family || ') has ' || r.times || ' times: ' || r.text AS message,
  r.table_name AS table_name,
  r.chain AS chain,
  r.text AS rule,
  r.times AS times,
  r.rule_numbers AS rule_numbers
FROM repeated r JOIN chain_sets d ON d.chain_set = r.chain_set
WHERE d.node IS NOT NULL
  -- What a listing without -v does not show may tell the rules apart.
  AND NOT EXISTS (SELECT 1 FROM coverage c WHERE c.subject = 'rules' AND c.node = d.node AND c.family = d.family AND c.detail LIKE '%without -v%')
ORDER BY 1, 3
