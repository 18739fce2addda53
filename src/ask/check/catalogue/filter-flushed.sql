-- code: FILTER-FLUSHED
-- severity: error
-- title: A node has lost kube-proxy's filter rules
-- explanation: kube-proxy's nat rules stand, and its chains in the filter table are gone: what has no endpoint, or comes from a source that is not admitted, is refused no more, and where FORWARD drops by policy nothing marked is let through.
-- fix: Restart kube-proxy on the node; find out who flushed the filter table (firewalld, ufw, docker, iptables-restore).
-- needs: rules
-- source: kubernetes/kubernetes 129128; kube-proxy's iptablesJumpChains
WITH seen AS MATERIALIZED (
  SELECT c.node, c.family, c.backend, min(c.started_at) AS read_at FROM coverage c
  WHERE c.subject = 'rules' AND c.node IS NOT NULL GROUP BY c.node, c.family HAVING min(c.status = 'complete') AND count(DISTINCT c.backend) < 2
)
SELECT
  'node/' || n.node AS object,
  n.node AS node,
  'no chain of kube-proxy in its ' || n.family || ' filter table, while its nat table has ' || s.rules || ' rules in KUBE-SERVICES' AS message,
  n.family AS family,
  (SELECT group_concat(DISTINCT table_name) FROM chains t WHERE t.node = n.node AND t.family = n.family) AS tables_seen,
  n.read_at AS rules_read_at
FROM seen n
JOIN chains s ON s.node = n.node AND s.family = n.family AND s.table_name = 'nat' AND s.kind = 'services' AND s.rules > 0
WHERE NOT EXISTS (SELECT 1 FROM chains f WHERE f.node = n.node AND f.family = n.family AND f.table_name = 'filter' AND f.kind IN ('services', 'forward', 'external-services'))
ORDER BY 1, 3
