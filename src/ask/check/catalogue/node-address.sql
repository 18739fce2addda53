-- code: NODE-ADDRESS
-- severity: error
-- title: A node does not have the address that the API lists for it
-- explanation: Node ports, load balancers and other nodes go by the node's InternalIP. The node's own interfaces do not have it: it got another address, or kubelet's --node-ip is wrong, and nobody reaches the node there.
-- fix: Restart kubelet (k3s) on the node after correcting --node-ip, or give the interface its address back.
-- needs: nodes
-- source: k3s-io/k3s 7036, 4052; kubernetes/kubernetes 35934
SELECT
  'node/' || a.node AS object,
  a.node AS node,
  'its InternalIP ' || a.address || ' is on none of its interfaces' AS message,
  (SELECT group_concat(address, ' ') FROM (SELECT DISTINCT address FROM node_addresses i WHERE i.node = a.node AND i.type = 'Interface' ORDER BY 1)) AS interface_addresses
FROM node_addresses a
WHERE a.type = 'InternalIP'
  AND EXISTS (SELECT 1 FROM coverage c WHERE c.subject = 'addresses' AND c.node = a.node AND c.status = 'complete')
  AND NOT EXISTS (SELECT 1 FROM node_addresses i WHERE i.node = a.node AND i.type = 'Interface' AND i.address = a.address)
ORDER BY 1, 3
