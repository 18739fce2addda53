-- code: HOOK-MISSING
-- severity: error
-- title: A chain that nothing leads to any more
-- explanation: kube-proxy's, kubelet's or portmap's chain is there, but the built-in chain no longer jumps to it: packets pass by it. Something else rewrote the built-in chain.
-- fix: Restart kube-proxy (or kubelet, or the pod with the host port) to have the jump written anew; find out what flushes built-in chains: firewalld, ufw, docker, iptables-restore.
-- needs: rules
-- source: kubernetes/kubernetes 129128, 107482; kube-proxy's iptablesJumpChains
WITH hooks (family, table_name, built_in, target, owner) AS (
  SELECT f.family, h.* FROM (SELECT 'ipv4' AS family UNION SELECT 'ipv6') f, (
    SELECT 'nat' AS table_name, 'PREROUTING' AS built_in, 'KUBE-SERVICES' AS target, 'kube-proxy' AS owner
    UNION ALL VALUES ('nat', 'OUTPUT', 'KUBE-SERVICES', 'kube-proxy'), ('nat', 'POSTROUTING', 'KUBE-POSTROUTING', 'kube-proxy'),
      ('filter', 'FORWARD', 'KUBE-FORWARD', 'kube-proxy'), ('filter', 'FORWARD', 'KUBE-SERVICES', 'kube-proxy'),
      ('filter', 'OUTPUT', 'KUBE-SERVICES', 'kube-proxy'), ('filter', 'INPUT', 'KUBE-EXTERNAL-SERVICES', 'kube-proxy'),
      ('filter', 'INPUT', 'KUBE-NODEPORTS', 'kube-proxy'), ('filter', 'INPUT', 'KUBE-PROXY-FIREWALL', 'kube-proxy'),
      ('filter', 'OUTPUT', 'KUBE-PROXY-FIREWALL', 'kube-proxy'), ('filter', 'FORWARD', 'KUBE-PROXY-FIREWALL', 'kube-proxy'),
      ('filter', 'INPUT', 'KUBE-FIREWALL', 'kubelet'), ('filter', 'OUTPUT', 'KUBE-FIREWALL', 'kubelet'),
      ('nat', 'PREROUTING', 'CNI-HOSTPORT-DNAT', 'portmap'), ('nat', 'OUTPUT', 'CNI-HOSTPORT-DNAT', 'portmap'),
      ('nat', 'POSTROUTING', 'CNI-HOSTPORT-MASQ', 'portmap')
  ) h
),
standing AS MATERIALIZED (
  SELECT n.node, n.family, n.backend, n.table_name, n.chain, sum(n.rules) AS rules, c.started_at AS read_at
  FROM chains n
  JOIN coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node = n.node AND c.family = n.family AND c.backend IS n.backend
  WHERE n.node IS NOT NULL AND n.chain IN (SELECT target FROM hooks)
  GROUP BY n.node, n.family, n.backend, n.table_name, n.chain
),
jumps AS MATERIALIZED (
  SELECT DISTINCT node, family, backend, table_name, chain, target FROM rules WHERE node IS NOT NULL AND kind = 'built-in' AND target IN (SELECT target FROM hooks)
),
-- Where kube-proxy's nat chain is empty it does not work at all, and NAT-FLUSHED or SYNC-FAILED says so.
empty AS MATERIALIZED (SELECT node, family FROM standing WHERE table_name = 'nat' AND chain = 'KUBE-SERVICES' AND rules = 0)
SELECT
  'node/' || s.node AS object,
  s.node AS node,
  h.table_name || ' ' || h.built_in || ' does not jump to ' || h.target || ' (' || s.family || '), which ' || h.owner || ' has made' AS message,
  h.table_name AS table_name,
  h.built_in AS chain,
  h.target AS target,
  s.rules AS rules_passed_by,
  s.read_at AS rules_read_at
FROM standing s
JOIN hooks h ON h.family = s.family AND h.table_name = s.table_name AND h.target = s.chain
LEFT JOIN jumps j ON j.node = s.node AND j.family = s.family AND j.backend IS s.backend AND j.table_name = h.table_name AND j.chain = h.built_in AND j.target = h.target
WHERE j.target IS NULL
  -- An empty chain of portmap serves no host port.
  AND (h.owner <> 'portmap' OR s.rules > 0)
  AND NOT EXISTS (SELECT 1 FROM empty e WHERE e.node = s.node AND e.family = s.family)
ORDER BY 1, 3
