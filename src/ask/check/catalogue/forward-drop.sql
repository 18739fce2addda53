-- code: FORWARD-DROP
-- severity: error
-- title: The node drops what it should send on to pods
-- explanation: Packets to and from pods pass the filter table's FORWARD chain. It ends in DROP or REJECT, and no rule before accepts them (kube-proxy's own accepts only marked and established ones): pods of other nodes are not reached. Or one rule, in whatever table, drops or rejects what goes to several Services.
-- fix: Find out who put the rule there (a firewall, an admin) and delete it; set the policy to ACCEPT, or have the CNI plugin's ACCEPT rules for the pod network put back; docker sets the policy to DROP when it starts.
-- needs: rules, services, endpoints, nft
-- causes: RULE-MANGLED
-- source: kubernetes/kubernetes 39658, 39823, 58908, 108718; rancher/rke 485
WITH RECURSIVE whole AS MATERIALIZED (
  -- Of the filter table: be it that of `iptables-save -t filter`.
  SELECT node, family, backend FROM coverage
  WHERE subject = 'rules' AND (status = 'complete' OR detail = 'table nat does not stand in it: what the node has there is unknown')
),
closed AS MATERIALIZED (
  SELECT c.node, c.family, c.backend, 'policy DROP' AS by_what FROM chains c
  JOIN whole v ON v.node = c.node AND v.family = c.family AND v.backend IS c.backend
  WHERE c.node IS NOT NULL AND c.table_name = 'filter' AND c.chain = 'FORWARD' AND c.policy = 'DROP'
  UNION
  SELECT r.node, r.family, r.backend, r.text FROM rules r
  JOIN whole v ON v.node = r.node AND v.family = r.family AND v.backend IS r.backend
  WHERE r.node IS NOT NULL AND r.table_name = 'filter' AND r.chain = 'FORWARD' AND (r.text IN ('-j DROP', '-j REJECT') OR r.text GLOB '-j REJECT --reject-with *')
),
reached AS (
  SELECT node, family, backend, 'FORWARD' AS chain FROM closed
  UNION
  SELECT r.node, r.family, r.backend, r.target FROM reached x
  JOIN rules r ON r.node = x.node AND r.family = x.family AND r.backend IS x.backend AND r.table_name = 'filter' AND r.chain = x.chain
  WHERE r.target NOT IN ('', 'ACCEPT', 'DROP', 'REJECT', 'RETURN', 'LOG', 'MARK')
),
-- Anything that may accept a new connection of a pod: docker's own bridges aside, the doubt is for the node.
accepting AS MATERIALIZED (
  SELECT DISTINCT r.node, r.family, r.backend FROM reached x
  JOIN rules r ON r.node = x.node AND r.family = x.family AND r.backend IS x.backend AND r.table_name = 'filter' AND r.chain = x.chain
  WHERE (r.target = 'ACCEPT' AND r.text NOT LIKE '%-m mark%' AND (r.text NOT LIKE '%--ctstate%' OR r.text LIKE '%--ctstate%NEW%')
      AND r.in_interface NOT LIKE '%docker%' AND r.in_interface NOT LIKE '%br-%' AND r.out_interface NOT LIKE 'docker%' AND r.out_interface NOT LIKE 'br-%')
    OR r.not_understood IS NOT NULL
),
shut AS MATERIALIZED (
  SELECT c.node, c.family, c.backend, c.by_what FROM closed c
  WHERE NOT EXISTS (SELECT 1 FROM accepting a WHERE a.node = c.node AND a.family = c.family AND a.backend IS c.backend)
    -- Only a node that serves pods has to forward for them.
    AND EXISTS (SELECT 1 FROM chains k WHERE k.node = c.node AND k.family = c.family AND (k.kind = 'endpoint' OR k.chain = 'KUBE-FORWARD' AND NOT EXISTS (
      SELECT 1 FROM chains n WHERE n.node = c.node AND n.family = c.family AND n.table_name = 'nat')))
),
-- What one rule does to one Service is told as that Service's.
stopping AS MATERIALIZED (
  SELECT d.node, d.family, w.value AS rule, count(DISTINCT d.namespace || '/' || d.service) AS services, group_concat(DISTINCT d.sender) AS senders
  FROM deviations d, json_each(d.what) w
  WHERE d.deviation = 'lost' AND NOT d.in_flux AND d.condition = '' AND (w.value GLOB 'dropped by *' OR w.value GLOB 'rejected by *')
    -- ROUTE-MISSING's.
    AND w.value NOT GLOB 'dropped by no route to *' AND w.value NOT GLOB 'dropped by a route of type *'
    -- What is marked to be dropped is so by the Service's own rules.
    AND NOT (w.value GLOB '*KUBE-FIREWALL rule *' AND w.value GLOB '*-m mark --mark 0x8000/0x8000 -j DROP')
  GROUP BY d.node, d.family, w.value HAVING count(DISTINCT d.namespace || '/' || d.service) > 1
)
SELECT
  'node/' || c.node AS object,
  c.node AS node,
  'filter FORWARD (' || c.family || ') ends in ' || c.by_what || ' and accepts no new connection of a pod' AS message,
  c.by_what AS rule,
  NULL AS services,
  (SELECT group_concat(text, ' | ') FROM (SELECT text FROM rules r WHERE r.node = c.node AND r.family = c.family AND r.backend IS c.backend
    AND r.table_name = 'filter' AND r.chain = 'FORWARD' ORDER BY r.number LIMIT 30)) AS forward_rules
FROM shut c
UNION ALL
SELECT
  'node/' || s.node,
  s.node,
  'packets from ' || replace(s.senders, ',', ', ') || ' to ' || s.services || ' Services are ' || s.rule || ' (' || s.family || ')',
  s.rule,
  s.services,
  NULL
FROM stopping s
WHERE NOT EXISTS (SELECT 1 FROM shut c WHERE c.node = s.node AND c.family = s.family)
ORDER BY 1, 3
