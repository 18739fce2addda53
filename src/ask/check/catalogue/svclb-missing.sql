-- code: SVCLB-MISSING
-- severity: error
-- title: No svclb pod on a node
-- explanation: The k3s service load balancer runs a pod for the Service on each node. On this node there is none: connections to the node's addresses that its kube-proxy does not catch find nobody.
-- fix: Look at the svclb DaemonSet: was it deleted, does the node have a taint or label that keeps it away?
-- needs: services, nodes, pods, daemonsets
-- source: k3s documentation, Service Load Balancer; klipper-lb
WITH svclb AS MATERIALIZED (
  SELECT coalesce(p.labels ->> '$."svccontroller.k3s.cattle.io/svcnamespace"', p.namespace) AS namespace,
    p.labels ->> '$."svccontroller.k3s.cattle.io/svcname"' AS service, p.pod, p.node, p.owner_name, p.namespace AS pod_namespace
  FROM pods p WHERE p.labels ->> '$."svccontroller.k3s.cattle.io/svcname"' IS NOT NULL AND coalesce(p.deleted_at, '') = '' AND coalesce(p.phase, '') NOT IN ('Succeeded', 'Failed')
),
-- Older ones are named after the Service, without labels.
making AS MATERIALIZED (
  SELECT namespace, service, max(desired) AS desired FROM (
    SELECT coalesce(d.labels ->> '$."svccontroller.k3s.cattle.io/svcnamespace"', d.namespace) AS namespace,
      coalesce(d.labels ->> '$."svccontroller.k3s.cattle.io/svcname"', iif(d.daemonset GLOB 'svclb-*', substr(d.daemonset, 7), NULL)) AS service, d.desired
    FROM daemonsets d
  ) GROUP BY namespace, service
),
balanced AS (
  SELECT b.namespace, b.service, count(DISTINCT nullif(b.node, '')) AS nodes, group_concat(b.pod, ' ') AS pods,
    coalesce((SELECT max(d.desired) FROM daemonsets d WHERE d.namespace = b.pod_namespace AND d.daemonset = b.owner_name), m.desired) AS desired
  FROM svclb b JOIN services s ON s.namespace = b.namespace AND s.service = b.service AND s.type = 'LoadBalancer'
  LEFT JOIN making m ON m.namespace = b.namespace AND m.service = b.service
  GROUP BY b.namespace, b.service
  UNION ALL
  SELECT m.namespace, m.service, 0, NULL, m.desired FROM making m JOIN services s ON s.namespace = m.namespace AND s.service = m.service AND s.type = 'LoadBalancer'
  WHERE NOT EXISTS (SELECT 1 FROM svclb b WHERE b.namespace = m.namespace AND b.service = m.service)
)
SELECT
  'service/' || b.namespace || '/' || b.service AS object,
  n.node AS node,
  'no svclb pod on this node' || iif(b.desired IS NULL, ', and the DaemonSet that makes them is gone', '') AS message,
  b.pods AS svclb_pods,
  b.desired AS daemonset_wants
FROM balanced b, nodes n
WHERE NOT EXISTS (SELECT 1 FROM svclb x WHERE x.namespace = b.namespace AND x.service = b.service AND x.node = n.node)
  -- A DaemonSet that has all the pods it wants leaves this node out on purpose.
  AND (b.desired IS NULL OR b.nodes < b.desired)
  AND EXISTS (SELECT 1 FROM coverage WHERE subject = 'daemonsets' AND status = 'complete')
  AND EXISTS (SELECT 1 FROM coverage WHERE subject = 'pods' AND status = 'complete')
ORDER BY 1, 2
