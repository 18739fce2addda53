-- "Frontend" is the field's word for where a Service is reached.
DROP VIEW fronts;

CREATE VIEW frontends AS -- Every address and port at which a Service is reached.
SELECT
  x.snapshot AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.service AS service, -- the Service
  x.port_name AS port_name, -- '' for an unnamed port
  x.protocol AS protocol, -- TCP, UDP or SCTP
  f.kind AS kind, -- cluster-ip, external-ip, load-balancer-ip or node-port
  f.address AS address, -- the address; '' for a node port, which every node's own addresses have
  iif(f.kind = 'node-port', x.node_port, x.port) AS port, -- the port there
  x.chain_hash AS chain_hash -- what ends the names of its chains
FROM service_ports x
JOIN (
  SELECT s.snapshot, s.namespace, s.service, 'cluster-ip' AS kind, a.value AS address
  -- Of a pasted Service only the first address is known.
  FROM services s, json_each(coalesce(s.cluster_ips, json_array(s.cluster_ip))) a WHERE a.value NOT IN ('', 'None')
  UNION ALL
  SELECT s.snapshot, s.namespace, s.service, 'external-ip', a.value FROM services s, json_each(s.external_ips) a
  UNION ALL
  SELECT s.snapshot, s.namespace, s.service, 'load-balancer-ip', a.value FROM services s, json_each(s.load_balancer_ips) a
  UNION ALL
  SELECT s.snapshot, s.namespace, s.service, 'node-port', '' FROM services s WHERE s.type IN ('NodePort', 'LoadBalancer')
) f USING (snapshot, namespace, service)
WHERE f.kind <> 'node-port' OR x.node_port > 0;
