-- code: VIP-MISSING
-- severity: error
-- title: Address of a Service that a node does not know
-- explanation: The Service has ready endpoints, and the node has no rule for one of its addresses or ports: connections to it from this node, or to the node, are not sent to the Service.
-- fix: Look at kube-proxy's log on the node and restart it there; compare with "snap trace" on another node.
-- needs: services, endpoints, rules
-- source: kubernetes/kubernetes 121362, 129128
WITH ready AS MATERIALIZED (
  SELECT DISTINCT e.namespace, e.service, e.port_name, e.protocol, iif(instr(e.address, ':'), 'ipv6', 'ipv4') AS family
  FROM endpoints e WHERE e.ready AND e.port IS NOT NULL AND (
    NOT EXISTS (SELECT 1 FROM coverage WHERE subject = 'endpointslices-after' AND status = 'complete')
    OR e.chain IN (SELECT o.chain FROM endpoint_objects o WHERE o.source = 'endpointslices-after' AND o.ready AND o.chain IS NOT NULL))
),
wanted AS MATERIALIZED (
  SELECT DISTINCT f.namespace, f.service, f.port_name, lower(f.protocol) AS protocol, f.kind, f.address, f.port, r.family
  FROM frontends f
  JOIN services s ON s.namespace = f.namespace AND s.service = f.service
  JOIN ready r ON r.namespace = f.namespace AND r.service = f.service AND r.port_name = f.port_name AND r.protocol = f.protocol
  WHERE s.type <> 'ExternalName' AND s.cluster_ip NOT IN ('', 'None') AND (s.labels ->> '$."service.kubernetes.io/service-proxy-name"') IS NULL
    AND (f.address = '' OR (instr(f.address, ':') > 0) = (r.family = 'ipv6'))
    AND (f.address <> '' OR EXISTS (SELECT 1 FROM json_each(s.cluster_ips) a WHERE (instr(a.value, ':') > 0) = (r.family = 'ipv6')))
    -- A Service just made may not have come to every node yet.
    AND NOT coalesce(julianday(s.created_at) BETWEEN (SELECT julianday(min(started_at)) FROM coverage WHERE subject = 'rules' AND node IS NOT NULL) - 30.0 / 86400
      AND (SELECT julianday(max(ended_at)) FROM coverage WHERE subject = 'rules' AND node IS NOT NULL) + 30.0 / 86400, 0)
    -- Left to the load balancer itself.
    AND NOT (f.kind = 'load-balancer-ip' AND coalesce(s.load_balancer_ip_mode, '') = 'Proxy')
    -- Local policies have rules, or none, by version and by node.
    AND coalesce(s.internal_traffic_policy, '') <> 'Local' AND (f.kind = 'cluster-ip' OR coalesce(s.external_traffic_policy, '') <> 'Local')
),
programmed AS MATERIALIZED (
  SELECT n.node, n.family, min(c.started_at) AS read_at FROM chains n
  JOIN coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node = n.node AND c.family = n.family AND c.backend IS n.backend
  WHERE n.table_name = 'nat' AND n.kind = 'services' AND n.rules > 0 GROUP BY n.node, n.family
),
standing AS MATERIALIZED (
  SELECT DISTINCT chain_set, protocol, iif(kind = 'node-ports', '', rtrim(rtrim(destination, '0123456789'), '/')) AS address, CAST(destination_ports AS INTEGER) AS port
  FROM distinct_rules WHERE table_name = 'nat' AND kind IN ('services', 'node-ports') AND target <> 'KUBE-MARK-MASQ' AND destination_ports <> '' AND destination <> '127.0.0.0/8'
),
-- Nodes with the same entries to Services, and one of them to look at.
alike AS MATERIALIZED (
  SELECT node, family, read_at, min(node) OVER (PARTITION BY family, sets) AS example FROM (
    SELECT n.node, n.family, n.read_at, group_concat(d.chain_set, ' ' ORDER BY d.chain_set) AS sets
    FROM programmed n LEFT JOIN chain_sets d ON d.node = n.node AND d.family = n.family AND d.chain_set IN (SELECT chain_set FROM standing)
    GROUP BY n.node, n.family
  )
),
standing_there AS MATERIALIZED (
  SELECT DISTINCT d.node, d.family, s.protocol, s.address, s.port FROM alike n JOIN chain_sets d ON d.node = n.node AND d.family = n.family JOIN standing s ON s.chain_set = d.chain_set
  WHERE n.node = n.example
),
missing AS MATERIALIZED (
  SELECT w.*, n.node AS example FROM wanted w JOIN alike n ON n.family = w.family AND n.node = n.example
  LEFT JOIN standing_there s ON s.node = n.node AND s.family = n.family AND s.protocol = w.protocol AND s.address = w.address AND s.port = w.port
  WHERE s.node IS NULL
)
SELECT
  'service/' || w.namespace || '/' || w.service || iif(w.port_name = '', '', ':' || w.port_name) AS object,
  n.node AS node,
  'no rule for ' || group_concat(iif(w.address = '', 'node port ' || w.port, w.kind || ' ' || w.address || ' port ' || w.port) || '/' || w.protocol, ', ' ORDER BY w.kind, w.address) AS message,
  n.read_at AS rules_read_at
FROM missing w JOIN alike n ON n.family = w.family AND n.example = w.example
GROUP BY w.namespace, w.service, w.port_name, w.protocol, n.node
ORDER BY 1, 2
