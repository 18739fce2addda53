-- code: EXTERNAL-IP-NODE
-- severity: info
-- title: An external IP of a Service is the address of a node
-- explanation: Every node sends connections to the external IP and the Service's port to the Service, those for the node itself too: what listens there on the node is not reached, from other nodes and pods either. In ipvs mode every node takes the address for its own, and the node is not reached at all.
-- fix: Nothing, if the port is meant for the Service alone. Else take the address out of externalIPs; to answer at the addresses of nodes use a node port or a load balancer.
-- needs: services, nodes
-- source: kubernetes/kubernetes 104679, 127410, 93175
SELECT
  'service/' || s.namespace || '/' || s.service AS object,
  a.node AS node,
  'its external IP ' || a.address || ' is ' || 'the ' || max(a.type) || ' of ' || a.node || ': every node sends '
    || (SELECT group_concat(p.port || '/' || p.protocol, ', ' ORDER BY p.port) FROM service_ports p WHERE p.namespace = s.namespace AND p.service = s.service) || ' of it to the Service' AS message,
  a.address AS address
FROM services s, json_each(s.external_ips) x
JOIN node_addresses a ON a.address = x.value
WHERE a.type IN ('InternalIP', 'ExternalIP')
GROUP BY s.namespace, s.service, a.node, a.address
ORDER BY 1, 2, 3
