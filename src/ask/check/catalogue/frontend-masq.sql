-- code: FRONTEND-MASQ
-- severity: error
-- title: Packets to a Service keep their source and should not
-- explanation: The answer to these packets has to come back through the node, so kube-proxy masquerades them. This node's rules do not: the answer takes another way, and the connection hangs.
-- fix: Follow such a packet with "snap trace" on the node: it names the rule. Where it is one of kube-proxy's own (KUBE- chains in nat and filter), restart kube-proxy to have it written anew; another rule goes only by whoever wrote it.
-- needs: services, endpoints, rules, nft
-- source: kube-proxy's iptables proxier (KUBE-MARK-MASQ, KUBE-POSTROUTING); kubernetes/kubernetes 36835
-- causes: NODE-ADDRESS, MASQ-MISSING, BASE-RULE-MISSING, HOOK-MISSING, NODE-DRIFT, RULE-UNREACHABLE, NAT-FLUSHED, SYNC-FAILED, RULE-MANGLED, SRC-RANGES
SELECT
  object AS object,
  node AS node,
  'from ' || replace(group_concat(DISTINCT sender), ',', ', ') || ' its ' || replace(group_concat(DISTINCT frontend), ',', ', ') || ' does not masquerade' || iif(min(condition <> ''), ', if ' || group_concat(DISTINCT condition), '') AS message,
  group_concat(DISTINCT frontend || ' ' || iif(address = '', '', iif(instr(address, ':'), '[' || address || ']', address) || ':') || port || '/' || lower(protocol)) AS frontends,
  group_concat(DISTINCT sender) AS senders,
  min(what) AS destinations,
  group_concat(DISTINCT nullif(condition, '')) AS only_if,
  concat_ws('; ', 'it is not known if ' || iif(min(condition <> ''), group_concat(DISTINCT condition), NULL), group_concat(DISTINCT nullif(unsure, ''))) AS unsure
FROM deviations
WHERE deviation = 'masquerade' AND NOT in_flux
GROUP BY object, node, family
ORDER BY 1, 2, 3
