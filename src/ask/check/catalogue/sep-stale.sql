-- code: SEP-STALE
-- severity: error
-- title: KUBE-SEP chain whose endpoint is gone
-- explanation: The node still sends connections to an address that was no endpoint of the Service before or after it was read: those connections fail, or reach a stranger.
-- fix: Look at kube-proxy's log on the node and restart it there; it rewrites all rules when it starts.
-- needs: endpoints, rules
-- source: kubernetes/kubernetes 67875, 51445, 28674, 110301
WITH usable AS MATERIALIZED (
  SELECT chain FROM endpoint_objects WHERE ready OR serving
  UNION SELECT chain_before119 FROM endpoint_objects WHERE ready OR serving
),
reached AS MATERIALIZED (
  SELECT DISTINCT node, family, target, chain FROM rules
  WHERE node IS NOT NULL AND table_name = 'nat' AND target GLOB 'KUBE-SEP-*'
)
SELECT
  coalesce('service/' || p.namespace || '/' || p.service || iif(p.port_name = '', '', ':' || p.port_name), 'chain/' || r.chain) AS object,
  r.node AS node,
  'sends to ' || r.to_destination || ', which is no endpoint' || coalesce(' of ' || p.namespace || '/' || p.service, '') AS message,
  r.to_destination AS destination,
  r.chain AS chain,
  (SELECT x.namespace || '/' || x.pod FROM pods x WHERE x.ip = substr(r.to_destination, 1, length(x.ip)) AND x.ip <> '' AND r.to_destination LIKE x.ip || ':%' LIMIT 1) AS pod_at_address_now
FROM rules r
JOIN reached j ON j.node = r.node AND j.family = r.family AND j.target = r.chain
LEFT JOIN service_ports p ON p.chain_hash = substr(j.chain, -16) OR p.chain_hash_before119 = substr(j.chain, -16)
WHERE r.node IS NOT NULL AND r.kind = 'endpoint' AND r.target = 'DNAT'
  AND EXISTS (SELECT 1 FROM coverage WHERE subject IN ('endpointslices', 'endpoints') AND status = 'complete')
  AND r.chain NOT IN (SELECT chain FROM usable WHERE chain IS NOT NULL)
GROUP BY r.node, r.family, r.chain
ORDER BY 1, 2, 3
