-- code: HOOK-MISSING
-- severity: error
-- title: A chain that nothing leads to any more
-- explanation: kube-proxy's, kubelet's or portmap's chain is there, but the built-in chain no longer jumps to it, or a rule before the jump keeps packets from it: they pass by it. Something else rewrote the built-in chain.
-- fix: Restart kube-proxy (or kubelet, or the pod with the host port) to have the jump written anew; find out what flushes built-in chains: firewalld, ufw, docker, iptables-restore.
-- needs: rules, services, endpoints
-- source: kubernetes/kubernetes 129128, 107482; kube-proxy's iptablesJumpChains
WITH hooks (family, table_name, built_in, target, owner) AS (
  SELECT f.family, h.* FROM (SELECT 'ipv4' AS family UNION SELECT 'ipv6') f, (
    SELECT 'nat' AS table_name, 'PREROUTING' AS built_in, 'KUBE-SERVICES' AS target, 'kube-proxy' AS owner
    UNION ALL VALUES ('nat', 'OUTPUT', 'KUBE-SERVICES', 'kube-proxy'), ('nat', 'KUBE-SERVICES', 'KUBE-NODEPORTS', 'kube-proxy'), ('nat', 'POSTROUTING', 'KUBE-POSTROUTING', 'kube-proxy'),
      ('filter', 'FORWARD', 'KUBE-FORWARD', 'kube-proxy'), ('filter', 'FORWARD', 'KUBE-SERVICES', 'kube-proxy'),
      ('filter', 'OUTPUT', 'KUBE-SERVICES', 'kube-proxy'), ('filter', 'INPUT', 'KUBE-EXTERNAL-SERVICES', 'kube-proxy'),
      ('filter', 'INPUT', 'KUBE-NODEPORTS', 'kube-proxy'), ('filter', 'INPUT', 'KUBE-PROXY-FIREWALL', 'kube-proxy'),
      ('filter', 'OUTPUT', 'KUBE-PROXY-FIREWALL', 'kube-proxy'), ('filter', 'FORWARD', 'KUBE-PROXY-FIREWALL', 'kube-proxy'),
      ('filter', 'INPUT', 'KUBE-FIREWALL', 'kubelet'), ('filter', 'OUTPUT', 'KUBE-FIREWALL', 'kubelet'),
      ('nat', 'PREROUTING', 'CNI-HOSTPORT-DNAT', 'portmap'), ('nat', 'OUTPUT', 'CNI-HOSTPORT-DNAT', 'portmap'),
      ('nat', 'POSTROUTING', 'CNI-HOSTPORT-MASQ', 'portmap')
  ) h
),
standing AS MATERIALIZED (
  SELECT n.node, n.family, n.backend, n.table_name, n.chain, sum(n.rules) AS rules, c.started_at AS read_at
  FROM chains n
  JOIN coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node = n.node AND c.family = n.family AND c.backend IS n.backend
  WHERE n.node IS NOT NULL AND n.chain IN (SELECT target FROM hooks)
  GROUP BY n.node, n.family, n.backend, n.table_name, n.chain
),
jumps AS MATERIALIZED (
  SELECT node, family, backend, table_name, chain, target, min(text) AS text,
    -- The conditions that are the owners' own; any other keeps packets from the chain.
    max(chain = 'KUBE-SERVICES' OR source = '' AND destination = '' AND protocol = '' AND in_interface = '' AND out_interface = ''
      AND replace(replace(replace(text, '-m comment', ''), '-m addrtype --dst-type LOCAL', ''), '-m conntrack --ctstate NEW', '') NOT LIKE '%-m %') AS is_whole
  FROM rules WHERE node IS NOT NULL AND (kind = 'built-in' OR chain = 'KUBE-SERVICES') AND target IN (SELECT target FROM hooks)
  GROUP BY node, family, backend, table_name, chain, target
),
-- Where kube-proxy's nat chain is empty it does not work at all, and NAT-FLUSHED or SYNC-FAILED says so.
empty AS MATERIALIZED (SELECT node, family FROM standing WHERE table_name = 'nat' AND chain = 'KUBE-SERVICES' AND rules = 0),
-- A rule before the jump is right as long as it is about other packets: here those of several Services go wrong.
astray AS MATERIALIZED (
  SELECT node, family, iif(deviation = 'masquerade', 'POSTROUTING', iif(sender = 'node', 'OUTPUT', 'PREROUTING')) AS chain, count(DISTINCT namespace || '/' || service) AS services
  FROM deviations WHERE deviation IN ('lost', 'open', 'extra', 'masquerade') AND NOT in_flux AND condition = '' AND coalesce(what ->> 0, '') NOT GLOB '* by *'
  GROUP BY 1, 2, 3 HAVING count(DISTINCT namespace || '/' || service) > 1
),
late AS MATERIALIZED (
  SELECT b.node, b.family, b.table_name, b.chain, h.target, a.services, min(b.number) AS number, b.text
  FROM astray a JOIN rules b ON b.node = a.node AND b.family = a.family AND b.table_name = 'nat' AND b.chain = a.chain AND b.target IN ('ACCEPT', 'RETURN', 'DNAT', 'SNAT', 'MASQUERADE', 'REDIRECT', 'NETMAP')
  JOIN hooks h ON h.family = b.family AND h.table_name = 'nat' AND h.built_in = b.chain AND h.owner = 'kube-proxy'
  JOIN rules j ON j.node = b.node AND j.family = b.family AND j.backend IS b.backend AND j.table_name = 'nat' AND j.chain = b.chain AND j.target = h.target AND j.number > b.number
  GROUP BY b.node, b.family, b.chain
  UNION ALL
  -- The nat table sees only what is tracked.
  SELECT b.node, b.family, b.table_name, b.chain, 'KUBE-SERVICES', a.services, min(b.number), b.text
  FROM astray a JOIN rules b ON b.node = a.node AND b.family = a.family AND b.table_name = 'raw' AND b.chain = a.chain AND (b.target = 'NOTRACK' OR b.text LIKE '%-j CT%--notrack%')
  GROUP BY b.node, b.family, b.chain
)
SELECT
  'node/' || s.node AS object,
  s.node AS node,
  h.table_name || ' ' || h.built_in || iif(j.target IS NULL, ' does not jump to ' || h.target, ' jumps to ' || h.target || ' with some packets only') || ' (' || s.family || '), which ' || h.owner || ' has made' ||
    coalesce(': ' || j.text, '') AS message,
  h.table_name AS table_name,
  h.built_in AS chain,
  h.target AS target,
  s.rules AS rules_passed_by,
  s.read_at AS rules_read_at
FROM standing s
JOIN hooks h ON h.family = s.family AND h.table_name = s.table_name AND h.target = s.chain
LEFT JOIN jumps j ON j.node = s.node AND j.family = s.family AND j.backend IS s.backend AND j.table_name = h.table_name AND j.chain = h.built_in AND j.target = h.target
WHERE (j.target IS NULL OR NOT j.is_whole)
  -- ipvs mode has fewer jumps.
  AND NOT (h.owner = 'kube-proxy' AND EXISTS (SELECT 1 FROM chains i WHERE i.kind = 'ipvs-services' AND i.node = s.node AND i.family = s.family))
  -- An empty chain of portmap serves no host port.
  AND (h.owner <> 'portmap' OR s.rules > 0)
  AND NOT EXISTS (SELECT 1 FROM empty e WHERE e.node = s.node AND e.family = s.family)
  -- A node without any node port Service need not have the chain.
  AND (h.target <> 'KUBE-NODEPORTS' OR h.table_name <> 'nat' OR s.rules > 0)
UNION ALL
SELECT
  'node/' || l.node,
  l.node,
  l.table_name || ' ' || l.chain || ' rule ' || l.number || ' (' || l.family || ') comes before the jump to ' || l.target || ' and takes packets of ' || l.services || ' Services: ' || l.text,
  l.table_name,
  l.chain,
  l.target,
  NULL,
  NULL
FROM late l
ORDER BY 1, 3
