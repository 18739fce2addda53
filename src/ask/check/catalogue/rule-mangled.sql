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
  table_name || ' ' || chain || ' (' || family || ') ' || iif(text LIKE '%unsupported revision%' OR text LIKE '%UNKNOWN %' OR text LIKE '%unknown argument%',
    'has an option that this iptables does not know', 'drops every packet: the match of this rule is lost') || ': ' || text AS message,
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
)
ORDER BY 1, 3
