-- code: CANARY-MISSING
-- severity: warn
-- title: A canary chain is gone from a table
-- explanation: kube-proxy and kubelet keep an empty canary chain in the mangle, nat and filter tables to notice when someone flushes them. It stands in one table of the node and not in another: that table was flushed or restored from a file, and is being, or has to be, written anew.
-- fix: Look for what deletes chains on the node (firewalld reload, iptables -X, iptables-restore at boot); kube-proxy repairs its own within a sync period.
-- needs: rules
-- source: kubernetes/kubernetes 129128; iptables.Monitor of kube-proxy and kubelet
WITH standing AS MATERIALIZED (
  SELECT n.node, n.family, n.backend, n.chain, group_concat(DISTINCT n.table_name) AS tables, c.started_at AS read_at
  FROM chains n
  JOIN coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node = n.node AND c.family = n.family AND c.backend IS n.backend
  WHERE n.node IS NOT NULL AND n.kind = 'canary'
  GROUP BY n.node, n.family, n.backend, n.chain
)
SELECT
  'node/' || s.node AS object,
  s.node AS node,
  s.chain || ' is missing from the ' || s.family || ' table ' || t.name AS message,
  s.tables AS stands_in,
  s.read_at AS rules_read_at
FROM standing s JOIN (SELECT 'mangle' AS name UNION SELECT 'nat' UNION SELECT 'filter') t
-- A table of which nothing is there may not have been printed, where the command is not known.
WHERE (EXISTS (SELECT 1 FROM chains k WHERE k.node = s.node AND k.family = s.family AND k.backend IS s.backend AND k.table_name = t.name)
    OR EXISTS (SELECT 1 FROM items i WHERE i.node = s.node AND i.kind = iif(s.family = 'ipv6', 'ip6tables-save', 'iptables-save') AND i.command <> '[]'))
  AND instr(',' || s.tables || ',', ',' || t.name || ',') = 0
ORDER BY 1, 3
