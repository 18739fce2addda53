-- code: SEP-MISSING
-- severity: error
-- title: Endpoint without a KUBE-SEP chain on a node
-- explanation: The endpoint was ready before and after the node was read, and the node has no rule that sends to it: kube-proxy there has missed a change.
-- fix: Look at kube-proxy's log on the node and restart it there; it rewrites all rules when it starts.
-- needs: services, endpoints, rules
-- source: kubernetes/kubernetes 121362, 112604
WITH wanted AS (
  SELECT e.namespace, e.service, e.port_name, e.protocol, e.address, e.port, e.node, e.pod, e.chain, e.chain_before119,
    iif(instr(e.address, ':'), 'ipv6', 'ipv4') AS family,
    -- A Service for local callers only, and no way in from outside, has chains for a node's own endpoints alone.
    s.internal_traffic_policy = 'Local' AND (s.type = 'ClusterIP' AND s.external_ips = '[]' OR s.external_traffic_policy = 'Local') AS local_only
  FROM endpoints e
  JOIN services s ON s.namespace = e.namespace AND s.service = e.service
  JOIN service_ports p ON p.namespace = e.namespace AND p.service = e.service AND p.port_name = e.port_name AND p.protocol = e.protocol
  WHERE e.ready AND e.port IS NOT NULL AND s.cluster_ip NOT IN ('', 'None') AND s.type <> 'ExternalName'
    -- An endpoint with topology hints is meant for some nodes only.
    AND coalesce(e.hint_zones, '[]') = '[]' AND coalesce(e.hint_nodes, '[]') = '[]'
    AND NOT EXISTS (
      SELECT 1 FROM coverage c WHERE c.subject = 'endpointslices-after' AND c.status = 'complete' AND NOT EXISTS (
        SELECT 1 FROM endpoint_objects o WHERE o.source = 'endpointslices-after' AND o.chain = e.chain AND o.ready))
),
-- Nodes whose rules were read whole and on which kube-proxy has written some.
seen AS (
  SELECT c.node, c.family, c.started_at FROM coverage c
  WHERE c.subject = 'rules' AND c.node IS NOT NULL AND c.status = 'complete'
    AND EXISTS (SELECT 1 FROM chains n WHERE n.node = c.node AND n.family = c.family AND n.kind = 'service')
  GROUP BY c.node, c.family
),
standing AS MATERIALIZED (SELECT node, family, chain FROM chains WHERE node IS NOT NULL AND kind = 'endpoint' AND table_name = 'nat' AND rules > 0)
SELECT
  'service/' || w.namespace || '/' || w.service || iif(w.port_name = '', '', ':' || w.port_name) AS object,
  n.node AS node,
  'no KUBE-SEP chain for ' || iif(count(*) = 1, 'ready endpoint ', count(*) || ' ready endpoints: ') || group_concat(w.address || ':' || w.port, ', ' ORDER BY w.address) AS message,
  group_concat(w.pod, ' ' ORDER BY w.address) AS pods,
  group_concat(w.chain, ' ' ORDER BY w.address) AS expected_chains,
  n.started_at AS rules_read_at
FROM wanted w JOIN seen n USING (family)
WHERE (NOT w.local_only OR w.node = n.node)
  AND NOT EXISTS (SELECT 1 FROM standing t WHERE t.node = n.node AND t.family = n.family AND t.chain = w.chain)
  AND NOT EXISTS (SELECT 1 FROM standing t WHERE t.node = n.node AND t.family = n.family AND t.chain = w.chain_before119)
GROUP BY w.namespace, w.service, w.port_name, w.protocol, n.node, n.family
ORDER BY 1, 2
