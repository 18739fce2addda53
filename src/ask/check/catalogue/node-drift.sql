-- code: NODE-DRIFT
-- severity: error
-- title: A node treats a Service's connections otherwise than the other nodes
-- explanation: The Service's chain should choose from the same endpoints on every node, and every node should have the same entries to it. This node does not agree with the others: kube-proxy there stands still, or its rules were changed.
-- fix: Look at kube-proxy's log on the node and restart it there; compare with "snap trace" on both nodes.
-- needs: rules, nft
-- source: kubernetes/kubernetes 35641, 47589, 28674, 129128
WITH owners (hash, namespace, service, port_name) AS MATERIALIZED (
  SELECT chain_hash, namespace, service, port_name FROM service_ports WHERE chain_hash IS NOT NULL
  UNION SELECT chain_hash_before119, namespace, service, port_name FROM service_ports WHERE chain_hash_before119 IS NOT NULL
),
programmed AS MATERIALIZED (
  SELECT n.node, n.family FROM chains n
  JOIN coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node = n.node AND c.family = n.family AND c.backend IS n.backend
  WHERE n.table_name = 'nat' AND n.kind = 'services' AND n.rules > 0 GROUP BY n.node, n.family
),
-- Where nothing leads to the filter chains, HOOK-MISSING says so.
hooked AS MATERIALIZED (
  SELECT DISTINCT node, family FROM rules WHERE node IS NOT NULL AND table_name = 'filter' AND kind = 'built-in' AND target = 'KUBE-SERVICES'
),
-- What a set of chains offers for a chain: the endpoints it chooses from, the addresses and ports that lead to it, or those refused for want of endpoints.
offered AS MATERIALIZED (
  SELECT r.chain_set, 'endpoints' AS aspect, r.chain AS chain, r.target AS item
  FROM distinct_rules r
  WHERE r.table_name = 'nat' AND r.kind = 'service' AND r.target GLOB 'KUBE-SEP-*'
  UNION
  SELECT r.chain_set, 'entries', 'KUBE-SVC-' || substr(r.target, -16),
    iif(r.destination = '', 'node', rtrim(rtrim(r.destination, '0123456789'), '/')) || ' port ' || r.destination_ports || '/' || r.protocol
  FROM distinct_rules r
  WHERE r.table_name = 'nat' AND r.kind IN ('services', 'node-ports') AND r.destination <> '127.0.0.0/8'
    AND (r.target GLOB 'KUBE-SVC-*' OR r.target GLOB 'KUBE-FW-*' OR r.target GLOB 'KUBE-EXT-*' OR r.target GLOB 'KUBE-XLB-*' OR r.target GLOB 'KUBE-SVL-*')
  UNION
  SELECT r.chain_set, 'refusals', coalesce('KUBE-SVC-' || f.chain_hash, r.chain),
    iif(r.destination = '', 'node', rtrim(rtrim(r.destination, '0123456789'), '/')) || ' port ' || r.destination_ports || '/' || r.protocol
  FROM distinct_rules r
  LEFT JOIN frontends f ON f.address = rtrim(rtrim(r.destination, '0123456789'), '/') AND f.port = CAST(r.destination_ports AS INTEGER) AND lower(f.protocol) = r.protocol
  WHERE r.table_name = 'filter' AND r.kind IN ('services', 'external-services') AND r.target = 'REJECT' AND r.text NOT LIKE '%has no local endpoints%'
),
-- Nodes that offer the same, for they have the same sets, and one of them to look at.
alike AS MATERIALIZED (
  SELECT node, family, min(node) OVER same AS example, count(*) OVER same AS nodes, count(*) OVER (PARTITION BY family) AS all_nodes, is_hooked FROM (
    SELECT n.node, n.family, EXISTS (SELECT 1 FROM hooked h WHERE h.node = n.node AND h.family = n.family) AS is_hooked,
      group_concat(d.chain_set, ' ' ORDER BY d.chain_set) AS sets
    FROM programmed n LEFT JOIN chain_sets d ON d.node = n.node AND d.family = n.family AND d.chain_set IN (SELECT chain_set FROM offered)
    GROUP BY n.node, n.family
  )
  WINDOW same AS (PARTITION BY family, is_hooked, sets)
),
examples AS MATERIALIZED (SELECT node, family, nodes, is_hooked FROM alike WHERE node = example AND nodes < all_nodes),
offers AS MATERIALIZED (
  SELECT k.node, k.family, k.nodes, k.aspect, k.chain, coalesce(group_concat(o.item, ', ' ORDER BY o.item), '') AS offer
  FROM (
    SELECT n.node, n.family, n.nodes, a.aspect, a.chain FROM examples n
    JOIN (SELECT DISTINCT d.family, o.aspect, o.chain FROM offered o JOIN chain_sets d ON d.chain_set = o.chain_set JOIN examples e ON e.node = d.node AND e.family = d.family) a
      ON a.family = n.family
    WHERE a.aspect <> 'refusals' OR n.is_hooked
  ) k
  LEFT JOIN (SELECT DISTINCT d.node, d.family, o.aspect, o.chain, o.item FROM offered o JOIN chain_sets d ON d.chain_set = o.chain_set JOIN examples e ON e.node = d.node AND e.family = d.family) o
    ON o.node = k.node AND o.family = k.family AND o.aspect = k.aspect AND o.chain = k.chain
  GROUP BY k.node, k.family, k.aspect, k.chain
),
counted AS MATERIALIZED (
  SELECT family, aspect, chain, offer, sum(nodes) AS nodes, count(*) OVER (PARTITION BY family, aspect, chain) AS offers,
    row_number() OVER (PARTITION BY family, aspect, chain ORDER BY sum(nodes) DESC, offer DESC) AS place
  FROM offers GROUP BY family, aspect, chain, offer
),
common AS MATERIALIZED (SELECT family, aspect, chain, offer, nodes FROM counted WHERE offers > 1 AND place = 1),
-- Endpoints that came, went or changed while the nodes were read; one node may have seen it and another not yet.
in_flux AS MATERIALIZED (
  SELECT namespace, service, chain, min(chain_before119) AS chain_before119 FROM (
    SELECT DISTINCT source, namespace, service, chain, chain_before119, ready, serving FROM endpoint_objects
    WHERE source IN ('endpointslices', 'endpointslices-after')
  )
  WHERE EXISTS (SELECT 1 FROM coverage WHERE subject = 'endpointslices-after' AND status = 'complete')
  GROUP BY namespace, service, chain, ready, serving HAVING count(*) = 1
),
excused (hash) AS MATERIALIZED (
  SELECT k.hash FROM owners k JOIN in_flux f ON f.namespace = k.namespace AND f.service = k.service
  UNION
  -- A Service just made may not have come to every node yet.
  SELECT k.hash FROM owners k JOIN services s ON s.namespace = k.namespace AND s.service = k.service
  WHERE julianday(s.created_at) BETWEEN (SELECT julianday(min(started_at)) FROM coverage WHERE subject = 'rules' AND node IS NOT NULL) - 30.0 / 86400
      AND (SELECT julianday(max(ended_at)) FROM coverage WHERE subject = 'rules' AND node IS NOT NULL) + 30.0 / 86400
  UNION
  -- A Service that came or went meanwhile, and is not in the list.
  SELECT substr(o.chain, -16) FROM offered o WHERE o.item IN (SELECT chain FROM in_flux UNION SELECT chain_before119 FROM in_flux)
  UNION
  -- Endpoints with topology hints, and Services for local callers, rightly differ from node to node.
  SELECT k.hash FROM owners k JOIN endpoints e ON e.namespace = k.namespace AND e.service = k.service
  WHERE coalesce(e.hint_zones, '[]') <> '[]' OR coalesce(e.hint_nodes, '[]') <> '[]'
  UNION
  SELECT k.hash FROM owners k JOIN services s ON s.namespace = k.namespace AND s.service = k.service WHERE s.internal_traffic_policy = 'Local'
)
SELECT
  coalesce('service/' || p.namespace || '/' || p.service || iif(p.port_name = '', '', ':' || p.port_name), 'chain/' || o.chain) AS object,
  n.node AS node,
  CASE
    WHEN o.aspect = 'entries' AND o.offer = '' THEN 'no address leads to it; on ' || c.nodes || ' other nodes: ' || c.offer
    WHEN o.aspect = 'entries' THEN 'is entered by ' || o.offer || '; on ' || c.nodes || ' other nodes by ' || iif(c.offer = '', 'none', c.offer)
    WHEN o.aspect = 'refusals' AND o.offer = '' THEN 'does not refuse it; ' || c.nodes || ' other nodes do, at ' || c.offer
    WHEN o.aspect = 'refusals' THEN 'refuses it at ' || o.offer || '; ' || c.nodes || ' other nodes ' || iif(c.offer = '', 'do not', 'at ' || c.offer)
    WHEN o.offer = '' THEN 'has no endpoint for it, ' || c.nodes || ' other nodes have'
    ELSE 'chooses from other endpoints than ' || c.nodes || ' other nodes'
  END AS message,
  o.chain AS chain,
  o.offer AS here,
  c.offer AS elsewhere
FROM common c
JOIN offers o ON o.family = c.family AND o.aspect = c.aspect AND o.chain = c.chain AND o.offer <> c.offer
JOIN alike n ON n.example = o.node AND n.family = o.family
LEFT JOIN owners p ON p.hash = substr(o.chain, -16)
WHERE substr(o.chain, -16) NOT IN (SELECT hash FROM excused)
ORDER BY 1, 2, 3
