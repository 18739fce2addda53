-- code: SVCLB-PENDING
-- severity: error
-- title: svclb pod cannot be scheduled
-- explanation: A pod of the k3s service load balancer waits for a node, mostly because another pod has its host port: the Service is not served at one node's addresses.
-- fix: Give one of the two Services another port, or remove the pod that holds the host port; "kubectl describe pod" says which condition is not met.
-- needs: pods, services
-- source: k3s-io/k3s 1969, 2270, 1107; k3d-io/k3d 104
WITH svclb AS MATERIALIZED (
  SELECT coalesce(p.labels ->> '$."svccontroller.k3s.cattle.io/svcnamespace"', p.namespace) AS namespace,
    p.labels ->> '$."svccontroller.k3s.cattle.io/svcname"' AS service, p.namespace AS pod_namespace, p.pod, p.node, p.status, p.created_at
  FROM pods p WHERE p.labels ->> '$."svccontroller.k3s.cattle.io/svcname"' IS NOT NULL AND p.phase = 'Pending' AND p.deleted_at = ''
)
SELECT
  'service/' || b.namespace || '/' || b.service AS object,
  iif(b.node = '', NULL, b.node) AS node,
  b.pod || ' is ' || b.status || iif(b.node = '', ', no node takes it', '') AS message,
  b.pod_namespace || '/' || b.pod AS pod,
  (SELECT group_concat(DISTINCT c.host_port || '/' || c.protocol) FROM container_ports c
    WHERE c.namespace = b.pod_namespace AND c.pod = b.pod AND c.host_port > 0) AS host_ports,
  (SELECT group_concat(DISTINCT x.namespace || '/' || x.pod || ' has ' || x.host_port || '/' || x.protocol || ' on ' || o.node)
    FROM container_ports c JOIN container_ports x ON x.host_port = c.host_port AND x.protocol = c.protocol
    JOIN pods o ON o.namespace = x.namespace AND o.pod = x.pod AND o.node <> '' AND o.phase IN ('Running', 'Pending')
    WHERE c.namespace = b.pod_namespace AND c.pod = b.pod AND c.host_port > 0
      AND NOT EXISTS (SELECT 1 FROM pods m WHERE m.namespace = o.namespace AND m.pod = o.pod
        AND m.labels ->> '$."svccontroller.k3s.cattle.io/svcname"' = b.service
        AND coalesce(m.labels ->> '$."svccontroller.k3s.cattle.io/svcnamespace"', m.namespace) = b.namespace)) AS held_by
FROM svclb b JOIN snapshots t
-- A pod is Pending for a moment whenever it is made; one that has a node is waiting for its image or sandbox.
WHERE b.node = '' AND julianday(t.taken_at) - julianday(b.created_at) > 60.0 / 86400
  OR b.node <> '' AND julianday(t.taken_at) - julianday(b.created_at) > 300.0 / 86400
ORDER BY 1, 2, 3
