-- code: RULES-HALVED
-- severity: error
-- title: A node has lost half of its rules
-- explanation: The node's dump has less than half of the rules it had in the earlier snapshot. Nothing that kube-proxy does from one day to the next does that, but a flush, a failed sync or the removal of a large part of the cluster.
-- fix: Look at what is gone with "snap diff", and at who flushed the tables.
-- needs: rules
-- source: an example to start from
WITH counted AS (
  SELECT 'before' AS side, node, family, backend, sum(rules) AS rules FROM before.chains WHERE node IS NOT NULL GROUP BY node, family, backend
  UNION ALL SELECT 'after', node, family, backend, sum(rules) FROM after.chains WHERE node IS NOT NULL GROUP BY node, family, backend
)
SELECT
  'node/' || b.node AS object,
  b.node AS node,
  'has ' || coalesce(a.rules, 0) || ' ' || b.family || ' rules, had ' || b.rules AS message,
  b.rules AS rules_before,
  coalesce(a.rules, 0) AS rules_after
FROM counted b
JOIN after.coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node = b.node AND c.family = b.family AND c.backend IS b.backend
LEFT JOIN counted a ON a.side = 'after' AND a.node = b.node AND a.family = b.family AND a.backend IS b.backend
WHERE b.side = 'before' AND coalesce(a.rules, 0) < b.rules / 2.0
ORDER BY 1
