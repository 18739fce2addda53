-- code: ROUTE-MISSING
-- severity: error
-- title: A node has no route to where Services lead
-- explanation: Packets that the node's rules send on need a route. Here the node has none at all for addresses of Services (without a default route even a cluster IP has none, and what the node itself sends to it fails), or it lacks the route to another node's pods which the other nodes have: what it sends there leaves by the default route and is lost.
-- fix: See whether the CNI plugin (flannel, kube-router, calico) runs on the node and what its log says; restart it there to have its routes written anew; compare "ip route" on two nodes.
-- needs: nodes, routes
-- source: flannel host-gw and vxlan backends; Kubernetes cluster networking (every pod is reached from every node)
WITH listed AS MATERIALIZED (SELECT DISTINCT node FROM coverage WHERE subject = 'routes' AND node IS NOT NULL AND status = 'complete'),
routed AS MATERIALIZED (SELECT DISTINCT r.node, r.destination FROM routes r JOIN listed l ON l.node = r.node WHERE r.type = 'unicast' AND r.destination NOT IN ('0.0.0.0/0', '::/0')),
networks AS MATERIALIZED (
  SELECT n.node, a.value AS network FROM nodes n, json_each(n.pod_cidrs) a WHERE a.value <> ''
    -- Where two nodes have the same, POD-NETWORK-DUP says so.
    AND NOT EXISTS (SELECT 1 FROM nodes o, json_each(o.pod_cidrs) b WHERE o.node <> n.node AND b.value = a.value)
),
lacking AS MATERIALIZED (
  SELECT l.node, n.node AS other, n.network,
    (SELECT count(*) FROM routed r WHERE r.destination = n.network AND r.node NOT IN (l.node, n.node)) AS routing,
    (SELECT count(*) FROM listed o WHERE o.node NOT IN (l.node, n.node)) AS seen
  FROM listed l JOIN networks n ON n.node <> l.node
  WHERE NOT EXISTS (SELECT 1 FROM routed r WHERE r.node = l.node AND r.destination = n.network)
),
-- IPv4 networks as numbers: a route to a wider network is a way too.
wider AS MATERIALIZED (
  SELECT node, destination, CAST(substr(destination || '/32', instr(destination || '/32', '/') + 1) AS INTEGER) AS length,
    (SELECT sum(CAST(o.value AS INTEGER) << (24 - 8 * o.key)) FROM json_each('["' || replace(substr(destination || '/', 1, instr(destination || '/', '/') - 1), '.', '","') || '"]') o) AS base
  FROM routed WHERE destination GLOB '[0-9]*.*' AND destination NOT GLOB '*:*'
),
astray AS (
  SELECT k.* FROM lacking k
  WHERE k.routing * 2 > k.seen AND k.network GLOB '[0-9]*.*/*'
    AND NOT EXISTS (
      SELECT 1 FROM wider w WHERE w.node = k.node AND w.length <= CAST(substr(k.network, instr(k.network, '/') + 1) AS INTEGER)
        AND w.base >> (32 - w.length) = (SELECT sum(CAST(o.value AS INTEGER) << (24 - 8 * o.key)) FROM json_each('["' || replace(substr(k.network, 1, instr(k.network, '/') - 1), '.', '","') || '"]') o) >> (32 - w.length))
),
homeless AS (
  SELECT d.node, d.family, count(DISTINCT d.object) AS services, group_concat(DISTINCT d.sender) AS senders, group_concat(DISTINCT replace(w.value, 'dropped by no route to ', '')) AS addresses
  FROM deviations d, json_each(d.what) w
  WHERE d.deviation = 'lost' AND NOT d.in_flux AND d.condition = '' AND w.value GLOB 'dropped by no route to *'
  GROUP BY d.node, d.family
)
SELECT
  'node/' || node AS object,
  node AS node,
  'no route to the pods of ' || other || ' (' || network || '), which ' || routing || ' other nodes have' AS message,
  network AS pod_network,
  NULL AS senders,
  (SELECT group_concat(destination, ' ') FROM (SELECT destination FROM routed r WHERE r.node = astray.node ORDER BY 1 LIMIT 30)) AS routes
FROM astray
UNION ALL
SELECT
  'node/' || node,
  node,
  'no route to the addresses of ' || services || ' Services (' || family || '): packets from ' || replace(senders, ',', ', ') || ' are dropped',
  NULL,
  senders,
  substr(addresses, 1, 500)
FROM homeless
ORDER BY 1, 3
