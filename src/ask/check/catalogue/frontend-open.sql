-- code: FRONTEND-OPEN
-- severity: error
-- title: A Service lets in what it should refuse
-- explanation: By its source ranges, its traffic policy or for want of endpoints the Service takes no packets from these callers at this node, and the node's rules send them on.
-- fix: Follow such a packet with "snap trace" on the node: it names the rule. Where it is one of kube-proxy's own (KUBE- chains in nat and filter), restart kube-proxy to have it written anew; another rule goes only by whoever wrote it.
-- needs: services, endpoints, rules, nft
-- source: kube-proxy's iptables proxier (syncProxyRules) and topology.go; kubernetes/kubernetes 129128
-- causes: NODE-ADDRESS, SRC-RANGES, SEP-STALE, LOCAL-MISDETECT, NODE-DRIFT, VIP-DUP, HOOK-MISSING, NAT-FLUSHED, SYNC-FAILED, RULE-MANGLED, EP-TERMINATING-ONLY, EP-OUTDATED
SELECT
  object AS object,
  node AS node,
  'from ' || replace(group_concat(DISTINCT sender), ',', ', ') || ' its ' || replace(group_concat(DISTINCT frontend), ',', ', ') || ' sends to ' || (what ->> 0) || ', and should refuse' || iif(min(condition <> ''), ', if ' || group_concat(DISTINCT condition), '') AS message,
  group_concat(DISTINCT frontend || ' ' || iif(address = '', '', iif(instr(address, ':'), '[' || address || ']', address) || ':') || port || '/' || lower(protocol)) AS frontends,
  group_concat(DISTINCT sender) AS senders,
  min(expected) AS expected, min(what) AS destinations,
  group_concat(DISTINCT nullif(condition, '')) AS only_if,
  concat_ws('; ', 'it is not known if ' || iif(min(condition <> ''), group_concat(DISTINCT condition), NULL), group_concat(DISTINCT nullif(unsure, ''))) AS unsure
FROM deviations
WHERE deviation = 'open' AND NOT in_flux
GROUP BY object, node, family, what ->> 0
ORDER BY 1, 2, 3
