-- code: SRC-RANGES
-- severity: error
-- title: Source ranges of a load balancer are not enforced
-- explanation: The Service admits only the sources in loadBalancerSourceRanges. The node's rules, or the svclb pod, let others in too, or keep some of these out.
-- fix: Restart kube-proxy on the node; for svclb take klipper-lb 0.4.4 or newer and let its pods be made anew.
-- needs: services, endpoints, pods, rules, pod-rules
-- source: klipper-lb 54, 40; kubernetes/kubernetes 86520
WITH guarded AS MATERIALIZED (
  SELECT s.namespace, s.service, p.port_name, p.protocol, p.port, p.chain_hash, p.chain_hash_before119, s.load_balancer_ips, s.load_balancer_ip_mode,
    s.load_balancer_source_ranges AS ranges
  FROM services s JOIN service_ports p ON p.namespace = s.namespace AND p.service = s.service
  WHERE s.type = 'LoadBalancer' AND coalesce(s.load_balancer_source_ranges, '[]') <> '[]'
),
entered AS MATERIALIZED (
  SELECT d.node, d.family, e.* FROM (
    SELECT r.chain_set, rtrim(rtrim(r.destination, '0123456789'), '/') AS address, CAST(r.destination_ports AS INTEGER) AS port, upper(r.protocol) AS protocol, r.target, r.text
    FROM distinct_rules r WHERE r.table_name = 'nat' AND r.kind = 'services' AND r.destination <> ''
      AND (r.target GLOB 'KUBE-SVC-*' OR r.target GLOB 'KUBE-FW-*' OR r.target GLOB 'KUBE-EXT-*' OR r.target GLOB 'KUBE-XLB-*')
  ) e
  JOIN chain_sets d ON d.chain_set = e.chain_set
  WHERE d.node IS NOT NULL AND e.address IN (SELECT a.value FROM guarded g, json_each(g.load_balancer_ips) a)
),
-- The kernel prints a range's network address, whatever the Service says: compared are the bits that count, of IPv6 only how many these are.
asked AS MATERIALIZED (
  SELECT text, iif(json_valid(bytes), bits || ' ' || ((bytes ->> 0 << 24 | bytes ->> 1 << 16 | bytes ->> 2 << 8 | bytes ->> 3) >> (32 - bits)), '/' || bits) AS network FROM (
    SELECT text, '[' || replace(substr(text, 1, instr(text, '/') - 1), '.', ',') || ']' AS bytes, CAST(substr(text, instr(text, '/') + 1) AS INTEGER) AS bits FROM (
      SELECT DISTINCT trim(x.value) AS text FROM guarded g, json_each(g.ranges) x WHERE instr(x.value, '/') > 0
      UNION SELECT DISTINCT source FROM rules WHERE node IS NOT NULL AND kind = 'firewall' AND instr(source, '/') > 0
    )
  )
),
firewall AS MATERIALIZED (
  SELECT r.node, r.family, r.chain, r.source, r.target, r.text, a.network,
    -- Every packet of the source, and to no other Service.
    r.in_interface = '' AND r.out_interface = '' AND r.protocol = '' AND (substr(r.target, -16) = substr(r.chain, -16)
      OR substr(r.target, -16) NOT IN (SELECT chain_hash FROM service_ports WHERE chain_hash IS NOT NULL))
      -- And not marked to be dropped before, as up to 1.24 all others are.
      AND NOT EXISTS (SELECT 1 FROM rules d WHERE d.chain = r.chain AND d.node = r.node AND d.family = r.family AND d.target = 'KUBE-MARK-DROP' AND d.source = '' AND d.number < r.number) AS is_whole
  FROM rules r LEFT JOIN asked a ON a.text = r.source
  WHERE r.node IS NOT NULL AND r.kind = 'firewall' AND r.target NOT IN ('', 'KUBE-MARK-MASQ', 'KUBE-MARK-DROP')
),
svclb AS MATERIALIZED (
  SELECT coalesce(p.labels ->> '$."svccontroller.k3s.cattle.io/svcnamespace"', p.namespace) AS namespace,
    p.labels ->> '$."svccontroller.k3s.cattle.io/svcname"' AS service, p.namespace AS pod_namespace, p.pod, p.node
  FROM pods p WHERE p.labels ->> '$."svccontroller.k3s.cattle.io/svcname"' IS NOT NULL AND p.deleted_at = ''
),
open AS (
  SELECT g.namespace, g.service, g.port_name, e.node, 'is entered at ' || e.address || ':' || e.port || ' through ' || e.target || ', past its KUBE-FW chain' AS what, e.text AS rule
  FROM guarded g, json_each(g.load_balancer_ips) a
  JOIN entered e ON e.address = a.value AND e.port = g.port AND e.protocol = g.protocol
  WHERE e.target NOT GLOB 'KUBE-FW-*' AND coalesce(g.load_balancer_ip_mode, '') <> 'Proxy'
    -- kube-proxy goes by the ranges of the address's family alone.
    AND EXISTS (SELECT 1 FROM json_each(g.ranges) x WHERE instr(x.value, ':') > 0 = instr(a.value, ':') > 0)
  UNION ALL
  SELECT g.namespace, g.service, g.port_name, f.node, f.chain || ' admits ' || iif(f.source = '', 'every source', f.source), f.text
  FROM guarded g JOIN firewall f ON substr(f.chain, -16) IN (g.chain_hash, g.chain_hash_before119)
  WHERE f.source = '' OR instr(g.ranges, '"' || f.source || '"') = 0
    AND NOT EXISTS (SELECT 1 FROM json_each(g.load_balancer_ips) a WHERE f.source IN (a.value || '/32', a.value || '/128'))
    AND NOT EXISTS (SELECT 1 FROM json_each(g.ranges) x JOIN asked a ON a.text = trim(x.value) WHERE a.network = f.network AND instr(f.source, ':') > 0 = instr(x.value, ':') > 0)
  UNION ALL
  SELECT g.namespace, g.service, g.port_name, k.node, k.chain || ' admits nobody from ' || x.value, NULL
  FROM guarded g, json_each(g.ranges) x JOIN chains k ON k.kind = 'firewall' AND k.node IS NOT NULL AND k.complete AND k.rules > 0 AND k.hash IN (g.chain_hash, g.chain_hash_before119)
  WHERE instr(x.value, ':') > 0 = (k.family = 'ipv6')
    AND NOT EXISTS (SELECT 1 FROM firewall f WHERE f.node = k.node AND f.family = k.family AND f.chain = k.chain AND f.is_whole
      -- The kernel prints no source at all for every source.
      AND (f.source = '' OR f.source = trim(x.value) OR f.network = (SELECT a.network FROM asked a WHERE a.text = trim(x.value)) OR instr(x.value, '/') = 0))
  UNION ALL
  -- From 1.25 on another chain drops those who come no further.
  SELECT g.namespace, g.service, g.port_name, e.node, 'nothing drops what ' || e.target || ' does not admit at ' || e.address || ':' || e.port, e.text
  FROM guarded g, json_each(g.load_balancer_ips) a
  JOIN entered e ON e.address = a.value AND e.port = g.port AND e.protocol = g.protocol AND e.target GLOB 'KUBE-FW-*'
  WHERE EXISTS (SELECT 1 FROM chains k WHERE k.node = e.node AND k.family = e.family AND k.kind = 'proxy-firewall' AND k.complete)
    AND NOT EXISTS (SELECT 1 FROM rules d WHERE d.node = e.node AND d.family = e.family AND d.kind = 'proxy-firewall' AND d.target = 'DROP'
      AND (d.destination = '' OR rtrim(rtrim(d.destination, '0123456789'), '/') = e.address) AND (d.destination_ports = '' OR CAST(d.destination_ports AS INTEGER) = e.port))
    AND NOT EXISTS (SELECT 1 FROM firewall f WHERE f.node = e.node AND f.family = e.family AND f.chain = e.target AND f.target = 'DROP')
  UNION ALL
  SELECT g.namespace, g.service, g.port_name, b.node, b.pod || ' runs ' || c.image || ', which knows no source ranges', NULL
  FROM guarded g JOIN svclb b ON b.namespace = g.namespace AND b.service = g.service
  JOIN containers c ON c.namespace = b.pod_namespace AND c.pod = b.pod
  JOIN container_ports t ON t.namespace = c.namespace AND t.pod = c.pod AND t.container = c.container AND t.host_port = g.port
  WHERE c.image GLOB '*klipper-lb:v0.[0-3].*'
  UNION ALL
  SELECT DISTINCT g.namespace, g.service, g.port_name, b.node, b.pod || ' sends port ' || g.port || ' on without dropping other sources', NULL
  FROM guarded g JOIN svclb b ON b.namespace = g.namespace AND b.service = g.service
  JOIN coverage v ON v.subject = 'rules' AND v.status = 'complete' AND v.namespace = b.pod_namespace AND v.pod = b.pod
  -- CROSS: the few pods first, not every DNAT of every node.
  CROSS JOIN rules d ON d.namespace = b.pod_namespace AND d.pod = b.pod AND d.container IS v.container AND d.family = v.family AND d.target = 'DNAT' AND CAST(d.destination_ports AS INTEGER) = g.port
  WHERE NOT EXISTS (
      SELECT 1 FROM rules r WHERE r.namespace = b.pod_namespace AND r.pod = b.pod AND r.container IS v.container AND r.family = v.family
        AND r.table_name = 'filter' AND r.chain = 'FORWARD' AND r.target IN ('DROP', 'REJECT'))
    AND NOT EXISTS (SELECT 1 FROM containers c WHERE c.namespace = b.pod_namespace AND c.pod = b.pod AND c.image GLOB '*klipper-lb:v0.[0-3].*')
)
SELECT DISTINCT
  'service/' || o.namespace || '/' || o.service || iif(o.port_name = '', '', ':' || o.port_name) AS object,
  o.node AS node,
  o.what AS message,
  (SELECT min(g.ranges) FROM guarded g WHERE g.namespace = o.namespace AND g.service = o.service) AS source_ranges,
  o.rule AS rule
FROM open o
ORDER BY 1, 2, 3
