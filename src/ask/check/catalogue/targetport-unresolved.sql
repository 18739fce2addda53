-- code: TARGETPORT-UNRESOLVED
-- severity: error
-- title: Service asks for a port name that none of its pods has
-- explanation: The Service's targetPort is a name. Of the pods that match its selector none declares a container port of that name and protocol, so the port has no endpoints.
-- fix: Correct the targetPort, or name the container's port.
-- needs: services, pods
-- source: popeye 1106; kubernetes/kubernetes FindPort
WITH found AS MATERIALIZED (SELECT DISTINCT namespace, service, port_name, protocol FROM endpoints WHERE port IS NOT NULL),
named AS MATERIALIZED (
  SELECT p.namespace, p.service, p.port_name, p.protocol, p.target_port, s.selector
  FROM service_ports p JOIN services s ON s.namespace = p.namespace AND s.service = p.service
  WHERE p.target_port <> '' AND p.target_port NOT GLOB '[0-9]*' AND s.selector <> '{}' AND s.type <> 'ExternalName'
    -- A port with endpoints, ready or not, was found.
    AND NOT EXISTS (SELECT 1 FROM found f WHERE f.namespace = p.namespace AND f.service = p.service AND f.port_name = p.port_name AND f.protocol = p.protocol)
),
declared AS MATERIALIZED (
  SELECT DISTINCT q.namespace, q.pod, q.port_name, q.protocol FROM container_ports q
  JOIN containers c ON c.namespace = q.namespace AND c.pod = q.pod AND c.container = q.container
  WHERE q.port_name <> '' AND c.kind IN ('container', 'sidecar')
),
matching AS MATERIALIZED (
  SELECT n.namespace, n.service, n.port_name, p.pod,
    EXISTS (SELECT 1 FROM declared d WHERE d.namespace = p.namespace AND d.pod = p.pod AND d.port_name = n.target_port AND d.protocol = n.protocol) AS has_it
  FROM named n JOIN pods p ON p.namespace = n.namespace AND coalesce(p.phase, '') NOT IN ('Succeeded', 'Failed')
  WHERE NOT EXISTS (SELECT 1 FROM json_each(n.selector) k WHERE (p.labels ->> ('$."' || k.key || '"')) IS NOT k.value)
)
SELECT
  'service/' || n.namespace || '/' || n.service || iif(n.port_name = '', '', ':' || n.port_name) AS object,
  'none of its ' || count(*) || ' pods has a port named ' || n.target_port || '/' || n.protocol AS message,
  n.target_port AS target_port,
  group_concat(m.pod, ' ' ORDER BY m.pod) AS pods,
  (SELECT group_concat(DISTINCT q.port_name || '=' || q.port || '/' || q.protocol) FROM container_ports q WHERE q.namespace = n.namespace AND q.pod = min(m.pod)) AS ports_of_the_first
FROM named n JOIN matching m ON m.namespace = n.namespace AND m.service = n.service AND m.port_name = n.port_name
WHERE EXISTS (SELECT 1 FROM coverage WHERE subject = 'pods' AND status = 'complete')
GROUP BY n.namespace, n.service, n.port_name
HAVING max(m.has_it) = 0
ORDER BY 1
