-- code: VIP-DUP
-- severity: error
-- title: Two Services at one address and port
-- explanation: Two Services claim the same address, port and protocol, or the same cluster IP or node port. Which one answers depends on the order of the rules, and that changes.
-- fix: Give one of the Services another address or port.
-- needs: services
-- source: kube-proxy's KUBE-SERVICES and KUBE-NODEPORTS, first match wins
WITH claims AS (
  SELECT namespace || '/' || service AS service, kind, address, port, protocol FROM fronts
  UNION
  -- A cluster IP is one Service's alone, whatever the port.
  SELECT namespace || '/' || service, 'cluster-ip', address, 0, '' FROM fronts WHERE kind = 'cluster-ip'
  UNION
  -- kube-proxy answers a load balancer's health checks at a port of every node.
  SELECT namespace || '/' || service, 'node-port', '', health_check_node_port, 'TCP' FROM services WHERE health_check_node_port > 0
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
ORDER BY 1, 2
