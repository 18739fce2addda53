-- code: CONNTRACK-STALE
-- severity: warn
-- title: Connections are still tracked to an endpoint that is gone
-- explanation: The node's connection table sends packets of these connections to an address that is no endpoint of the Service any more, or leaves them unanswered although it has endpoints. For UDP, which never closes, that goes on as long as the client keeps its port; rules are not asked again. kube-proxy deletes such entries when an endpoint goes; here it did not.
-- fix: Delete them on the node: conntrack -D -p PROTOCOL --orig-dst ADDRESS --orig-port-dst PORT (the command is in the evidence); restart kube-proxy there if they come again (1.32.0 and 1.32.1 are known for it).
-- needs: services, endpoints, connections
-- source: kubernetes/kubernetes 48370, 125467, 19029, 106274, 139628; containernetworking/plugins 1277
WITH tracked AS MATERIALIZED (
  SELECT c.node, c.family, c.protocol, c.destination, c.destination_port, c.reply_source, c.reply_source_port, count(*) AS connections,
    min(c.source || coalesce(':' || c.source_port, '')) AS client
  FROM connections c
  -- A TCP connection that is being opened was sent there just now; older ones end by themselves.
  WHERE c.protocol IN ('UDP', 'SCTP') OR c.protocol = 'TCP' AND c.state = 'SYN_SENT'
  GROUP BY c.node, c.family, c.protocol, c.destination, c.destination_port, c.reply_source, c.reply_source_port
),
asked AS (
  SELECT DISTINCT t.*, f.namespace, f.service, f.port_name FROM tracked t JOIN frontends f ON f.protocol = t.protocol AND f.port = t.destination_port AND f.address = t.destination
  WHERE f.address <> ''
  UNION
  SELECT DISTINCT t.*, f.namespace, f.service, f.port_name FROM tracked t JOIN frontends f ON f.kind = 'node-port' AND f.protocol = t.protocol AND f.port = t.destination_port
  JOIN node_addresses a ON a.node = t.node AND a.address = t.destination
),
-- At whatever time they were listed, ready or not.
known AS MATERIALIZED (SELECT DISTINCT namespace, service, address, port FROM endpoint_objects WHERE port IS NOT NULL),
-- A pod with a host port takes what comes for that port at its node: the Service's svclb pod, and any other. Where it is sent on from
-- there is another connection.
host_ports AS MATERIALIZED (
  SELECT DISTINCT a.value AS address, h.port, h.protocol, h.host_port FROM container_ports h JOIN pods p USING (namespace, pod), json_each(coalesce(p.ips, json_array(p.ip))) a
  WHERE h.host_port > 0
),
listed AS (
  SELECT 1 FROM coverage WHERE status = 'complete' AND (subject = 'endpointslices'
    OR subject = 'endpoints' AND NOT EXISTS (SELECT 1 FROM coverage WHERE subject = 'endpointslices' AND status <> 'failed'))
)
SELECT
  'service/' || a.namespace || '/' || a.service || iif(a.port_name = '', '', ':' || a.port_name) AS object,
  a.node AS node,
  a.connections || ' ' || a.protocol || ' connection' || iif(a.connections = 1, '', 's') || ' to ' || a.destination || ':' || a.destination_port ||
    iif(a.reply_source = a.destination, iif(a.connections = 1, ' is', ' are') || ' sent to no endpoint at all, although the Service has some',
      iif(a.connections = 1, ' goes', ' go') || ' to ' || a.reply_source || ':' || a.reply_source_port || ', which is no endpoint of the Service') AS message,
  a.client AS client,
  'conntrack -D -p ' || lower(a.protocol) || ' --orig-dst ' || a.destination || ' --orig-port-dst ' || a.destination_port AS command,
  a.reply_source || ':' || a.reply_source_port AS sent_to,
  (SELECT group_concat(k.address || ':' || k.port, ' ') FROM known k WHERE k.namespace = a.namespace AND k.service = a.service) AS endpoints,
  (SELECT max(ended_at) FROM coverage v WHERE v.subject = 'connections' AND v.node = a.node) AS connections_read_at
FROM asked a
WHERE EXISTS (SELECT 1 FROM listed)
  AND NOT EXISTS (SELECT 1 FROM known k WHERE k.namespace = a.namespace AND k.service = a.service AND k.address = a.reply_source AND k.port = a.reply_source_port)
  AND NOT EXISTS (
    SELECT 1 FROM host_ports h WHERE h.address = a.reply_source AND h.port = a.reply_source_port AND h.protocol = a.protocol AND h.host_port = a.destination_port)
  -- Nobody was dialled, and the Service has somebody to dial, and had before.
  AND (a.reply_source <> a.destination OR a.protocol <> 'TCP' AND EXISTS (
    SELECT 1 FROM endpoint_objects e WHERE e.namespace = a.namespace AND e.service = a.service AND e.port_name = a.port_name AND e.ready AND e.source <> 'endpointslices-after'))
ORDER BY 1, 2, 3
