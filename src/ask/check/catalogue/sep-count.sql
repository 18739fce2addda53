-- code: SEP-COUNT
-- severity: error
-- title: KUBE-SVC chain does not offer as many endpoints as the Service has
-- explanation: The Service's chain on the node jumps to fewer or more KUBE-SEP chains than there are endpoints to choose from.
-- fix: Compare the chain with the endpoints in the evidence; restart kube-proxy on the node to have it written anew.
-- needs: services, endpoints, rules
-- source: kube-proxy's iptables proxier (writeServiceToEndpointRules)
WITH wanted AS MATERIALIZED (
  SELECT p.chain_hash, p.chain_hash_before119, p.namespace, p.service, p.port_name, iif(instr(e.address, ':'), 'ipv6', 'ipv4') AS family,
    count(DISTINCT iif(e.ready, e.address || ' ' || e.port, NULL)) AS ready,
    count(DISTINCT iif(e.serving, e.address || ' ' || e.port, NULL)) AS serving,
    group_concat(e.address || ':' || e.port, ' ') AS endpoints
  FROM service_ports p
  JOIN services s ON s.namespace = p.namespace AND s.service = p.service
  JOIN endpoints e ON e.namespace = p.namespace AND e.service = p.service AND e.port_name = p.port_name AND e.protocol = p.protocol
  WHERE coalesce(s.internal_traffic_policy, '') <> 'Local' AND s.cluster_ip NOT IN ('', 'None')
  GROUP BY p.namespace, p.service, p.port_name, p.protocol, family
  HAVING max(coalesce(e.hint_zones, '[]') <> '[]' OR coalesce(e.hint_nodes, '[]') <> '[]') = 0
    -- In flux while the nodes were read: no count is right.
    AND NOT EXISTS (
      SELECT 1 FROM coverage c WHERE c.subject = 'endpointslices-after' AND c.status = 'complete' AND (
        SELECT group_concat(chain || ready || serving, ' ') FROM (SELECT DISTINCT o.chain, o.ready, o.serving FROM endpoint_objects o
          WHERE o.source = 'endpointslices-after' AND o.namespace = p.namespace AND o.service = p.service AND o.port_name = p.port_name ORDER BY 1, 2, 3)
      ) IS NOT (
        SELECT group_concat(chain || ready || serving, ' ') FROM (SELECT DISTINCT o.chain, o.ready, o.serving FROM endpoint_objects o
          WHERE o.source = 'endpointslices' AND o.namespace = p.namespace AND o.service = p.service AND o.port_name = p.port_name ORDER BY 1, 2, 3)))
),
offered AS MATERIALIZED (
  SELECT r.node, r.family, r.chain, substr(r.chain, -16) AS hash, count(DISTINCT r.target) AS jumps
  FROM rules r
  WHERE r.node IS NOT NULL AND r.kind = 'service' AND r.table_name = 'nat' AND r.target GLOB 'KUBE-SEP-*'
  GROUP BY r.node, r.family, r.chain
)
SELECT
  'service/' || w.namespace || '/' || w.service || iif(w.port_name = '', '', ':' || w.port_name) AS object,
  c.node AS node,
  c.chain || ' offers ' || coalesce(o.jumps, 0) || ' endpoints of ' || iif(w.ready > 0, w.ready, w.serving) AS message,
  coalesce(o.jumps, 0) AS offered,
  iif(w.ready > 0, w.ready, w.serving) AS expected,
  w.endpoints AS endpoints
FROM wanted w
JOIN chains c ON c.hash IN (w.chain_hash, w.chain_hash_before119) AND c.kind = 'service' AND c.family = w.family AND c.node IS NOT NULL AND c.complete
LEFT JOIN offered o ON o.node = c.node AND o.family = c.family AND o.chain = c.chain
WHERE iif(w.ready > 0, w.ready, w.serving) <> coalesce(o.jumps, 0)
ORDER BY 1, 2
