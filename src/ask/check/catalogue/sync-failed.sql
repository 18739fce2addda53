-- code: SYNC-FAILED
-- severity: error
-- title: kube-proxy has made its chains and could not fill them
-- explanation: KUBE-SERVICES exists and is jumped to, but it is empty: iptables-restore refuses what kube-proxy writes (one bad rule refuses all), so no Service works from this node.
-- fix: Read kube-proxy's log on the node ("Failed to execute iptables-restore"): it names the line that is refused.
-- needs: rules, services
-- source: kubernetes/kubernetes 121726, 66454, 58956
SELECT
  'node/' || c.node AS object,
  c.node AS node,
  'nat KUBE-SERVICES of ' || c.family || ' is empty, although the cluster has ' || s.services || ' Services with addresses of it' AS message,
  c.family AS family,
  (SELECT count(*) FROM chains n WHERE n.node = c.node AND n.family = c.family AND n.kind = 'service') AS service_chains
FROM chains c
JOIN coverage v ON v.subject = 'rules' AND v.status = 'complete' AND v.node = c.node AND v.family = c.family AND v.backend IS c.backend
JOIN (
  SELECT iif(instr(a.value, ':'), 'ipv6', 'ipv4') AS family, count(*) AS services
  FROM services x, json_each(x.cluster_ips) a WHERE a.value NOT IN ('', 'None') GROUP BY 1
) s ON s.family = c.family
WHERE c.node IS NOT NULL AND c.table_name = 'nat' AND c.kind = 'services' AND c.rules = 0
  AND EXISTS (SELECT 1 FROM rules r WHERE r.node = c.node AND r.family = c.family AND r.table_name = 'nat' AND r.chain = 'PREROUTING' AND r.target = 'KUBE-SERVICES')
ORDER BY 1, 3
