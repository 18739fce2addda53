-- code: FRONTEND-MOVED
-- severity: warn
-- title: A Service is reached at another address or port than before
-- explanation: Clients that know the earlier address or port find nobody there, or somebody else.
-- fix: Tell those who use it, or give the Service its address back.
-- needs: services
-- source: an example to start from
SELECT
  'service/' || b.namespace || '/' || b.service || iif(coalesce(b.port_name, '') = '', '', ':' || b.port_name) AS object,
  b.kind || ' ' || iif(b.address = '', '', b.address || ' port ') || b.port || '/' || b.protocol || ' is no more' AS message,
  (SELECT group_concat(iif(n.address = '', '', n.address || ' port ') || n.port, ', ') FROM after.frontends n
    WHERE n.namespace = b.namespace AND n.service = b.service AND coalesce(n.port_name = b.port_name, true) AND n.protocol = b.protocol AND n.kind = b.kind) AS reached_now
FROM before.frontends b
JOIN after.services s ON s.namespace = b.namespace AND s.service = b.service
LEFT JOIN after.frontends a ON a.namespace = b.namespace AND a.service = b.service AND coalesce(a.port_name = b.port_name, true) AND a.protocol = b.protocol
  AND a.kind = b.kind AND a.address = b.address AND a.port = b.port
WHERE a.service IS NULL
  -- Of a pasted Service what has no column is unknown: of two families' addresses the second, and what EXTERNAL-IP cannot tell apart.
  AND CASE b.kind
    WHEN 'cluster-ip' THEN s.cluster_ips IS NOT NULL OR s.cluster_ip = 'None' OR (instr(s.cluster_ip, ':') > 0) = (instr(b.address, ':') > 0)
    WHEN 'external-ip' THEN s.external_ips IS NOT NULL
    WHEN 'load-balancer-ip' THEN s.load_balancer_ips IS NOT NULL
    ELSE s.type IS NOT NULL END
  AND (s.cluster_ips IS NOT NULL OR EXISTS (SELECT 1 FROM after.service_ports p WHERE p.namespace = s.namespace AND p.service = s.service))
ORDER BY 1, 2
