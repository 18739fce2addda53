-- code: HOSTPORT-STALE
-- severity: warn
-- title: Host port that is sent to no pod
-- explanation: portmap's rule for a port of the node sends to an address that no listed pod has: the pod is gone and its rule was left behind, and takes the port from whoever has it next.
-- fix: Look whether a pod was made between the two times in the evidence; else delete the jump to the chain from CNI-HOSTPORT-DNAT.
-- needs: rules, pods
-- source: containernetworking/plugins 683; rke 3440; calico 3412
WITH jumps AS MATERIALIZED (
  SELECT DISTINCT node, family, target FROM rules WHERE node IS NOT NULL AND chain = 'CNI-HOSTPORT-DNAT' AND target GLOB 'CNI-DN-*'
),
sent AS MATERIALIZED (
  SELECT r.node, r.family, r.chain, upper(r.protocol) AS protocol, r.destination_ports AS port, r.to_destination,
    trim(rtrim(rtrim(r.to_destination, '0123456789'), ':'), '[]') AS address
  FROM rules r JOIN jumps j ON j.node = r.node AND j.family = r.family AND j.target = r.chain
  WHERE r.kind = 'hostport' AND r.target = 'DNAT'
)
SELECT
  'node/' || s.node AS object,
  s.node AS node,
  'port ' || group_concat(s.port || '/' || s.protocol, ', ' ORDER BY s.port) || ' is sent to ' || s.address || ', which is no pod''s address' AS message,
  s.chain AS chain,
  c.ended_at AS pods_listed_at,
  (SELECT max(v.started_at) FROM coverage v WHERE v.subject = 'rules' AND v.node = s.node) AS rules_read_at
FROM sent s JOIN coverage c ON c.subject = 'pods' AND c.status = 'complete'
WHERE NOT EXISTS (SELECT 1 FROM pods p, json_each(p.ips) a WHERE a.value = s.address AND p.phase NOT IN ('Succeeded', 'Failed'))
  AND NOT EXISTS (SELECT 1 FROM pods p WHERE p.ip = s.address AND p.phase NOT IN ('Succeeded', 'Failed'))
GROUP BY s.node, s.family, s.chain, s.address
ORDER BY 1, 3
