-- code: ROUTE-MISSING
-- severity: error
-- title: A node has no route to where Services lead
-- explanation: Packets that the node's rules send on need a route. Here the node has none at all for addresses of Services (without a default route even a cluster IP has none, and what the node itself sends to it fails), or it lacks the route to another node's pods which the other nodes have, or has it by a gateway that is no node: what it sends there leaves by the default route and is lost. Or no route of its own leads to the pods that run on it: their bridge is down, or a route drops what is for them.
-- fix: Look whether the pods' bridge (cni0) is up (ip link). See whether the CNI plugin (flannel, kube-router, calico) runs on the node and what its log says; restart it there to have its routes written anew; compare "ip route" on two nodes.
-- needs: nodes, routes, pods
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
-- Every route of IPv4, to find the one that a pod of the node is reached by: the longest.
every AS MATERIALIZED (
  SELECT DISTINCT r.node, r.destination, r.type, r.gateway, CAST(substr(r.destination, instr(r.destination, '/') + 1) AS INTEGER) AS length,
    (SELECT sum(CAST(o.value AS INTEGER) << (24 - 8 * o.key)) FROM json_each('["' || replace(substr(r.destination, 1, instr(r.destination, '/') - 1), '.', '","') || '"]') o) AS base
  FROM routes r JOIN listed l ON l.node = r.node WHERE r.destination GLOB '[0-9]*.*/*' AND r.destination NOT GLOB '*:*'
),
own AS MATERIALIZED (
  SELECT p.node, p.namespace, p.pod, p.ip, (SELECT sum(CAST(o.value AS INTEGER) << (24 - 8 * o.key)) FROM json_each('["' || replace(p.ip, '.', '","') || '"]') o) AS address
  FROM pods p JOIN listed l ON l.node = p.node
  WHERE p.host_network = 0 AND p.phase = 'Running' AND p.deleted_at = '' AND p.ip GLOB '[0-9]*.*.*' AND p.ip NOT GLOB '*:*'
),
taken AS MATERIALIZED (
  SELECT o.node, o.ip, o.namespace || '/' || o.pod AS pod, max(e.length * 1000 + (e.type = 'unicast')) AS best, e.destination, e.type, e.length
  FROM own o LEFT JOIN every e ON e.node = o.node AND e.base >> (32 - e.length) = o.address >> (32 - e.length)
  GROUP BY o.node, o.ip, o.namespace, o.pod
),
cut_off AS (
  SELECT node, coalesce(iif(length = 0 AND type = 'unicast', NULL, destination), '') AS route, coalesce(iif(length = 0, '', type), '') AS type, count(*) AS pods, min(pod || ' (' || ip || ')') AS example
  FROM taken WHERE destination IS NULL OR length = 0 OR type IN ('blackhole', 'unreachable', 'prohibit') GROUP BY 1, 2, 3
),
-- A gateway to another node's pods is a node, by one of its addresses or (flannel's devices) one of its pod network.
strange AS (
  SELECT r.node, r.destination AS network, n.node AS other, r.gateway FROM routes r JOIN listed l ON l.node = r.node JOIN networks n ON n.network = r.destination AND n.node <> r.node
  WHERE r.type = 'unicast' AND r.gateway <> '' AND NOT EXISTS (SELECT 1 FROM node_addresses a WHERE a.address = r.gateway)
    AND r.gateway GLOB '[0-9]*.*.*' AND substr(r.gateway, 1, length(rtrim(r.gateway, '0123456789'))) NOT IN (SELECT substr(network, 1, length(rtrim(substr(network, 1, instr(network, '/') - 1), '0123456789'))) FROM networks)
    AND EXISTS (SELECT 1 FROM coverage WHERE subject = 'nodes' AND status = 'complete')
    AND EXISTS (SELECT 1 FROM routes o JOIN networks m ON m.network = o.destination JOIN node_addresses a ON a.address = o.gateway AND a.node = m.node WHERE m.node <> o.node)
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
UNION ALL
SELECT
  'node/' || node,
  node,
  iif(type = '', 'no route of its own leads to ' || pods || ' of the pods that run on it, ' || example || ' among them: what is for them leaves by the default route, or not at all',
    'its route to ' || route || ' is of type ' || type || ', and ' || pods || ' of the pods that run on it are there, ' || example || ' among them'),
  nullif(route, ''),
  NULL,
  (SELECT group_concat(destination, ' ') FROM (SELECT destination FROM every e WHERE e.node = cut_off.node ORDER BY 1 LIMIT 30))
FROM cut_off
UNION ALL
SELECT
  'node/' || node,
  node,
  'its route to the pods of ' || other || ' (' || network || ') is by the gateway ' || gateway || ', which is no address of a node',
  network,
  NULL,
  NULL
FROM strange
ORDER BY 1, 3
