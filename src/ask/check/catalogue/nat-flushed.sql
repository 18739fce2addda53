-- code: NAT-FLUSHED
-- severity: error
-- title: A node has no kube-proxy rules
-- explanation: Other nodes have KUBE-SVC chains, this one has none: its nat table was flushed (firewalld, ufw, iptables -F), or kube-proxy does not run there or cannot write.
-- fix: See whether kube-proxy runs on the node and what its log says; find out who flushed the tables.
-- needs: rules
-- source: k3s-io/k3s 7542; kubernetes/kubernetes 81517, 129128
SELECT
  'node/' || c.node AS object,
  c.node AS node,
  'no KUBE-SVC chain, while ' || (SELECT count(DISTINCT n.node) FROM chains n WHERE n.kind = 'service' AND n.family = 'ipv4' AND n.node IS NOT NULL) || ' other nodes have them' AS message,
  c.backend AS backend,
  (SELECT group_concat(table_name, ' ') FROM (SELECT DISTINCT table_name FROM chains n WHERE n.node = c.node AND n.family = 'ipv4' ORDER BY 1)) AS tables_seen,
  c.started_at AS rules_read_at
FROM coverage c
WHERE c.subject = 'rules' AND c.node IS NOT NULL AND c.family = 'ipv4' AND c.status = 'complete'
  AND NOT EXISTS (SELECT 1 FROM chains n WHERE n.node = c.node AND n.family = 'ipv4' AND n.kind = 'service')
  AND EXISTS (SELECT 1 FROM chains n WHERE n.node <> c.node AND n.family = 'ipv4' AND n.kind = 'service')
GROUP BY c.node
ORDER BY 1
