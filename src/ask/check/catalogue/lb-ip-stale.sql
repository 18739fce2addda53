-- code: LB-IP-STALE
-- severity: error
-- title: Load balancer address that is no node's
-- explanation: The k3s service load balancer serves at node addresses. The Service's status lists an address that no node has now: who connects there reaches nothing.
-- fix: See why the service controller did not update the status: is the node gone, has it changed its address?
-- needs: services, nodes, pods
-- source: k3s-io/k3s 7036, 4052; kubernetes/kubernetes 35934
WITH balanced AS MATERIALIZED (
  SELECT DISTINCT coalesce(labels ->> '$."svccontroller.k3s.cattle.io/svcnamespace"', namespace) AS namespace, labels ->> '$."svccontroller.k3s.cattle.io/svcname"' AS service
  FROM pods WHERE labels ->> '$."svccontroller.k3s.cattle.io/svcname"' IS NOT NULL
)
SELECT
  'service/' || s.namespace || '/' || s.service AS object,
  'load balancer IP ' || a.value || ' is no node''s address' AS message,
  a.value AS load_balancer_ip,
  (SELECT group_concat(x, ' ') FROM (SELECT DISTINCT address AS x FROM node_addresses WHERE type <> 'Interface' ORDER BY 1)) AS node_addresses
FROM services s, json_each(s.load_balancer_ips) a
WHERE s.type = 'LoadBalancer'
  AND EXISTS (SELECT 1 FROM balanced b WHERE b.namespace = s.namespace AND b.service = s.service)
  AND EXISTS (SELECT 1 FROM coverage WHERE subject = 'nodes' AND status = 'complete')
  AND NOT EXISTS (SELECT 1 FROM node_addresses n WHERE n.address = a.value)
ORDER BY 1, 3
