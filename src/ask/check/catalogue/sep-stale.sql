-- code: SEP-STALE
-- severity: error
-- title: KUBE-SEP chain whose endpoint is gone
-- explanation: The node still sends connections to an address that was no endpoint of the Service before or after it was read: those connections fail, or reach a stranger.
-- fix: Look at kube-proxy's log on the node and restart it there; it rewrites all rules when it starts.
-- needs: endpoints, rules
-- source: kubernetes/kubernetes 67875, 51445, 28674, 110301
WITH owners (hash, namespace, service, port_name) AS MATERIALIZED (
  SELECT chain_hash, namespace, service, port_name FROM service_ports WHERE chain_hash IS NOT NULL
  UNION SELECT chain_hash_before119, namespace, service, port_name FROM service_ports WHERE chain_hash_before119 IS NOT NULL
),
-- What each endpoint's chain is called, and where it sends.
usable (chain, destination) AS MATERIALIZED (
  SELECT chain, iif(instr(address, ':'), '[' || address || ']', address) || ':' || port FROM endpoint_objects WHERE (ready OR serving) AND chain IS NOT NULL
  UNION SELECT chain_before119, iif(instr(address, ':'), '[' || address || ']', address) || ':' || port FROM endpoint_objects WHERE (ready OR serving) AND chain_before119 IS NOT NULL
),
-- Endpoints objects alone do not say which endpoints still serve while they terminate; those are used when none is ready.
-- And addresses made by hand that are not ready were mirrored to slices as ready up to 1.20.
undecided AS MATERIALIZED (
  SELECT namespace, service FROM endpoints WHERE source = 'endpoints' GROUP BY namespace, service HAVING max(ready) = 0 OR max(NOT ready AND target_kind = '')
),
-- `kubectl get endpoints` lists what is ready, without the names of ports, and three addresses at most. While one is ready, no other is used.
listed AS MATERIALIZED (
  SELECT e.namespace, e.service FROM endpoint_objects e
  WHERE e.source = 'endpoints' AND e.ready AND EXISTS (
    SELECT 1 FROM coverage c WHERE c.subject = 'ready-endpoints' AND coalesce(c.namespace, e.namespace) = e.namespace)
  GROUP BY e.namespace, e.service
  HAVING count(*) < 3 OR EXISTS (
    SELECT 1 FROM coverage c WHERE c.subject = 'ready-endpoints' AND coalesce(c.namespace, e.namespace) = e.namespace AND c.status = 'complete')
),
live AS MATERIALIZED (SELECT ip, min(namespace || '/' || pod) AS pod FROM pods WHERE ip <> '' AND phase = 'Running' AND NOT host_network GROUP BY ip),
unusable AS MATERIALIZED (
  SELECT r.chain_set, r.chain, r.to_destination FROM distinct_rules r LEFT JOIN usable u ON u.chain = r.chain AND u.destination = r.to_destination
  WHERE r.kind = 'endpoint' AND r.target = 'DNAT' AND r.to_destination <> '' AND u.chain IS NULL
),
astray AS MATERIALIZED (
  SELECT d.node, d.family, r.chain, r.to_destination, trim(rtrim(rtrim(r.to_destination, '0123456789'), ':'), '[]') AS address
  FROM unusable r JOIN chain_sets d ON d.chain_set = r.chain_set WHERE d.node IS NOT NULL
),
reached AS MATERIALIZED (
  SELECT DISTINCT node, family, target, chain FROM rules
  WHERE node IS NOT NULL AND table_name = 'nat' AND kind IN ('service', 'local', 'external-local') AND target IN (SELECT chain FROM astray)
),
stale AS (
  SELECT r.node, r.family, r.chain, r.to_destination, k.namespace, k.service, k.port_name, j.chain AS owner, x.pod AS pod_now
  FROM astray r
  JOIN reached j ON j.node = r.node AND j.family = r.family AND j.target = r.chain
  LEFT JOIN owners k ON k.hash = substr(j.chain, -16)
  LEFT JOIN live x ON x.ip = r.address
  WHERE NOT EXISTS (SELECT 1 FROM undecided u WHERE u.namespace = k.namespace AND u.service = k.service)
    -- Nothing is known to be gone unless the endpoints were listed whole.
    AND (EXISTS (
      SELECT 1 FROM coverage c WHERE c.status = 'complete' AND (c.subject = 'endpointslices' OR c.subject = 'endpoints'
        AND NOT EXISTS (SELECT 1 FROM coverage o WHERE o.subject = 'endpointslices' AND o.status <> 'failed')))
      OR EXISTS (SELECT 1 FROM listed t WHERE t.namespace = k.namespace AND t.service = k.service))
    AND NOT EXISTS (
      SELECT 1 FROM endpoint_objects e WHERE e.chain IS NULL AND e.namespace = k.namespace AND e.service = k.service
        AND iif(instr(e.address, ':'), '[' || e.address || ']', e.address) || coalesce(':' || e.port, '') IN (r.to_destination, r.address))
  GROUP BY r.node, r.family, r.chain, r.to_destination
)
SELECT
  coalesce('service/' || namespace || '/' || service || iif(port_name = '', '', ':' || port_name), 'chain/' || owner) AS object,
  node AS node,
  'sends to ' || group_concat(to_destination, ', ' ORDER BY to_destination) || iif(count(*) = 1, ', which is no endpoint', ', which are no endpoints') || iif(service IS NULL, '', ' of this Service') AS message,
  group_concat(chain, ' ' ORDER BY to_destination) AS chains,
  group_concat(pod_now, ' ' ORDER BY to_destination) AS pods_at_these_addresses_now
FROM stale
GROUP BY node, family, substr(owner, -16)
ORDER BY 1, 2
