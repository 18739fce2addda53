-- code: VIP-STALE
-- severity: warn
-- title: A node serves an address that no Service has
-- explanation: The node's rules send packets for this address and port to a Service's endpoints, and no Service has it: it was deleted or changed, and kube-proxy did not follow. Who is given the address next gets strange packets, and its own do not come.
-- fix: Look at kube-proxy's log on the node and restart it there; it rewrites all rules when it starts.
-- needs: services, rules
-- causes: NODE-DRIFT, VIP-MISSING, VIP-DUP
-- source: kubernetes/kubernetes 67875, 110301; kube-proxy's KUBE-SERVICES and KUBE-NODEPORTS
WITH owners (hash, namespace, service, port_name) AS MATERIALIZED (
  SELECT chain_hash, namespace, service, port_name FROM service_ports WHERE chain_hash IS NOT NULL
  UNION SELECT chain_hash_before119, namespace, service, port_name FROM service_ports WHERE chain_hash_before119 IS NOT NULL
),
served AS MATERIALIZED (
  SELECT DISTINCT r.chain_set, iif(r.kind = 'node-ports', '', rtrim(rtrim(r.destination, '0123456789'), '/')) AS address,
    CAST(r.destination_ports AS INTEGER) AS port, r.protocol, r.target, substr(r.target, -16) AS hash, r.text,
    -- kube-proxy's comment begins with the Service's name; large clusters have none.
    iif(instr(r.text, '--comment '), ltrim(substr(r.text, instr(r.text, '--comment ') + 10), '"'), '') AS comment
  FROM distinct_rules r
  WHERE r.table_name = 'nat' AND r.kind IN ('services', 'node-ports') AND r.destination_ports <> '' AND r.destination <> '127.0.0.0/8'
    AND (r.kind = 'node-ports' OR r.destination GLOB '*/32' OR r.destination GLOB '*/128')
    AND (r.target GLOB 'KUBE-SVC-*' OR r.target GLOB 'KUBE-FW-*' OR r.target GLOB 'KUBE-EXT-*' OR r.target GLOB 'KUBE-XLB-*' OR r.target GLOB 'KUBE-SVL-*')
),
unknown AS MATERIALIZED (
  SELECT * FROM served s WHERE NOT EXISTS (SELECT 1 FROM frontends f WHERE f.address = s.address AND f.port = s.port AND lower(f.protocol) = s.protocol)
),
-- A Service that is not in the list and has slices came or went meanwhile.
unlisted AS MATERIALIZED (
  SELECT DISTINCT e.namespace || '/' || e.service AS name FROM endpoint_objects e
  -- An Endpoints object alone proves nothing: it may be left over, and may be made without a Service.
  WHERE e.source LIKE 'endpointslices%' AND NOT EXISTS (SELECT 1 FROM services s WHERE s.namespace = e.namespace AND s.service = e.service)
    AND NOT EXISTS (SELECT 1 FROM endpoint_objects o WHERE o.source <> e.source AND o.source LIKE 'endpointslices%' AND o.namespace = e.namespace AND o.service = e.service)
    AND EXISTS (SELECT 1 FROM coverage WHERE subject = 'endpointslices-after' AND status = 'complete')
),
named AS (
  SELECT d.node, s.*, coalesce(
    'service/' || k.namespace || '/' || k.service || iif(k.port_name = '', '', ':' || k.port_name),
    iif(s.comment GLOB '?*/?*', 'service/' || rtrim(substr(s.comment, 1, instr(s.comment || ' ', ' ') - 1), '":'), 'chain/' || s.target)) AS object
  FROM unknown s JOIN chain_sets d ON d.chain_set = s.chain_set AND d.node IS NOT NULL LEFT JOIN owners k ON k.hash = s.hash
)
SELECT
  s.object AS object,
  s.node AS node,
  'is served at ' || group_concat(DISTINCT iif(s.address = '', 'node port ' || s.port, s.address || ' port ' || s.port) || '/' || s.protocol) || ', which is no Service''s' AS message,
  iif(EXISTS (SELECT 1 FROM coverage WHERE subject = 'endpointslices-after' AND status = 'complete'), '',
    'EndpointSlices were not listed again after the rules: a Service that came or went in between is not told') AS unsure,
  min(s.text) AS rule,
  (SELECT max(ended_at) FROM coverage WHERE subject = 'services') AS services_listed_at,
  (SELECT min(started_at) FROM coverage c WHERE c.subject = 'rules' AND c.node = s.node) AS rules_read_at
FROM named s
WHERE EXISTS (SELECT 1 FROM coverage WHERE subject = 'services' AND status = 'complete')
  AND NOT EXISTS (SELECT 1 FROM unlisted u WHERE s.object = 'service/' || u.name OR instr(s.object, 'service/' || u.name || ':') = 1)
GROUP BY s.object, s.node
ORDER BY 1, 2
