-- code: NODE-SETTING
-- severity: error
-- title: A kernel setting of a node breaks Services
-- explanation: Packets of a pod to a pod on the same bridge come back through the node's rules only with net.bridge.bridge-nf-call-iptables; without, a Service whose endpoint is on the caller's own node does not answer. And where the table of connections is full, the kernel drops every new one.
-- fix: Set net.bridge.bridge-nf-call-iptables to 1 (module br_netfilter) for good; raise net.netfilter.nf_conntrack_max (kube-proxy's --conntrack-max-per-core), and see who opens so many connections.
-- needs: nodes, settings-of-nodes
-- source: Kubernetes documentation, Network plugin requirements; kubernetes/kubernetes 21613, 11948
WITH bridged AS MATERIALIZED (
  -- The bridge plugin's, flannel's and kubenet's, with an address of the node's own pod network.
  SELECT DISTINCT i.node, iif(instr(i.address, ':'), 'ip6tables', 'iptables') AS tables, i.interface FROM node_addresses i JOIN nodes n ON n.node = i.node, json_each(n.pod_cidrs) c
  WHERE i.type = 'Interface' AND i.interface IN ('cni0', 'cbr0') AND instr(i.address, ':') > 0 = instr(c.value, ':') > 0 AND i.address NOT LIKE 'fe80:%'
    -- Whose every packet is masqueraded comes back anyhow.
    AND NOT EXISTS (SELECT 1 FROM proxies p WHERE p.node = i.node AND p.masquerade_all)
)
SELECT
  'node/' || y.node AS object,
  y.node AS node,
  y.name || ' is 0, and its pods are on the bridge ' || b.interface AS message,
  y.name AS setting,
  y.value AS value
FROM sysctls y JOIN bridged b ON b.node = y.node AND y.name = 'net.bridge.bridge-nf-call-' || b.tables
WHERE y.value = '0'
UNION ALL
SELECT
  'node/' || y.node,
  y.node,
  'its table of connections is full: ' || y.value || ' of ' || m.value,
  y.name,
  y.value
FROM sysctls y JOIN sysctls m ON m.node = y.node AND m.name = 'net.netfilter.nf_conntrack_max'
WHERE y.name = 'net.netfilter.nf_conntrack_count' AND CAST(y.value AS INTEGER) >= CAST(m.value AS INTEGER)
ORDER BY 1, 3
