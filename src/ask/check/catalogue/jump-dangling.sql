-- code: JUMP-DANGLING
-- severity: error
-- title: Jump to a chain that does not exist
-- explanation: A rule jumps to a chain that its table does not have. The kernel refuses such rules, so the dump was changed or cut after it was made.
-- fix: Collect the node again; if it stays, compare with "iptables-save" on the node.
-- needs: rules
-- source: kube-proxy's own invariant (checkIPTablesRuleJumps)
WITH extensions (name) AS (
  VALUES ('ACCEPT'), ('DROP'), ('QUEUE'), ('RETURN'), ('AUDIT'), ('CHECKSUM'), ('CLASSIFY'), ('CLUSTERIP'), ('CONNMARK'), ('CONNSECMARK'),
    ('CT'), ('DNAT'), ('DNPT'), ('DSCP'), ('ECN'), ('HL'), ('HMARK'), ('IDLETIMER'), ('LED'), ('LOG'), ('MARK'), ('MASQUERADE'), ('NETMAP'),
    ('NFLOG'), ('NFQUEUE'), ('NOTRACK'), ('RATEEST'), ('REDIRECT'), ('REJECT'), ('SECMARK'), ('SET'), ('SNAT'), ('SNPT'), ('SYNPROXY'),
    ('TCPMSS'), ('TCPOPTSTRIP'), ('TEE'), ('TOS'), ('TPROXY'), ('TRACE'), ('TTL'), ('ULOG'), ('MIRROR'), ('SAME')
)
SELECT
  coalesce('node/' || r.node, 'pod/' || r.namespace || '/' || r.pod) AS object,
  r.node AS node,
  r.table_name || ' ' || r.chain || ' jumps to ' || r.target || ', which does not exist' AS message,
  r.table_name AS table_name,
  r.chain AS chain,
  r.number AS rule_number,
  r.text AS rule
FROM rules r
JOIN coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node IS r.node AND c.namespace IS r.namespace AND c.pod IS r.pod
  AND c.container IS r.container AND c.family = r.family AND c.backend IS r.backend
WHERE r.target <> '' AND r.target NOT IN (SELECT name FROM extensions)
  AND NOT EXISTS (
    SELECT 1 FROM chains n WHERE n.chain = r.target AND n.table_name = r.table_name AND n.node IS r.node AND n.namespace IS r.namespace
      AND n.pod IS r.pod AND n.container IS r.container AND n.family = r.family AND n.backend IS r.backend)
ORDER BY 1, 3
