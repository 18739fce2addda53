-- code: HOSTPORT-STALE
-- severity: warn
-- title: Host port rules that a pod left behind
-- explanation: portmap's rules for a port of the node send to an address that no listed pod has, or stand twice for one pod: their pod is gone, mostly since the node went down, and the rules stay and take the port from whoever has it next.
-- fix: Look whether a pod was made between the two times in the evidence; else delete the jumps to the stale chains from CNI-HOSTPORT-DNAT, the chains whose counters stand still.
-- needs: rules, pods
-- source: containernetworking/plugins 683; rke 3440; calico 3412
WITH jumps AS MATERIALIZED (
  SELECT DISTINCT node, family, target FROM rules WHERE node IS NOT NULL AND chain = 'CNI-HOSTPORT-DNAT' AND target GLOB 'CNI-DN-*'
),
sent AS MATERIALIZED (
  SELECT DISTINCT r.node, r.family, r.chain, upper(r.protocol) AS protocol, r.destination, CAST(r.destination_ports AS INTEGER) AS port, r.to_destination,
    trim(rtrim(rtrim(r.to_destination, '0123456789'), ':'), '[]') AS address
  FROM rules r JOIN jumps j ON j.node = r.node AND j.family = r.family AND j.target = r.chain
  WHERE r.kind = 'hostport' AND r.target = 'DNAT'
),
held (address) AS MATERIALIZED (
  SELECT a.value FROM pods p, json_each(p.ips) a WHERE coalesce(p.phase, '') NOT IN ('Succeeded', 'Failed')
  UNION SELECT ip FROM pods WHERE coalesce(phase, '') NOT IN ('Succeeded', 'Failed')
),
twice AS (
  SELECT node, family, address, protocol, destination, port, group_concat(chain, ' ' ORDER BY chain) AS chains FROM sent
  GROUP BY node, family, protocol, destination, port, to_destination HAVING count(DISTINCT chain) > 1
),
wrong AS (
  SELECT node, 'port ' || group_concat(DISTINCT port || '/' || protocol) || ' is sent to ' || address || ', which is no pod''s address' AS what, group_concat(DISTINCT chain) AS chains
  FROM sent WHERE address NOT IN (SELECT address FROM held) AND EXISTS (SELECT 1 FROM coverage WHERE subject = 'pods' AND status = 'complete')
  GROUP BY node, family, address
  UNION ALL
  SELECT node, 'port ' || group_concat(DISTINCT port || '/' || protocol) || ' is sent to ' || address || ' by more than one chain: all but one are left behind', min(chains)
  FROM twice WHERE address IN (SELECT address FROM held) GROUP BY node, family, address
)
SELECT
  'node/' || w.node AS object,
  w.node AS node,
  w.what AS message,
  w.chains AS chains,
  (SELECT max(ended_at) FROM coverage WHERE subject = 'pods') AS pods_listed_at,
  (SELECT max(v.started_at) FROM coverage v WHERE v.subject = 'rules' AND v.node = w.node) AS rules_read_at
FROM wrong w
ORDER BY 1, 3
