-- code: POD-NETWORK-DUP
-- severity: error
-- title: Two nodes have the same pod network
-- explanation: Each node gives its pods addresses of its own network (spec.podCIDRs). With the same on two nodes, other nodes can send to one of them only, and two pods can have one address.
-- fix: Find out how the second node got it (a copied machine, a Node object made by hand, two controllers that allocate), drain it, delete its Node object and let it register anew.
-- needs: nodes
-- source: kubernetes node IPAM controller (pkg/controller/nodeipam); flannel, kube-subnet-mgr
WITH networks AS MATERIALIZED (SELECT DISTINCT n.node, a.value AS network FROM nodes n, json_each(n.pod_cidrs) a WHERE a.value <> '')
SELECT
  'node/' || n.node AS object,
  n.node AS node,
  'its pod network ' || n.network || ' is also that of ' || group_concat(o.node, ', ' ORDER BY o.node) AS message,
  n.network AS pod_network
FROM networks n JOIN networks o ON o.network = n.network AND o.node <> n.node
GROUP BY n.node, n.network
ORDER BY 1, 3
