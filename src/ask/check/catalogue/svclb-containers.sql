-- code: SVCLB-CONTAINERS
-- severity: error
-- title: svclb pod serves other ports than the Service has
-- explanation: A svclb pod has one container for each port of the Service, made when the pod is made. This pod's containers and the Service's ports are not the same.
-- fix: Delete the pod, or restart the k3s server if its DaemonSet is wrong too: two ports of one number (TCP and UDP) clash in old versions.
-- needs: services, pods
-- source: k3s-io/k3s 4652; klipper-lb
WITH svclb AS MATERIALIZED (
  SELECT coalesce(p.labels ->> '$."svccontroller.k3s.cattle.io/svcnamespace"', p.namespace) AS namespace,
    p.labels ->> '$."svccontroller.k3s.cattle.io/svcname"' AS service, p.pod, p.node, p.namespace AS pod_namespace
  FROM pods p WHERE p.labels ->> '$."svccontroller.k3s.cattle.io/svcname"' IS NOT NULL AND p.deleted_at = ''
),
served AS MATERIALIZED (
  SELECT b.namespace, b.service, b.pod_namespace, b.pod, b.node, c.protocol, c.host_port AS port
  FROM svclb b JOIN container_ports c ON c.namespace = b.pod_namespace AND c.pod = b.pod WHERE c.host_port > 0
),
wrong AS (
  SELECT b.namespace, b.service, b.pod_namespace, b.pod, b.node, 'no container for port ' || p.port || '/' || p.protocol AS what
  FROM svclb b JOIN service_ports p ON p.namespace = b.namespace AND p.service = b.service
  WHERE NOT EXISTS (SELECT 1 FROM served x WHERE x.pod_namespace = b.pod_namespace AND x.pod = b.pod AND x.protocol = p.protocol AND x.port = p.port)
    AND EXISTS (SELECT 1 FROM coverage WHERE subject = 'pods' AND status = 'complete')
  UNION ALL
  SELECT x.namespace, x.service, x.pod_namespace, x.pod, x.node, 'a container for port ' || x.port || '/' || x.protocol || ', which the Service does not have'
  FROM served x
  WHERE EXISTS (SELECT 1 FROM services s WHERE s.namespace = x.namespace AND s.service = x.service)
    AND NOT EXISTS (SELECT 1 FROM service_ports p WHERE p.namespace = x.namespace AND p.service = x.service AND p.protocol = x.protocol AND p.port = x.port)
)
SELECT
  'service/' || namespace || '/' || service AS object,
  nullif(node, '') AS node,
  pod || ' has ' || what AS message,
  pod_namespace || '/' || pod AS pod
FROM wrong
ORDER BY 1, 2, 3
