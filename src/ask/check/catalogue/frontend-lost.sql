-- code: FRONTEND-LOST
-- severity: error
-- title: Packets to a Service reach none of its endpoints
-- explanation: The Service has endpoints for these callers, and the node's rules drop or refuse the packets, or leave them as they are. No check of single rules says why.
-- fix: Follow such a packet with "snap trace" on the node: it names the rule. Where it is one of kube-proxy's own (KUBE- chains in nat and filter), restart kube-proxy to have it written anew; another rule goes only by whoever wrote it.
-- needs: services, endpoints, rules, nft
-- source: kube-proxy's iptables proxier (syncProxyRules) and topology.go; kubernetes/kubernetes 129128
-- causes: NODE-ADDRESS, ROUTE-MISSING, NAT-FLUSHED, SYNC-FAILED, HOOK-MISSING, FORWARD-DROP, JUMP-DANGLING, CHAIN-EMPTY, VIP-MISSING, REJECT-STALE, LOCAL-MISDETECT, NODE-DRIFT, SEP-STALE, SEP-MISSING, SEP-COUNT, PROB-WRONG, RULE-UNREACHABLE, RULE-MANGLED, SRC-RANGES, FILTER-FLUSHED
SELECT
  object AS object,
  node AS node,
  'from ' || replace(group_concat(DISTINCT sender), ',', ', ') || iif(min(share) > 0.999, ' no endpoint is reached', ' a part of the packets reaches no endpoint') || ' by its ' || replace(group_concat(DISTINCT frontend), ',', ', ') || ': ' || (what ->> 0) || iif(min(condition <> ''), ', if ' || group_concat(DISTINCT condition), '') AS message,
  group_concat(DISTINCT frontend || ' ' || iif(address = '', '', iif(instr(address, ':'), '[' || address || ']', address) || ':') || port || '/' || lower(protocol)) AS frontends,
  group_concat(DISTINCT sender) AS senders,
  round(max(share), 4) AS part_of_packets,
  min(expected) AS expected,
  group_concat(DISTINCT nullif(condition, '')) AS only_if,
  concat_ws('; ', 'it is not known if ' || iif(min(condition <> ''), group_concat(DISTINCT condition), NULL), group_concat(DISTINCT nullif(unsure, ''))) AS unsure
FROM deviations
WHERE deviation = 'lost' AND NOT in_flux
GROUP BY object, node, family, what ->> 0
ORDER BY 1, 2, 3
