-- code: RULE-UNREACHABLE
-- severity: warn
-- title: Rules that no packet reaches
-- explanation: A rule without any condition ends the chain, and rules stand behind it; or KUBE-NODEPORTS, which must be the last jump of KUBE-SERVICES, is not. What stands behind is never asked, or asked too late.
-- fix: Move or delete the rule that ends the chain: an admin's REJECT in FORWARD belongs behind the CNI plugin's rules.
-- needs: rules
-- source: Batfish filterLineReachability; kube-proxy ("this must be the last rule in this chain"); k3s documentation
WITH ending AS MATERIALIZED (
  SELECT node, family, backend, table_name, chain, min(number) AS number FROM rules
  WHERE node IS NOT NULL AND number IS NOT NULL AND not_understood IS NULL AND target IN ('ACCEPT', 'DROP', 'REJECT', 'RETURN', 'DNAT', 'SNAT', 'MASQUERADE', 'REDIRECT')
    AND protocol = '' AND source = '' AND destination = '' AND in_interface = '' AND out_interface = ''
    AND (text GLOB '-j *' OR text GLOB '-m comment --comment *' AND replace(text, '-m comment', '') NOT LIKE '%-m %')
  GROUP BY node, family, backend, table_name, chain
),
-- The order of KUBE-SERVICES' rules is no column of rules, since it matters at this one place only.
dispatch AS MATERIALIZED (
  SELECT p.node, p.family, r.target, r.text, r.rank FROM snapshots v
  JOIN _snapshot s ON s.name = v.snapshot
  JOIN _part p ON p.snapshot = s.id AND p.subject = 'rules' AND p.node IS NOT NULL
  JOIN _part_set t ON t.part = p.id
  JOIN _chain_name n ON n.collection = t.collection AND n.chain = 'KUBE-SERVICES' AND n.table_name = 'nat'
  JOIN _rule r ON r.chain = n.id AND r.since <= t.seq AND t.seq < r.until
)
SELECT
  'node/' || r.node AS object,
  r.node AS node,
  r.table_name || ' ' || r.chain || ' (' || r.family || ') ends with rule ' || e.number || ', and ' || count(*) || ' rules stand behind it' AS message,
  (SELECT x.text FROM rules x WHERE x.node = r.node AND x.family = r.family AND x.backend IS r.backend AND x.table_name = r.table_name AND x.chain = r.chain AND x.number = e.number) AS ended_by,
  group_concat(iif(r.number <= e.number + 10, r.text, NULL), ' | ' ORDER BY r.number) AS behind
FROM ending e
JOIN rules r ON r.node = e.node AND r.family = e.family AND r.backend IS e.backend AND r.table_name = e.table_name AND r.chain = e.chain AND r.number > e.number
GROUP BY r.node, r.family, r.backend, r.table_name, r.chain
UNION ALL
SELECT
  'node/' || l.node,
  l.node,
  'nat KUBE-SERVICES (' || l.family || ') goes to KUBE-NODEPORTS before ' || count(*) || ' of its rules',
  l.text,
  group_concat(d.text, ' | ')
FROM dispatch l JOIN dispatch d ON d.node = l.node AND d.family = l.family AND d.rank > l.rank AND d.target <> 'KUBE-NODEPORTS'
WHERE l.target = 'KUBE-NODEPORTS'
GROUP BY l.node, l.family
ORDER BY 1, 3
