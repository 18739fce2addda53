-- code: ETP-LOCAL-BLACKHOLE
-- severity: warn
-- title: Load balancer address of a node that has no endpoint of its own
-- explanation: With externalTrafficPolicy Local a node serves only by its own endpoints. The Service's status lists this node's address, and no ready endpoint runs there: connections from outside to that address are dropped.
-- fix: Run an endpoint on each node that is listed, or set externalTrafficPolicy to Cluster.
-- needs: services, endpoints, nodes
-- source: k3s-io/k3s 9592, 11077, 6633; kubernetes/kubernetes 92857
WITH usable AS MATERIALIZED (SELECT DISTINCT namespace, service, node FROM endpoint_objects WHERE (ready OR serving) AND node IS NOT NULL)
SELECT DISTINCT
  'service/' || s.namespace || '/' || s.service AS object,
  n.node AS node,
  'load balancer IP ' || a.value || ' is this node''s address, and no endpoint runs here' AS message,
  a.value AS load_balancer_ip,
  (SELECT group_concat(u.node, ' ' ORDER BY u.node) FROM usable u WHERE u.namespace = s.namespace AND u.service = s.service) AS nodes_with_endpoints
FROM services s, json_each(s.load_balancer_ips) a
JOIN node_addresses n ON n.address = a.value
WHERE s.external_traffic_policy = 'Local' AND s.type = 'LoadBalancer' AND coalesce(s.load_balancer_ip_mode, '') <> 'Proxy'
  AND NOT EXISTS (SELECT 1 FROM usable u WHERE u.namespace = s.namespace AND u.service = s.service AND u.node = n.node)
  -- A Service without any endpoint is SVC-NO-ENDPOINTS; an endpoint that names no node, or a host that no node is called, may run here.
  AND EXISTS (SELECT 1 FROM usable u WHERE u.namespace = s.namespace AND u.service = s.service)
  AND NOT EXISTS (SELECT 1 FROM usable u WHERE u.namespace = s.namespace AND u.service = s.service AND u.node NOT IN (SELECT node FROM nodes))
  AND EXISTS (
    SELECT 1 FROM coverage c WHERE c.status = 'complete' AND (c.subject = 'endpointslices' OR c.subject = 'endpoints'
      AND NOT EXISTS (SELECT 1 FROM coverage o WHERE o.subject = 'endpointslices' AND o.status <> 'failed')))
ORDER BY 1, 2
