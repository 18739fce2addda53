-- code: FRONTEND-UNEVEN
-- severity: warn
-- title: Endpoints of a Service do not get equal parts of its packets
-- explanation: kube-proxy gives each endpoint the same chance. On this node one gets more than the others.
-- fix: Follow such a packet with "snap trace" on the node: it names the rule. Where it is one of kube-proxy's own (KUBE- chains in nat and filter), restart kube-proxy to have it written anew; another rule goes only by whoever wrote it.
-- needs: services, endpoints, rules, nft
-- source: kube-proxy's iptables proxier (probability)
-- causes: NODE-ADDRESS, PROB-WRONG, RULE-DUP, SEP-COUNT, SEP-STALE, NODE-DRIFT, RULE-UNREACHABLE, HOOK-MISSING, NAT-FLUSHED, SYNC-FAILED, RULE-MANGLED
SELECT
  object AS object,
  node AS node,
  'by its ' || replace(group_concat(DISTINCT frontend), ',', ', ') || ' ' || (what ->> 0) || ' gets ' || round(100 * max(share), 1) || '% of the packets' || iif(min(condition <> ''), ', if ' || group_concat(DISTINCT condition), '') AS message,
  group_concat(DISTINCT frontend || ' ' || iif(address = '', '', iif(instr(address, ':'), '[' || address || ']', address) || ':') || port || '/' || lower(protocol)) AS frontends,
  group_concat(DISTINCT sender) AS senders,
  min(what) AS uneven,
  group_concat(DISTINCT nullif(condition, '')) AS only_if,
  concat_ws('; ', 'it is not known if ' || iif(min(condition <> ''), group_concat(DISTINCT condition), NULL), group_concat(DISTINCT nullif(unsure, ''))) AS unsure
FROM deviations
WHERE deviation = 'share' AND NOT in_flux
GROUP BY object, node, family, what ->> 0
ORDER BY 1, 2, 3
