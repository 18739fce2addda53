-- code: HOSTPORT-MISSING
-- severity: error
-- title: Pod's host port without a rule on its node
-- explanation: The pod runs and asks for a port of its node, and portmap's rule that sends it there is not on the node: somebody flushed the nat table, or the CNI plugin failed. Connections to that port find nobody.
-- fix: Delete the pod to have the CNI plugin run again; find out what flushes the nat table (firewalld reload, iptables -F).
-- needs: pods, rules, nft
-- source: containernetworking/plugins 512; rancher/rke2 10469; openshift/origin 17464
-- causes: NAT-FLUSHED
WITH asking AS MATERIALIZED (SELECT namespace, pod, protocol, port, host_port, host_ip FROM container_ports WHERE host_port > 0),
running AS MATERIALIZED (
  SELECT p.namespace, p.pod, p.node, a.value AS address FROM pods p, json_each(p.ips) a
  WHERE NOT p.host_network AND p.phase = 'Running' AND p.deleted_at = '' AND p.node <> ''
),
wanted AS MATERIALIZED (
  SELECT DISTINCT p.namespace, p.pod, p.node, p.address, iif(instr(p.address, ':'), 'ipv6', 'ipv4') AS family, c.protocol, c.port, c.host_port,
    iif(c.host_ip IN ('', '0.0.0.0', '::'), '', c.host_ip || iif(instr(c.host_ip, ':'), '/128', '/32')) AS destination
  FROM asking c JOIN running p ON p.namespace = c.namespace AND p.pod = c.pod
  WHERE c.host_ip = '' OR instr(c.host_ip, ':') > 0 = instr(p.address, ':') > 0
),
seen AS MATERIALIZED (
  SELECT c.node, c.family, max(c.started_at) AS read_at FROM coverage c
  WHERE c.subject = 'rules' AND c.node IS NOT NULL GROUP BY c.node, c.family
  HAVING min(c.status = 'complete')
    -- A dump that says that there are rules of the other backend is no proof without those.
    AND (count(DISTINCT c.backend) > 1 OR NOT EXISTS (
      SELECT 1 FROM items i WHERE i.node = c.node AND i.kind = iif(c.family = 'ipv6', 'ip6tables-save', 'iptables-save')
        AND i.stderr LIKE '%tables-legacy tables present%'))
),
jumps AS MATERIALIZED (SELECT DISTINCT node, family, target, protocol, destination_ports FROM rules
  WHERE node IS NOT NULL AND chain = 'CNI-HOSTPORT-DNAT' AND source = '' AND destination = '' AND in_interface = '' AND out_interface = ''),
sent AS MATERIALIZED (
  SELECT DISTINCT r.node, r.family, upper(r.protocol) AS protocol, CAST(r.destination_ports AS INTEGER) AS port, r.to_destination, r.destination FROM rules r
  JOIN jumps j ON j.node = r.node AND j.family = r.family AND j.target = r.chain AND j.protocol IN ('', r.protocol)
    AND (j.destination_ports = '' OR instr(',' || j.destination_ports || ',', ',' || r.destination_ports || ',') OR instr(j.destination_ports, ':'))
  WHERE r.node IS NOT NULL AND r.kind = 'hostport' AND r.target = 'DNAT' AND r.source = '' AND r.in_interface = '' AND r.out_interface = ''
)
SELECT
  'pod/' || w.namespace || '/' || w.pod AS object,
  w.node AS node,
  'no rule for host port ' || group_concat(w.host_port || '/' || w.protocol, ', ' ORDER BY w.host_port) || ' to ' || w.address AS message,
  (SELECT max(ended_at) FROM coverage WHERE subject = 'pods') AS pods_listed_at,
  n.read_at AS rules_read_at
FROM wanted w JOIN seen n ON n.node = w.node AND n.family = w.family
WHERE NOT EXISTS (
    SELECT 1 FROM sent s WHERE s.node = w.node AND s.family = w.family AND s.protocol = w.protocol AND s.port = w.host_port
      AND s.destination IN ('', w.destination) AND s.to_destination IN (w.address || ':' || w.port, '[' || w.address || ']:' || w.port))
  -- Another CNI plugin, or portmap on nftables, has its rules elsewhere.
  AND EXISTS (SELECT 1 FROM sent s WHERE s.family = w.family)
GROUP BY w.namespace, w.pod, w.node, w.address
ORDER BY 1, 2
