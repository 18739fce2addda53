-- code: DUALSTACK-GAP
-- severity: warn
-- title: Service without endpoints in one of its address families
-- explanation: The Service has an address of each family, and ready endpoints of one only; or no node has rules for the other. Clients that take that address are refused.
-- fix: Give the pods addresses of both families (CNI configuration, node podCIDRs), or make the Service single-stack.
-- needs: services, endpoints, rules
-- source: k3s-io/k3s 4021, 7541; kubernetes/kubernetes 80297
WITH families AS MATERIALIZED (
  SELECT DISTINCT s.namespace, s.service, iif(instr(a.value, ':'), 'IPv6', 'IPv4') AS family, a.value AS address
  FROM services s, json_each(s.cluster_ips) a WHERE a.value NOT IN ('', 'None')
),
ready AS MATERIALIZED (
  SELECT namespace, service, iif(instr(address, ':'), 'IPv6', 'IPv4') AS family, count(DISTINCT address) AS endpoints
  FROM endpoint_objects WHERE ready AND source <> 'endpoints' GROUP BY 1, 2, 3
),
seen AS MATERIALIZED (
  SELECT iif(c.family = 'ipv6', 'IPv6', 'IPv4') AS family, count(DISTINCT c.node) AS nodes,
    count(DISTINCT iif(EXISTS (SELECT 1 FROM chains n WHERE n.node = c.node AND n.family = c.family AND n.table_name = 'nat' AND n.kind = 'services' AND n.rules > 0), c.node, NULL)) AS programmed
  FROM coverage c WHERE c.subject = 'rules' AND c.node IS NOT NULL AND c.status = 'complete' GROUP BY 1
)
SELECT
  'service/' || f.namespace || '/' || f.service AS object,
  f.address || ' has no ready ' || f.family || ' endpoint, while ' || o.endpoints || ' are ready in the other family' AS message,
  f.address AS cluster_ip
FROM families f JOIN ready o ON o.namespace = f.namespace AND o.service = f.service AND o.family <> f.family
WHERE NOT EXISTS (SELECT 1 FROM ready r WHERE r.namespace = f.namespace AND r.service = f.service AND r.family = f.family)
  AND EXISTS (SELECT 1 FROM coverage WHERE subject = 'endpointslices' AND status = 'complete')
UNION ALL
SELECT
  'service/' || f.namespace || '/' || f.service,
  f.address || ' has ready ' || f.family || ' endpoints, and none of the ' || n.nodes || ' nodes has ' || f.family || ' rules of kube-proxy, while they have those of the other family',
  f.address
FROM families f JOIN ready r ON r.namespace = f.namespace AND r.service = f.service AND r.family = f.family
JOIN seen n ON n.family = f.family AND n.programmed = 0
JOIN seen m ON m.family <> f.family AND m.programmed > 0
ORDER BY 1, 2
