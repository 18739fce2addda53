-- code: VIP-DUP
-- severity: error
-- title: Two Services at one address and port
-- explanation: Two Services claim the same address, port and protocol, or the same cluster IP or node port; the port of a load balancer's health check is a node port too. Which one answers depends on the order of the rules, and that changes. Or a Service has the address of a pod, whose packets go to the Service.
-- fix: Give one of the Services another address or port.
-- needs: services, pods
-- source: kube-proxy's KUBE-SERVICES and KUBE-NODEPORTS, first match wins
WITH claims AS (
  SELECT namespace || '/' || service AS service, kind, address, port, protocol FROM frontends
  UNION
  -- A cluster IP is one Service's alone, whatever the port.
  SELECT namespace || '/' || service, 'cluster-ip', address, 0, '' FROM frontends WHERE kind = 'cluster-ip'
  UNION
  -- kube-proxy answers a load balancer's health checks at a port of every node.
  SELECT namespace || '/' || service, 'node-port', '', health_check_node_port, 'TCP' FROM services WHERE health_check_node_port > 0
),
live AS MATERIALIZED (
  SELECT a.value AS ip, min(p.namespace || '/' || p.pod) AS pod FROM pods p, json_each(p.ips) a
  WHERE NOT p.host_network AND p.phase = 'Running' AND p.deleted_at = '' GROUP BY a.value
)
SELECT
  'service/' || k.service AS object,
  iif(c.address = '', 'node port ' || c.port || '/' || c.protocol, c.address || iif(c.port = 0, '', ':' || c.port || '/' || c.protocol)) || ' is also ' ||
    (SELECT group_concat(DISTINCT o.service) FROM claims o WHERE o.address = c.address AND o.port = c.port AND o.protocol = c.protocol AND o.service <> k.service) || '''s' AS message,
  iif(c.address = '', NULL, c.address) AS address,
  iif(c.port = 0, NULL, c.port) AS port
FROM (SELECT address, port, protocol FROM claims GROUP BY address, port, protocol HAVING count(DISTINCT service) > 1) c
JOIN (SELECT DISTINCT service, address, port, protocol FROM claims) k ON k.address = c.address AND k.port = c.port AND k.protocol = c.protocol
-- Said once: of the address alone only where no port of it is shared.
WHERE c.port > 0 OR NOT EXISTS (
  SELECT 1 FROM claims a JOIN claims b ON b.address = a.address AND b.port = a.port AND b.protocol = a.protocol AND b.service <> a.service
  WHERE a.address = c.address AND a.port > 0)
UNION ALL
SELECT DISTINCT 'service/' || f.namespace || '/' || f.service, f.address || ' is also the address of pod ' || l.pod, f.address, NULL FROM frontends f JOIN live l ON l.ip = f.address
ORDER BY 1, 2
