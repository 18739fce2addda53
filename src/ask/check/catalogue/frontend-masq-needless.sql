-- code: FRONTEND-MASQ-NEEDLESS
-- severity: warn
-- title: Packets to a Service lose their source and need not
-- explanation: kube-proxy keeps the source of these packets: with traffic policy Local the client's, between pods the pod's. This node's rules masquerade them, so that logs, NetworkPolicies and allow lists see the node instead.
-- fix: Follow such a packet with "snap trace" on the node: it names the rule. Where it is one of kube-proxy's own (KUBE- chains in nat and filter), restart kube-proxy to have it written anew; another rule goes only by whoever wrote it.
-- needs: services, endpoints, rules, nft
-- source: kube-proxy's iptables proxier (KUBE-MARK-MASQ, KUBE-POSTROUTING)
-- causes: NODE-ADDRESS, MASQ-MISSING, BASE-RULE-MISSING, RULE-UNREACHABLE, HOOK-MISSING, NAT-FLUSHED, SYNC-FAILED, RULE-MANGLED
-- Some CNI plugins masquerade all that pods send to other nodes.
WITH own_way AS (
  SELECT d.family FROM deviations d JOIN (SELECT family, count(*) AS nodes FROM proxies WHERE mode = 'iptables' GROUP BY family) p USING (family)
  WHERE d.deviation = 'needless' AND d.sender = 'pod' AND d.kind = 'cluster-ip'
  GROUP BY d.family
  HAVING count(*) > 0.5 * max(p.nodes) * (SELECT count(*) FROM frontends f WHERE f.kind = 'cluster-ip' AND iif(instr(f.address, ':'), 'ipv6', 'ipv4') = d.family)
)
SELECT
  object AS object,
  node AS node,
  'from ' || replace(group_concat(DISTINCT sender), ',', ', ') || ' its ' || replace(group_concat(DISTINCT frontend), ',', ', ') || ' masquerades' || iif(min(condition <> ''), ', if ' || group_concat(DISTINCT condition), '') AS message,
  group_concat(DISTINCT frontend || ' ' || iif(address = '', '', iif(instr(address, ':'), '[' || address || ']', address) || ':') || port || '/' || lower(protocol)) AS frontends,
  group_concat(DISTINCT sender) AS senders,
  min(what) AS destinations,
  group_concat(DISTINCT nullif(condition, '')) AS only_if,
  concat_ws('; ', 'it is not known if ' || iif(min(condition <> ''), group_concat(DISTINCT condition), NULL), group_concat(DISTINCT nullif(unsure, ''))) AS unsure
FROM deviations
WHERE deviation = 'needless' AND NOT in_flux AND NOT (sender = 'pod' AND family IN (SELECT family FROM own_way))
GROUP BY object, node, family
ORDER BY 1, 2, 3
