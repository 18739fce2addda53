-- code: HOSTPORT-MASQ
-- severity: error
-- title: Connections to a host port keep a source that cannot be answered
-- explanation: portmap marks what a pod's own network and the node itself (127.0.0.1) send to a host port, and masquerades what is marked. A piece of it is missing here, as other host ports of the same network have it: a pod that calls its own host port, or a program on the node that calls localhost, gets no answer.
-- fix: Delete the pod to have the CNI plugin run again; look for who edits or flushes portmap's chains.
-- needs: rules, pods
-- causes: NAT-FLUSHED, HOSTPORT-MISSING
-- source: containernetworking/plugins portmap (fillDnatRules, genSetMarkChain, genMarkMasqChain)
WITH jumps AS MATERIALIZED (
  -- The network's name, from portmap's comment.
  SELECT DISTINCT r.node, r.family, r.target, iif(instr(r.text, 'dnat name: '), substr(r.text, instr(r.text, 'dnat name: '), instr(r.text, ' id: ') - instr(r.text, 'dnat name: ')), '') AS network
  FROM rules r JOIN coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node = r.node AND c.family = r.family AND c.backend IS r.backend
  WHERE r.node IS NOT NULL AND r.chain = 'CNI-HOSTPORT-DNAT' AND r.target GLOB 'CNI-DN-*'
),
sent AS MATERIALIZED (
  SELECT r.node, r.family, j.network, r.chain, r.number, r.protocol, r.destination, r.destination_ports AS port, r.to_destination,
    trim(rtrim(rtrim(r.to_destination, '0123456789'), ':'), '[]') AS address
  FROM rules r JOIN jumps j ON j.node = r.node AND j.family = r.family AND j.target = r.chain
  WHERE r.kind = 'hostport' AND r.target = 'DNAT'
),
marking AS MATERIALIZED (
  SELECT r.node, r.family, r.chain, r.number, r.protocol, r.destination, r.destination_ports AS port, r.source,
    CAST(substr(r.source, instr(r.source, '/') + 1) AS INTEGER) AS bits, rtrim(substr(r.source, 1, instr(r.source, '/') - 1), '0123456789') AS first_three
  FROM rules r WHERE r.node IS NOT NULL AND r.kind = 'hostport' AND r.target = 'CNI-HOSTPORT-SETMARK' AND r.in_interface = '' AND r.out_interface = '' AND r.not_understood IS NULL
),
-- A mark behind the DNAT is never set. Of a source that is a network only what can be told by its first bytes is.
judged AS MATERIALIZED (
  SELECT s.*,
    coalesce(max(m.source = '' OR m.source NOT GLOB '127.*' AND m.source NOT GLOB '!*' AND (s.family = 'ipv6' OR m.bits < 16
      OR m.bits < 24 AND instr(s.address, rtrim(rtrim(m.first_three, '.'), '0123456789')) = 1 OR m.bits >= 24 AND instr(s.address, m.first_three) = 1)), 0) AS from_network,
    coalesce(max(m.source = '' OR m.source GLOB '127.*'), 0) AS from_node
  FROM sent s LEFT JOIN marking m ON m.node = s.node AND m.family = s.family AND m.chain = s.chain AND m.number < s.number
    AND m.protocol IN ('', s.protocol) AND m.port IN ('', s.port) AND m.destination IN ('', s.destination)
  GROUP BY s.node, s.family, s.chain, s.number
),
-- Without the plugin's setting "snat" none is.
usual AS MATERIALIZED (SELECT family, network, sum(from_network) AS from_network, sum(from_node) AS from_node FROM judged GROUP BY family, network),
-- What a pod left behind is HOSTPORT-STALE's.
owned AS MATERIALIZED (
  SELECT a.value AS address, min('pod/' || p.namespace || '/' || p.pod) AS pod FROM pods p, json_each(p.ips) a
  WHERE NOT p.host_network AND p.phase IN ('Running', 'Pending') AND p.deleted_at = '' GROUP BY a.value HAVING count(*) = 1
),
masks AS MATERIALIZED (
  SELECT m.node, m.family,
    max(EXISTS (SELECT 1 FROM rules q WHERE q.node = m.node AND q.family = m.family AND q.table_name = 'nat' AND q.chain = 'CNI-HOSTPORT-MASQ' AND q.target = 'MASQUERADE' AND q.source = '' AND q.destination = '' AND q.out_interface = ''
      AND m.target = 'MARK' AND instr(q.text, '--mark ' || substr(m.text, instr(m.text, '0x'))) > 0)) AS is_met
  FROM rules m WHERE m.node IS NOT NULL AND m.table_name = 'nat' AND m.chain = 'CNI-HOSTPORT-SETMARK' AND m.target = 'MARK' AND m.source = '' AND m.destination = '' AND m.in_interface = '' AND m.protocol = '' GROUP BY m.node, m.family
),
wrong AS (
  SELECT o.pod AS object, j.node, j.family, j.chain,
    'what its own network sends to host port ' || group_concat(j.port || '/' || j.protocol, ', ' ORDER BY j.number) || ' of ' || j.address || ' is not masqueraded' AS what
  FROM judged j JOIN usual u ON u.family = j.family AND u.network = j.network JOIN owned o ON o.address = j.address
  WHERE NOT j.from_network AND u.from_network > 0 GROUP BY j.node, j.family, j.chain, j.address
  UNION ALL
  SELECT o.pod, j.node, j.family, j.chain,
    'what 127.0.0.1 sends to host port ' || group_concat(j.port || '/' || j.protocol, ', ' ORDER BY j.number) || ' of ' || j.address || ' is not masqueraded'
  FROM judged j JOIN usual u ON u.family = j.family AND u.network = j.network JOIN owned o ON o.address = j.address
  WHERE NOT j.from_node AND u.from_node > 0 GROUP BY j.node, j.family, j.chain, j.address
  UNION ALL
  SELECT 'node/' || k.node, k.node, k.family, 'CNI-HOSTPORT-SETMARK', iif(m.node IS NULL, 'CNI-HOSTPORT-SETMARK marks nothing', 'CNI-HOSTPORT-MASQ does not masquerade what CNI-HOSTPORT-SETMARK marks')
  FROM (SELECT DISTINCT node, family FROM judged WHERE from_network) k LEFT JOIN masks m ON m.node = k.node AND m.family = k.family
  WHERE coalesce(m.is_met, 0) = 0
)
SELECT
  object AS object,
  node AS node,
  what AS message,
  chain AS chain,
  family AS family
FROM wrong
ORDER BY 1, 2, 3
