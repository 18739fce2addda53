-- code: RULE-MANGLED
-- severity: warn
-- title: Rule that the node's iptables cannot read back
-- explanation: A rule was written by a newer or other iptables than the one that printed it: an option is shown as unsupported, or is lost. Whoever saves and restores such rules makes them wrong, up to dropping everything.
-- fix: Use one version of iptables in all images and on the node; never restore from this output.
-- needs: rules
-- source: kubernetes/kubernetes 94754, 95409, 112477, 114537; k3s-io/k3s 7096
SELECT DISTINCT
  'node/' || node AS object,
  node AS node,
  table_name || ' ' || chain || ' (' || family || ') ' || CASE
    WHEN text LIKE '%unsupported revision%' OR text LIKE '%UNKNOWN %' OR text LIKE '%unknown argument%' THEN 'has an option that this iptables does not know'
    WHEN kind IN ('services', 'node-ports') THEN 'has lost the port of this rule, which kube-proxy always writes'
    WHEN kind = 'postrouting' THEN 'has lost the mark of this rule, without which it ends the chain'
    WHEN kind = 'endpoint' THEN 'has no whole endpoint in this rule'
    ELSE 'drops every packet: the match of this rule is lost' END || ': ' || text AS message,
  table_name AS table_name,
  chain AS chain,
  number AS rule_number,
  text AS rule
FROM rules
WHERE node IS NOT NULL AND (
  text LIKE '%unsupported revision%' OR text LIKE '%UNKNOWN match%' OR text LIKE '%UNKNOWN target%'
  -- iptables 1.8.8 printed, and restored, kubelet's rule without its mark.
  OR kind IN ('kubelet-firewall', 'forward', 'proxy-firewall') AND target = 'DROP' AND source = '' AND destination = '' AND protocol = ''
    AND in_interface = '' AND out_interface = '' AND replace(text, '-m comment', '') NOT LIKE '%-m %' AND not_understood IS NULL
  -- The shapes of src/model/lost-parts.ts: an iptables that does not know how another keeps a match prints the rule without it.
  OR kind = 'services' AND destination_ports = '' AND not_understood IS NULL
    AND (text GLOB '*--comment "* cluster IP"*' OR text GLOB '*--comment "* external IP"*' OR text GLOB '*--comment "* loadbalancer IP"*' OR text GLOB '*--comment "* has no *endpoints"*')
  OR table_name = 'nat' AND kind = 'node-ports' AND destination_ports = '' AND target GLOB 'KUBE-*-*' AND target <> 'KUBE-MARK-MASQ' AND not_understood IS NULL
  OR kind = 'postrouting' AND number = 1 AND target IN ('RETURN', 'MASQUERADE') AND text NOT LIKE '%--mark %' AND text NOT LIKE '%--match-set %' AND not_understood IS NULL
  OR kind = 'endpoint' AND target = 'DNAT' AND (to_destination NOT GLOB '*:[1-9]*' OR text LIKE '%--to-destination %--to-destination %')
)
ORDER BY 1, 3
