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
),
stale AS (
  SELECT r.node, r.family, r.chain, r.to_destination, p.namespace, p.service, p.port_name, j.chain AS owner,
    (SELECT x.namespace || '/' || x.pod FROM pods x WHERE x.ip <> '' AND x.phase = 'Running' AND r.to_destination LIKE x.ip || ':%' LIMIT 1) AS pod_now
  FROM rules r
  JOIN reached j ON j.node = r.node AND j.family = r.family AND j.target = r.chain
  LEFT JOIN service_ports p ON p.chain_hash = substr(j.chain, -16) OR p.chain_hash_before119 = substr(j.chain, -16)
  WHERE r.node IS NOT NULL AND r.kind = 'endpoint' AND r.target = 'DNAT'
    AND EXISTS (SELECT 1 FROM coverage WHERE subject IN ('endpointslices', 'endpoints') AND status = 'complete')
    AND r.chain NOT IN (SELECT chain FROM usable WHERE chain IS NOT NULL)
  GROUP BY r.node, r.family, r.chain
)
SELECT
  coalesce('service/' || namespace || '/' || service || iif(port_name = '', '', ':' || port_name), 'chain/' || owner) AS object,
  node AS node,
  'sends to ' || group_concat(to_destination, ', ' ORDER BY to_destination) || iif(count(*) = 1, ', which is no endpoint', ', which are no endpoints') || coalesce(' of ' || namespace || '/' || service, '') AS message,
  group_concat(chain, ' ' ORDER BY to_destination) AS chains,
  group_concat(pod_now, ' ' ORDER BY to_destination) AS pods_at_these_addresses_now
FROM stale
GROUP BY node, family, owner
ORDER BY 1, 2
