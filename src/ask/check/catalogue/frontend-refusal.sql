-- code: FRONTEND-REFUSAL
-- severity: warn
-- title: A Service is not refused as kube-proxy would
-- explanation: Nothing may answer here, and kube-proxy says so with a reject, or drops what a policy keeps out. This node does neither, or the other: callers wait for a timeout, or the packet goes on to somebody else who has the address.
-- fix: Follow such a packet with "snap trace" on the node: it names the rule. Where it is one of kube-proxy's own (KUBE- chains in nat and filter), restart kube-proxy to have it written anew; another rule goes only by whoever wrote it.
-- needs: services, endpoints, rules, nft
-- source: kube-proxy's iptables proxier (syncProxyRules)
-- causes: NODE-ADDRESS, ROUTE-MISSING, HOOK-MISSING, FILTER-FLUSHED, NODE-DRIFT, FORWARD-DROP, SYNC-FAILED, NAT-FLUSHED, SRC-RANGES, RULE-UNREACHABLE, RULE-MANGLED, TARGETPORT-UNRESOLVED
SELECT
  object AS object,
  node AS node,
  'from ' || replace(group_concat(DISTINCT sender), ',', ', ') || ' its ' || replace(group_concat(DISTINCT frontend), ',', ', ') || ' should be ' || expected || ': ' || (what ->> 0) || iif(min(condition <> ''), ', if ' || group_concat(DISTINCT condition), '') AS message,
  group_concat(DISTINCT frontend || ' ' || iif(address = '', '', iif(instr(address, ':'), '[' || address || ']', address) || ':') || port || '/' || lower(protocol)) AS frontends,
  group_concat(DISTINCT sender) AS senders,
  
  group_concat(DISTINCT nullif(condition, '')) AS only_if,
  concat_ws('; ', 'it is not known if ' || iif(min(condition <> ''), group_concat(DISTINCT condition), NULL), group_concat(DISTINCT nullif(unsure, ''))) AS unsure
FROM deviations
WHERE deviation = 'refusal' AND NOT in_flux
GROUP BY object, node, family, expected, what ->> 0
ORDER BY 1, 2, 3
