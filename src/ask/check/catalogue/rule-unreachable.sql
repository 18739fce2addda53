-- code: RULE-UNREACHABLE
-- severity: warn
-- title: Rules that no packet reaches
-- explanation: A rule without any condition ends the chain, and rules stand behind it; or KUBE-NODEPORTS, which must be the last jump of KUBE-SERVICES, is not. What stands behind is never asked, or asked too late.
-- fix: Move or delete the rule that ends the chain: an admin's REJECT in FORWARD belongs behind the CNI plugin's rules.
-- needs: rules
-- source: Batfish filterLineReachability; kube-proxy ("this must be the last rule in this chain"); k3s documentation
WITH ending AS MATERIALIZED (
  SELECT chain_set, table_name, chain, min(number) AS number FROM distinct_rules
  WHERE number IS NOT NULL AND not_understood IS NULL AND target IN ('ACCEPT', 'DROP', 'REJECT', 'RETURN', 'DNAT', 'SNAT', 'MASQUERADE', 'REDIRECT')
    AND protocol = '' AND source = '' AND destination = '' AND in_interface = '' AND out_interface = ''
    AND (text GLOB '-j *' OR text GLOB '-m comment --comment *' AND replace(text, '-m comment', '') NOT LIKE '%-m %')
  GROUP BY chain_set, table_name, chain
),
-- The order of KUBE-SERVICES' rules is no column of rules, since it matters at this one place only.
dispatch AS MATERIALIZED (
  SELECT x.chain_set, r.target, r.text, r.rank FROM (SELECT number AS chain_set, collection, seq FROM _version WHERE number IN (SELECT chain_set FROM chain_sets WHERE node IS NOT NULL)) x
  JOIN _chain_name n ON n.collection = x.collection AND n.chain = 'KUBE-SERVICES' AND n.table_name = 'nat'
  JOIN _rule r ON r.chain = n.id AND r.since <= x.seq AND x.seq < r.until
)
SELECT
  'node/' || d.node AS object,
  d.node AS node,
  r.table_name || ' ' || r.chain || ' (' || d.family || ') ends with rule ' || e.number || ', and ' || count(*) || ' rules stand behind it' AS message,
  (SELECT x.text FROM distinct_rules x WHERE x.chain = r.chain AND x.chain_set = r.chain_set AND x.table_name = r.table_name AND x.number = e.number) AS ended_by,
  group_concat(iif(r.number <= e.number + 10, r.text, NULL), ' | ' ORDER BY r.number) AS behind
FROM ending e
JOIN distinct_rules r ON r.chain = e.chain AND r.chain_set = e.chain_set AND r.table_name = e.table_name AND r.number > e.number
JOIN chain_sets d ON d.chain_set = e.chain_set
WHERE d.node IS NOT NULL
  -- kube-proxy's own ends are never bare: the match of such a rule is lost, and RULE-MANGLED says so.
  AND NOT (r.chain = 'KUBE-POSTROUTING' AND e.number = 1)
  -- What a listing without -v does not show may tell the rules apart.
  AND NOT EXISTS (SELECT 1 FROM coverage c WHERE c.subject = 'rules' AND c.node = d.node AND c.family = d.family AND c.detail LIKE '%without -v%')
GROUP BY d.node, d.family, d.backend, r.table_name, r.chain
UNION ALL
SELECT
  'node/' || s.node,
  s.node,
  'nat KUBE-SERVICES (' || s.family || ') goes to KUBE-NODEPORTS before ' || count(*) || ' of its rules',
  l.text,
  group_concat(d.text, ' | ')
FROM dispatch l JOIN dispatch d ON d.chain_set = l.chain_set AND d.rank > l.rank AND d.target <> 'KUBE-NODEPORTS'
JOIN chain_sets s ON s.chain_set = l.chain_set
WHERE l.target = 'KUBE-NODEPORTS' AND s.node IS NOT NULL
GROUP BY s.node, s.family
ORDER BY 1, 3
