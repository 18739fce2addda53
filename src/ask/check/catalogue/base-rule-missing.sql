-- code: BASE-RULE-MISSING
-- severity: warn
-- title: A node lacks one of the rules that kube-proxy, kubelet and network plugins have on every node
-- explanation: The chains that do not depend on Services (KUBE-FORWARD, KUBE-POSTROUTING, KUBE-MARK-MASQ, KUBE-FIREWALL, …) hold the same rules on all nodes, and so do the rules by which a network plugin masquerades the pod network. Here one is gone that other nodes of the same kubelet version have: late answers reset connections (ctstate INVALID), marked packets are not let through, marks are not taken off, or pods get no answer from outside of the cluster.
-- fix: Restart kube-proxy (kubelet for KUBE-FIREWALL and KUBE-MARK-DROP, the network plugin for FLANNEL-POSTRTG and POSTROUTING) on the node; look for who edits its rules by hand.
-- needs: rules
-- causes: MASQ-MISSING, NAT-FLUSHED, FILTER-FLUSHED, HOOK-MISSING, RULE-MANGLED, SYNC-FAILED
-- source: kubernetes/kubernetes 74839, 94588; kube-proxy's iptables proxier and kubelet_network_linux.go
WITH base AS MATERIALIZED (
  SELECT c.node, c.family, c.table_name, c.chain, coalesce(n.kubelet_version, '') AS version FROM chains c LEFT JOIN nodes n ON n.node = c.node
  JOIN coverage v ON v.subject = 'rules' AND v.status = 'complete' AND v.node = c.node AND v.family = c.family AND v.backend IS c.backend
  WHERE c.node IS NOT NULL AND c.complete AND (c.kind IN ('forward', 'postrouting', 'masquerade-mark', 'drop-mark', 'kubelet-firewall')
      OR c.table_name = 'nat' AND (c.kind IN ('flannel', 'ip-masq-agent') OR c.chain = 'POSTROUTING'))
    -- Where all is flushed, another check says so.
    AND EXISTS (SELECT 1 FROM chains s WHERE s.node = c.node AND s.family = c.family AND s.table_name = 'nat' AND s.kind = 'services' AND s.rules > 0)
  GROUP BY c.node, c.family, c.table_name, c.chain
),
own AS MATERIALIZED (
  SELECT n.node, iif(instr(a.value, ':'), 'ipv6', 'ipv4') AS family, a.value AS network FROM nodes n, json_each(n.pod_cidrs) a
),
-- What the rules do, without what is said of it. A comment of several words stands between quotes.
uncommented AS MATERIALIZED (
  SELECT r.*, iif(instr(r.text, '-m comment --comment "') > 0,
    substr(r.text, 1, instr(r.text, '-m comment --comment "') - 1) || ltrim(substr(r.text, instr(r.text, '-m comment --comment "') + 22 + instr(substr(r.text, instr(r.text, '-m comment --comment "') + 22), '"'))),
    r.text) AS bare
  FROM (SELECT DISTINCT node, family, table_name, chain FROM base) b JOIN rules r ON r.node = b.node AND r.family = b.family AND r.table_name = b.table_name AND r.chain = b.chain
),
held AS MATERIALIZED (
  SELECT DISTINCT b.*, replace(replace(replace(replace(r.bare, ' --random-fully', ''), '  ', ' '), ' -m nfacct --nfacct-name ct_state_invalid_dropped_pkts', ''),
    coalesce(o.network, ' - '), 'the node''s own pods') AS rule
  FROM base b JOIN uncommented r ON r.node = b.node AND r.family = b.family AND r.table_name = b.table_name AND r.chain = b.chain
  LEFT JOIN own o ON o.node = b.node AND o.family = b.family
  -- Of a built-in chain the network plugin's rules, which are about all pods.
  WHERE b.chain <> 'POSTROUTING' OR r.target IN ('MASQUERADE', 'RETURN') AND r.in_interface = '' AND r.out_interface = '' AND r.protocol = '' AND EXISTS (
    SELECT 1 FROM proxies p WHERE p.family = b.family AND p.pod_network IN (ltrim(r.source, '!'), ltrim(r.destination, '!')))
),
-- Rules of most nodes that have the chain.
common AS MATERIALIZED (
  SELECT h.family, h.version, h.table_name, h.chain, h.rule, count(*) AS nodes FROM held h
  GROUP BY h.family, h.version, h.table_name, h.chain, h.rule
  HAVING 2 * count(*) > (SELECT count(*) FROM base b WHERE b.family = h.family AND b.version = h.version AND b.table_name = h.table_name AND b.chain = h.chain)
)
SELECT
  'node/' || b.node AS object,
  b.node AS node,
  b.table_name || ' ' || b.chain || ' (' || b.family || ') lacks a rule that ' || c.nodes || ' other nodes have: ' || c.rule AS message,
  b.chain AS chain,
  c.rule AS rule
FROM base b JOIN common c ON c.family = b.family AND c.version = b.version AND c.table_name = b.table_name AND c.chain = b.chain
WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.node = b.node AND h.family = b.family AND h.table_name = b.table_name AND h.chain = b.chain AND h.rule = c.rule)
  -- kube-proxy leaves it out where the kernel is told to let such packets be (from 1.29 on).
  AND NOT (c.rule LIKE '%--ctstate INVALID%' AND EXISTS (SELECT 1 FROM sysctls y WHERE y.node = b.node AND y.name = 'net.netfilter.nf_conntrack_tcp_be_liberal' AND y.value = '1'))
ORDER BY 1, 3
