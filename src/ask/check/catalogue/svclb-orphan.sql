-- code: SVCLB-ORPHAN
-- severity: warn
-- title: svclb of a Service that is gone
-- explanation: A svclb pod or DaemonSet serves a Service that does not exist, or is no load balancer any more. It holds host ports that another Service may want.
-- fix: Delete the svclb DaemonSet.
-- needs: services, pods, daemonsets
-- source: k3s-io/k3s 2661
WITH svclb AS (
  SELECT coalesce(labels ->> '$."svccontroller.k3s.cattle.io/svcnamespace"', namespace) AS namespace,
    labels ->> '$."svccontroller.k3s.cattle.io/svcname"' AS service, 'pod/' || namespace || '/' || pod AS object, node
  FROM pods WHERE labels ->> '$."svccontroller.k3s.cattle.io/svcname"' IS NOT NULL AND coalesce(deleted_at, '') = '' AND coalesce(phase, '') NOT IN ('Succeeded', 'Failed')
  UNION ALL
  SELECT coalesce(labels ->> '$."svccontroller.k3s.cattle.io/svcnamespace"', namespace),
    labels ->> '$."svccontroller.k3s.cattle.io/svcname"', 'daemonset/' || namespace || '/' || daemonset, NULL
  FROM daemonsets WHERE labels ->> '$."svccontroller.k3s.cattle.io/svcname"' IS NOT NULL
)
SELECT
  b.object AS object,
  b.node AS node,
  'serves ' || b.namespace || '/' || b.service || iif(s.service IS NULL, ', which does not exist', ', which is of type ' || s.type) AS message,
  b.namespace || '/' || b.service AS service
FROM svclb b LEFT JOIN services s ON s.namespace = b.namespace AND s.service = b.service
WHERE (s.service IS NULL OR s.type <> 'LoadBalancer')
  AND EXISTS (SELECT 1 FROM coverage WHERE subject = 'services' AND status = 'complete')
ORDER BY 1, 2
