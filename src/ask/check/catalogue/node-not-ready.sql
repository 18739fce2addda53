-- code: NODE-NOT-READY
-- severity: warn
-- title: A node is not ready
-- explanation: The node's kubelet does not report, or reports that it cannot run pods. Its endpoints are taken out of Services after a while, and kube-proxy there may stand still.
-- fix: Look at the node's conditions ("kubectl describe node") and at its kubelet.
-- needs: nodes
-- source: Kubernetes documentation, Node status; popeye 700
SELECT
  'node/' || n.node AS object,
  n.node AS node,
  iif(n.ready = 'Unknown', 'its kubelet does not report', 'is not ready') AS message,
  n.ready AS ready,
  (SELECT count(DISTINCT e.namespace || '/' || e.service || ' ' || e.address) FROM endpoints e WHERE e.node = n.node AND e.ready) AS ready_endpoints_there
FROM nodes n WHERE n.ready IN ('False', 'Unknown')
ORDER BY 1
