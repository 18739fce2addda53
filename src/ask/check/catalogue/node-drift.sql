-- code: NODE-DRIFT
-- severity: error
-- title: A node sends a Service's connections elsewhere than the other nodes
-- explanation: The Service's KUBE-SVC chain should choose from the same endpoints on every node. This node's does not agree with the others: kube-proxy there stands still, or its rules were changed.
-- fix: Look at kube-proxy's log on the node and restart it there; compare with "snap trace" on both nodes.
-- needs: rules
-- source: kubernetes/kubernetes 35641, 47589, 28674, 129128
WITH complete_nodes AS MATERIALIZED (
  SELECT DISTINCT c.node, c.family FROM coverage c
  WHERE c.subject = 'rules' AND c.node IS NOT NULL AND c.status = 'complete'
    AND EXISTS (SELECT 1 FROM chains n WHERE n.node = c.node AND n.family = c.family AND n.kind = 'service')
),
-- What each node's chain chooses from; '' where a node lacks a chain that others have.
offers AS MATERIALIZED (
  SELECT k.node, k.family, k.chain, coalesce((
    SELECT group_concat(target, ' ') FROM (
      SELECT DISTINCT r.target FROM rules r
      WHERE r.node = k.node AND r.family = k.family AND r.chain = k.chain AND r.table_name = 'nat' AND r.target GLOB 'KUBE-SEP-*'
      ORDER BY 1)), '') AS offer
  FROM (
    SELECT n.node, n.family, a.chain FROM complete_nodes n
    JOIN (SELECT DISTINCT family, chain FROM chains WHERE node IS NOT NULL AND kind = 'service') a ON a.family = n.family
  ) k
),
counted AS (SELECT family, chain, offer, count(*) AS nodes FROM offers GROUP BY family, chain, offer),
common AS (
  SELECT family, chain, offer, max(nodes) AS nodes FROM counted GROUP BY family, chain HAVING count(*) > 1
),
-- Endpoints with topology hints, and Services for local callers, rightly differ from node to node.
excused AS MATERIALIZED (
  SELECT p.chain_hash AS hash FROM service_ports p JOIN endpoints e ON e.namespace = p.namespace AND e.service = p.service
  WHERE coalesce(e.hint_zones, '[]') <> '[]' OR coalesce(e.hint_nodes, '[]') <> '[]'
  UNION
  SELECT p.chain_hash FROM service_ports p JOIN services s ON s.namespace = p.namespace AND s.service = p.service WHERE s.internal_traffic_policy = 'Local'
)
SELECT
  coalesce('service/' || p.namespace || '/' || p.service || iif(p.port_name = '', '', ':' || p.port_name), 'chain/' || o.chain) AS object,
  o.node AS node,
  CASE WHEN o.offer = '' THEN 'has no endpoint for it, ' || c.nodes || ' other nodes have'
    ELSE 'chooses from other endpoints than ' || c.nodes || ' other nodes' END AS message,
  o.chain AS chain,
  (SELECT group_concat(x, ' ') FROM (SELECT DISTINCT r.to_destination AS x FROM rules r WHERE r.node = o.node AND r.family = o.family AND r.target = 'DNAT' AND instr(o.offer, r.chain) ORDER BY 1)) AS destinations,
  (SELECT group_concat(x, ' ') FROM (SELECT DISTINCT r.to_destination AS x FROM rules r WHERE r.family = o.family AND r.target = 'DNAT' AND r.kind = 'endpoint' AND r.node IS NOT NULL AND instr(c.offer, r.chain) ORDER BY 1)) AS destinations_elsewhere
FROM offers o
JOIN common c ON c.family = o.family AND c.chain = o.chain AND c.offer <> o.offer
LEFT JOIN service_ports p ON p.chain_hash = substr(o.chain, -16) OR p.chain_hash_before119 = substr(o.chain, -16)
WHERE substr(o.chain, -16) NOT IN (SELECT hash FROM excused WHERE hash IS NOT NULL)
ORDER BY 1, 2
