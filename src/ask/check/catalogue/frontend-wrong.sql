-- code: FRONTEND-WRONG
-- severity: error
-- title: Packets to a Service reach other endpoints than they should
-- explanation: The endpoints that the node's rules choose from are not those that the Service has for these callers, by the EndpointSlices, traffic policies and hints.
-- fix: Follow such a packet with "snap trace" on the node: it names the rule. Where it is one of kube-proxy's own (KUBE- chains in nat and filter), restart kube-proxy to have it written anew; another rule goes only by whoever wrote it.
-- needs: services, endpoints, rules, nft
-- source: kube-proxy's iptables proxier (syncProxyRules) and topology.go; kubernetes/kubernetes 129128
-- causes: NODE-ADDRESS, ROUTE-MISSING, SEP-STALE, SEP-MISSING, SEP-COUNT, NODE-DRIFT, LOCAL-MISDETECT, CHAIN-EMPTY, PROB-WRONG, RULE-UNREACHABLE, JUMP-DANGLING, VIP-DUP, HOOK-MISSING, FILTER-FLUSHED, NAT-FLUSHED, SYNC-FAILED, RULE-MANGLED, EP-TERMINATING-ONLY
WITH wrong AS MATERIALIZED (SELECT * FROM deviations WHERE deviation IN ('extra', 'missing') AND NOT in_flux),
said AS (
  SELECT object, node, family, deviation, replace(group_concat(DISTINCT w.value), ',', ', ') AS destinations FROM wrong, json_each(what) w GROUP BY object, node, family, deviation
)
SELECT
  object AS object,
  node AS node,
  'by its ' || replace(group_concat(DISTINCT frontend), ',', ', ') || ' packets ' || concat_ws(', and ',
    (SELECT 'go to ' || destinations || ', which they should not' FROM said s WHERE s.object = w.object AND s.node = w.node AND s.family = w.family AND deviation = 'extra'),
    (SELECT 'never go to ' || destinations FROM said s WHERE s.object = w.object AND s.node = w.node AND s.family = w.family AND deviation = 'missing')) || iif(min(condition <> ''), ', if ' || group_concat(DISTINCT condition), '') AS message,
  group_concat(DISTINCT frontend || ' ' || iif(address = '', '', iif(instr(address, ':'), '[' || address || ']', address) || ':') || port || '/' || lower(protocol)) AS frontends,
  group_concat(DISTINCT sender) AS senders,
  min(expected) AS expected,
  (SELECT group_concat(r.table_name || ' ' || r.chain || ': ' || r.text, ' | ') FROM rules r WHERE r.node = w.node AND r.family = w.family AND r.to_destination IN (
    SELECT x.value FROM wrong e, json_each(e.what) x WHERE e.object = w.object AND e.node = w.node AND e.family = w.family AND e.deviation = 'extra')) AS rules_that_send_there,
  group_concat(DISTINCT nullif(condition, '')) AS only_if,
  concat_ws('; ', 'it is not known if ' || iif(min(condition <> ''), group_concat(DISTINCT condition), NULL), group_concat(DISTINCT nullif(unsure, ''))) AS unsure
FROM wrong w
GROUP BY object, node, family
ORDER BY 1, 2
