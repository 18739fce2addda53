-- code: NAT-FLUSHED
-- severity: error
-- title: A node has lost kube-proxy's nat rules
-- explanation: The node's nat table has no rule in KUBE-SERVICES and no jump to it, while kube-proxy's rules stand on other nodes, or its canary in another table of this one: the table was flushed (firewalld, ufw, iptables -F), or kube-proxy does not run there.
-- fix: See whether kube-proxy runs on the node and what its log says; find out who flushed the tables. Pods with host ports have to be made anew for their rules to come back.
-- needs: rules
-- source: k3s-io/k3s 7542; kubernetes/kubernetes 81517, 129128
WITH seen AS MATERIALIZED (
  SELECT c.node, c.family, min(c.started_at) AS read_at, group_concat(DISTINCT c.backend) AS backends FROM coverage c
  WHERE c.subject = 'rules' AND c.node IS NOT NULL GROUP BY c.node, c.family
  -- Nothing is known to be absent unless every dump of the node is whole,
  HAVING min(c.status = 'complete')
    -- and one that says that there are rules of the other backend is no proof without those.
    AND (count(DISTINCT c.backend) > 1 OR NOT EXISTS (
      SELECT 1 FROM items i WHERE i.node = c.node AND i.kind = iif(c.family = 'ipv6', 'ip6tables-save', 'iptables-save')
        AND i.stderr LIKE '%tables-legacy tables present%'))
),
programmed AS MATERIALIZED (SELECT DISTINCT node, family FROM chains WHERE node IS NOT NULL AND table_name = 'nat' AND kind = 'services' AND rules > 0),
hooked AS MATERIALIZED (SELECT DISTINCT node, family FROM rules WHERE node IS NOT NULL AND table_name = 'nat' AND kind = 'built-in' AND target = 'KUBE-SERVICES'),
others AS MATERIALIZED (
  SELECT DISTINCT node, family, iif(chain GLOB 'CILIUM_*', 'cilium', 'ovn') AS proxy FROM chains WHERE node IS NOT NULL AND table_name = 'nat' AND (chain GLOB 'CILIUM_*' OR chain GLOB 'OVN-KUBE-*')
),
canary AS MATERIALIZED (SELECT DISTINCT node, family FROM chains WHERE node IS NOT NULL AND chain = 'KUBE-PROXY-CANARY')
SELECT
  'node/' || n.node AS object,
  n.node AS node,
  'no kube-proxy rules in its ' || n.family || ' nat table' || iif(o.nodes > 0, ', while ' || o.nodes || ' other nodes have them', ', while its other tables have kube-proxy''s canary') AS message,
  n.family AS family,
  n.backends AS backend,
  (SELECT group_concat(DISTINCT table_name) FROM chains t WHERE t.node = n.node AND t.family = n.family) AS tables_seen,
  n.read_at AS rules_read_at
FROM seen n
LEFT JOIN (SELECT family, count(*) AS nodes FROM programmed GROUP BY family) o ON o.family = n.family
WHERE NOT EXISTS (SELECT 1 FROM programmed p WHERE p.node = n.node AND p.family = n.family)
  AND NOT EXISTS (SELECT 1 FROM hooked h WHERE h.node = n.node AND h.family = n.family)
  -- Another proxy does its work there: Cilium's and OVN's chains say so, unless they stand beside kube-proxy's on other nodes.
  AND NOT EXISTS (SELECT 1 FROM chains x WHERE x.node = n.node AND x.family = n.family AND x.table_name = 'nat' AND x.kind = 'ipvs-services')
  AND NOT EXISTS (
    SELECT 1 FROM others x WHERE x.node = n.node AND x.family = n.family
      AND NOT EXISTS (SELECT 1 FROM others y JOIN programmed p ON p.node = y.node AND p.family = y.family WHERE y.proxy = x.proxy AND y.family = x.family))
  AND (o.nodes > 0 OR EXISTS (SELECT 1 FROM canary k WHERE k.node = n.node AND k.family = n.family))
ORDER BY 1, 3
