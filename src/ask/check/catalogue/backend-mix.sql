-- code: BACKEND-MIX
-- severity: error
-- title: Kubernetes' rules in both iptables backends of a node
-- explanation: The kernel runs the rules of iptables-legacy and of iptables-nft, both. Here both hold rules in KUBE- chains: one program uses another iptables than the others, and packets meet old or contradicting rules.
-- fix: Make kube-proxy, kubelet and the CNI plugin use one iptables; then clear the other backend's KUBE- chains, or restart the node.
-- needs: rules
-- source: kubernetes/kubernetes 71305; kube-router 1069; cilium 20123; iptables-wrappers
WITH held AS MATERIALIZED (
  SELECT d.node, d.family, d.backend, sum(k.chains) AS chains, sum(k.rules) AS rules
  FROM (SELECT chain_set, count(*) AS chains, sum(rules) AS rules FROM distinct_chains WHERE chain GLOB 'KUBE-*' AND rules > 0 GROUP BY chain_set) k
  JOIN chain_sets d ON d.chain_set = k.chain_set
  WHERE d.node IS NOT NULL AND d.backend IS NOT NULL
  GROUP BY d.node, d.family, d.backend
)
SELECT
  'node/' || l.node AS object,
  l.node AS node,
  'KUBE- chains with rules in both backends of ' || l.family || ': ' || l.rules || ' rules in legacy, ' || n.rules || ' in nft' AS message,
  l.family AS family,
  l.chains AS legacy_chains,
  n.chains AS nft_chains,
  (SELECT group_concat(chain, ' ') FROM (SELECT DISTINCT chain FROM chains c WHERE c.node = l.node AND c.family = l.family AND c.backend = iif(l.rules < n.rules, 'legacy', 'nft')
    AND c.chain GLOB 'KUBE-*' AND c.rules > 0 ORDER BY 1 LIMIT 20)) AS chains_of_the_smaller,
  '' AS unsure
FROM held l JOIN held n ON n.node = l.node AND n.family = l.family AND l.backend = 'legacy' AND n.backend = 'nft'
UNION ALL
SELECT
  'node/' || v.node,
  v.node,
  'iptables warns that rules of iptables-legacy are there beside those of nft, and the snapshot does not hold them (' || v.family || ')',
  v.family,
  NULL,
  NULL,
  NULL,
  'what stands in iptables-legacy'
FROM coverage v
WHERE v.subject = 'rules' AND v.node IS NOT NULL AND v.detail LIKE '%rules of iptables-legacy are there too%'
  AND NOT EXISTS (SELECT 1 FROM coverage o WHERE o.subject = 'rules' AND o.node = v.node AND o.family = v.family AND o.backend = 'legacy')
ORDER BY 1, 3
