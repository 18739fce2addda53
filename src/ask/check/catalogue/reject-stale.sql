-- code: REJECT-STALE
-- severity: error
-- title: A node refuses a Service that has endpoints
-- explanation: kube-proxy rejects connections to a Service without endpoints. This Service had a usable endpoint before and after the node was read, and the rule that refuses it still stands.
-- fix: Look at kube-proxy's log on the node and restart it there; a rule left by an earlier kube-proxy or another mode has to be deleted by hand.
-- needs: services, endpoints, rules
-- source: kubernetes/kubernetes 102314
WITH usable AS MATERIALIZED (
  SELECT DISTINCT e.namespace, e.service, e.port_name, e.protocol, e.node, iif(instr(e.address, ':'), 'ipv6', 'ipv4') AS family
  FROM endpoints e
  WHERE e.ready AND e.port IS NOT NULL AND (
    NOT EXISTS (SELECT 1 FROM coverage WHERE subject = 'endpointslices-after' AND status = 'complete')
    OR e.chain IN (SELECT o.chain FROM endpoint_objects o WHERE o.source = 'endpointslices-after' AND o.ready AND o.chain IS NOT NULL))
),
refusals AS MATERIALIZED (
  SELECT r.node, r.family, r.chain, r.text, lower(r.protocol) AS protocol, r.target,
    rtrim(rtrim(r.destination, '0123456789'), '/') AS address, CAST(r.destination_ports AS INTEGER) AS port
  FROM rules r
  WHERE r.node IS NOT NULL AND r.table_name = 'filter' AND r.kind IN ('services', 'external-services') AND r.target IN ('REJECT', 'DROP')
    AND r.text LIKE '%has no endpoints%'
)
SELECT DISTINCT
  'service/' || f.namespace || '/' || f.service || iif(f.port_name = '', '', ':' || f.port_name) AS object,
  r.node AS node,
  r.target || 's connections to ' || iif(f.address = '', 'node port ' || f.port, f.address || ':' || f.port) || ' as if the Service had no endpoints' AS message,
  r.chain AS chain,
  r.text AS rule
FROM refusals r
JOIN frontends f ON lower(f.protocol) = r.protocol AND f.port = r.port AND f.address = r.address
JOIN services s ON s.namespace = f.namespace AND s.service = f.service
JOIN usable u ON u.namespace = f.namespace AND u.service = f.service AND u.port_name = f.port_name AND u.protocol = f.protocol AND u.family = r.family
  -- A Local policy refuses, rightly, where the node has no endpoint of its own.
  AND (u.node = r.node OR coalesce(s.internal_traffic_policy, '') <> 'Local' AND (f.kind = 'cluster-ip' OR coalesce(s.external_traffic_policy, '') <> 'Local'))
ORDER BY 1, 2, 3
