-- code: SEP-MISSING
-- severity: error
-- title: Endpoint without a KUBE-SEP chain on a node
-- explanation: The endpoint was ready before and after the node was read, and the node has no rule that sends to it: kube-proxy there has missed a change.
-- fix: Look at kube-proxy's log on the node and restart it there; it rewrites all rules when it starts.
-- needs: services, endpoints, rules
-- source: kubernetes/kubernetes 121362, 112604
WITH ready_after AS MATERIALIZED (SELECT chain FROM endpoint_objects WHERE source = 'endpointslices-after' AND ready AND chain IS NOT NULL),
listed_again AS MATERIALIZED (SELECT 1 FROM coverage WHERE subject = 'endpointslices-after' AND status = 'complete'),
wanted AS MATERIALIZED (
  SELECT e.namespace, e.service, e.port_name, e.protocol, e.address, e.port, e.node, e.pod, e.chain, e.chain_before119,
    iif(instr(e.address, ':'), 'ipv6', 'ipv4') AS family,
    -- A Service for local callers has chains for a node's own endpoints alone.
    coalesce(s.internal_traffic_policy, '') = 'Local' AS local_only
  FROM endpoints e
  JOIN services s ON s.namespace = e.namespace AND s.service = e.service
  JOIN service_ports p ON p.namespace = e.namespace AND p.service = e.service AND p.port_name = e.port_name AND p.protocol = e.protocol
  WHERE e.ready AND e.port IS NOT NULL AND s.cluster_ip NOT IN ('', 'None') AND s.type <> 'ExternalName'
    -- Another proxy's Service.
    AND (s.labels ->> '$."service.kubernetes.io/service-proxy-name"') IS NULL
    -- A Service just made may not have come to every node yet.
    AND NOT coalesce(julianday(s.created_at) BETWEEN (SELECT julianday(min(started_at)) FROM coverage WHERE subject = 'rules' AND node IS NOT NULL) - 30.0 / 86400
      AND (SELECT julianday(max(ended_at)) FROM coverage WHERE subject = 'rules' AND node IS NOT NULL) + 30.0 / 86400, 0)
    -- A family without an address of the Service has no rules.
    AND EXISTS (SELECT 1 FROM json_each(s.cluster_ips) a WHERE instr(a.value, ':') > 0 = instr(e.address, ':') > 0)
    -- An endpoint with topology hints is meant for some nodes only.
    AND coalesce(e.hint_zones, '[]') = '[]' AND coalesce(e.hint_nodes, '[]') = '[]'
    AND (NOT EXISTS (SELECT 1 FROM listed_again) OR e.chain IN (SELECT chain FROM ready_after))
),
-- Nodes whose rules were read whole and on which kube-proxy has written some.
programmed AS MATERIALIZED (
  SELECT n.node, n.family, min(c.started_at) AS read_at FROM chains n
  JOIN coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node = n.node AND c.family = n.family AND c.backend IS n.backend
  WHERE n.table_name = 'nat' AND n.kind = 'services' AND n.rules > 0 GROUP BY n.node, n.family
),
standing AS MATERIALIZED (SELECT DISTINCT chain_set FROM distinct_chains WHERE kind = 'endpoint' AND table_name = 'nat'),
-- Nodes with the same endpoints' chains, and one of them to look at.
alike AS MATERIALIZED (
  SELECT node, family, read_at, sets, min(node) OVER (PARTITION BY family, sets) AS example FROM (
    SELECT n.node, n.family, n.read_at, group_concat(d.chain_set, ' ' ORDER BY d.chain_set) AS sets
    FROM programmed n LEFT JOIN chain_sets d ON d.node = n.node AND d.family = n.family AND d.chain_set IN (SELECT chain_set FROM standing)
    GROUP BY n.node, n.family
  )
),
missing AS MATERIALIZED (
  SELECT w.*, n.node AS example FROM wanted w JOIN alike n ON n.family = w.family AND n.node = n.example
  WHERE NOT EXISTS (SELECT 1 FROM chains t WHERE t.chain = w.chain AND t.node = n.node AND t.family = n.family AND t.table_name = 'nat')
    AND NOT EXISTS (SELECT 1 FROM chains t WHERE t.chain = w.chain_before119 AND t.node = n.node AND t.family = n.family AND t.table_name = 'nat')
)
SELECT
  'service/' || w.namespace || '/' || w.service || iif(w.port_name = '', '', ':' || w.port_name) AS object,
  n.node AS node,
  'no KUBE-SEP chain for ' || iif(count(*) = 1, 'ready endpoint ', count(*) || ' ready endpoints: ') || group_concat(w.address || ':' || w.port, ', ' ORDER BY w.address) AS message,
  group_concat(w.pod, ' ' ORDER BY w.address) AS pods,
  group_concat(w.chain, ' ' ORDER BY w.address) AS expected_chains,
  n.read_at AS rules_read_at
FROM missing w JOIN alike n ON n.family = w.family AND n.example = w.example
WHERE NOT w.local_only OR w.node = n.node
GROUP BY w.namespace, w.service, w.port_name, w.protocol, n.node, n.family
ORDER BY 1, 2
