-- code: PORT-NOT-LISTENING
-- severity: error
-- title: Nobody listens on an endpoint's port
-- explanation: The endpoint is ready, and its pod's list of sockets (its node's, for a pod of the host's network) shows no listener at that address and port: connections are refused. A socket on 127.0.0.1 does not serve other pods.
-- fix: Compare the Service's targetPort with the port the program opens; make it listen on 0.0.0.0 or ::.
-- needs: endpoints, listeners
-- source: kubernetes/kubernetes 16224, 73049
WITH listed AS MATERIALIZED (
  SELECT c.namespace, c.pod, p.value AS protocol, max(c.ended_at) AS read_at FROM coverage c, json_each(c.protocols) p
  WHERE c.subject = 'listeners' AND c.pod IS NOT NULL AND c.status = 'complete' GROUP BY c.namespace, c.pod, p.value
  UNION
  -- A pod of the node's own network has the node's sockets.
  SELECT h.namespace, h.pod, p.value, max(c.ended_at) FROM pods h JOIN coverage c ON c.subject = 'listeners' AND c.node = h.node AND c.pod IS NULL AND c.status = 'complete', json_each(c.protocols) p
  WHERE h.host_network GROUP BY h.namespace, h.pod, p.value
),
sockets AS MATERIALIZED (
  SELECT namespace, pod, protocol, address, port FROM listeners WHERE pod IS NOT NULL
  UNION
  SELECT h.namespace, h.pod, l.protocol, l.address, l.port FROM pods h JOIN listeners l ON l.node = h.node AND l.pod IS NULL WHERE h.host_network
)
SELECT DISTINCT
  'service/' || e.namespace || '/' || e.service || iif(e.port_name = '', '', ':' || e.port_name) AS object,
  e.node AS node,
  'nobody listens on ' || e.address || ':' || e.port || '/' || e.protocol || ' in pod ' || e.pod_namespace || '/' || e.pod AS message,
  e.pod_namespace || '/' || e.pod AS pod,
  (SELECT group_concat(x, ' ') FROM (SELECT DISTINCT l.address || ':' || l.port AS x FROM sockets l
    WHERE l.namespace = e.pod_namespace AND l.pod = e.pod AND l.protocol = e.protocol ORDER BY 1)) AS listening_on,
  k.read_at AS sockets_read_at
FROM endpoints e JOIN listed k ON k.namespace = e.pod_namespace AND k.pod = e.pod AND k.protocol = e.protocol
WHERE e.ready AND e.port IS NOT NULL
  AND NOT EXISTS (
    SELECT 1 FROM sockets l WHERE l.namespace = e.pod_namespace AND l.pod = e.pod AND l.protocol = e.protocol AND l.port = e.port
      AND l.address IN ('0.0.0.0', '::', e.address))
ORDER BY 1, 3
