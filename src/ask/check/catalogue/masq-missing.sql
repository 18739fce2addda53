-- code: MASQ-MISSING
-- severity: error
-- title: Service packets leave the node without masquerading
-- explanation: kube-proxy marks packets that have to come back through the node, and KUBE-POSTROUTING masquerades what is marked. A piece of it is missing: answers take another way and the connection hangs, mostly for a pod that reaches itself through its Service, or for clients outside.
-- fix: Restart kube-proxy on the node to have its rules written anew; compare --cluster-cidr on the nodes.
-- needs: rules, services, pods
-- causes: SEP-STALE
-- source: kubernetes/kubernetes 36835, 44916, 91545
WITH owners (hash, namespace, service, port_name) AS MATERIALIZED (
  SELECT chain_hash, namespace, service, port_name FROM service_ports WHERE chain_hash IS NOT NULL
  UNION SELECT chain_hash_before119, namespace, service, port_name FROM service_ports WHERE chain_hash_before119 IS NOT NULL
),
programmed AS MATERIALIZED (
  SELECT n.node, n.family, n.backend FROM chains n
  JOIN coverage c ON c.subject = 'rules' AND c.status = 'complete' AND c.node = n.node AND c.family = n.family AND c.backend IS n.backend
  WHERE n.table_name = 'nat' AND n.kind = 'services' AND n.rules > 0
),
marking AS MATERIALIZED (
  SELECT r.chain_set, r.chain, r.kind, r.number, r.source, rtrim(rtrim(r.destination, '0123456789'), '/') AS address, r.destination_ports AS port, r.protocol FROM distinct_rules r
  WHERE r.table_name = 'nat' AND r.target = 'KUBE-MARK-MASQ' AND r.in_interface = ''
),
marked_chains AS MATERIALIZED (SELECT DISTINCT chain_set, chain FROM marking WHERE kind IN ('endpoint', 'service', 'external')),
unmarked AS MATERIALIZED (
  SELECT r.chain_set, r.chain, r.to_destination FROM distinct_rules r
  -- The mark is the endpoint's own, and set before DNAT ends the chain.
  LEFT JOIN marking m ON m.chain_set = r.chain_set AND m.chain = r.chain AND m.number < r.number AND m.protocol IN ('', r.protocol)
    AND m.source IN ('', trim(rtrim(rtrim(r.to_destination, '0123456789'), ':'), '[]') || iif(r.to_destination GLOB '[[]*', '/128', '/32'))
  WHERE r.kind = 'endpoint' AND r.target = 'DNAT' AND m.chain IS NULL
),
-- Entries to a Service that nothing in their own set of chains masquerades.
entries AS MATERIALIZED (
  SELECT * FROM (
    SELECT r.chain_set, r.target, rtrim(rtrim(r.destination, '0123456789'), '/') AS address, r.destination_ports AS port, r.protocol
    FROM distinct_rules r WHERE r.table_name = 'nat' AND r.kind = 'services' AND r.target GLOB 'KUBE-SVC-*' AND r.destination <> ''
  ) e
  WHERE NOT EXISTS (SELECT 1 FROM marked_chains m WHERE m.chain_set = e.chain_set AND m.chain = e.target)
    AND NOT EXISTS (SELECT 1 FROM marking s WHERE s.chain_set = e.chain_set AND s.kind = 'services' AND s.address = e.address AND s.port = e.port AND s.protocol = e.protocol)
    -- Up to 1.23 the way in by a load balancer IP is masqueraded in its KUBE-FW chain, and other ways in above the jump.
    AND e.address IN (SELECT address FROM frontends WHERE kind = 'cluster-ip')
),
-- Without --cluster-cidr there is no such rule for any Service of the node.
marking_nodes AS MATERIALIZED (
  SELECT DISTINCT d.node, d.family FROM (SELECT DISTINCT chain_set FROM marking WHERE kind = 'services' AND source GLOB '!*' OR kind = 'service') m
  JOIN chain_sets d ON d.chain_set = m.chain_set WHERE d.node IS NOT NULL
),
wrong AS (
  SELECT n.node, n.family, NULL AS hash, 'KUBE-POSTROUTING masquerades nothing' AS what, NULL AS chain FROM programmed n
  WHERE NOT EXISTS (SELECT 1 FROM rules r WHERE r.node = n.node AND r.family = n.family AND r.table_name = 'nat' AND r.kind = 'postrouting' AND r.target = 'MASQUERADE')
  UNION ALL
  SELECT r.node, r.family, NULL, 'KUBE-POSTROUTING leaves what is marked before it masquerades: ' || r.text, NULL FROM rules r
  WHERE r.node IS NOT NULL AND r.table_name = 'nat' AND r.kind = 'postrouting' AND r.target = 'RETURN' AND r.text LIKE '-m mark --mark 0x%'
  UNION ALL
  SELECT n.node, n.family, NULL, 'KUBE-MARK-MASQ marks nothing', NULL FROM programmed n
  WHERE NOT EXISTS (SELECT 1 FROM rules r WHERE r.node = n.node AND r.family = n.family AND r.table_name = 'nat' AND r.kind = 'masquerade-mark' AND r.target = 'MARK')
  UNION ALL
  SELECT m.node, m.family, NULL, 'KUBE-MARK-MASQ sets another mark than KUBE-POSTROUTING looks for', NULL
  FROM rules m JOIN rules p ON p.node = m.node AND p.family = m.family AND p.backend IS m.backend AND p.table_name = 'nat' AND p.kind = 'postrouting' AND p.text LIKE '%--mark 0x%'
  WHERE m.node IS NOT NULL AND m.table_name = 'nat' AND m.kind = 'masquerade-mark' AND m.target = 'MARK'
    AND instr(p.text, '--mark ' || substr(m.text, instr(m.text, '0x'))) = 0
  UNION ALL
  -- An endpoint that reaches itself through its Service.
  SELECT d.node, d.family, substr(min(j.chain), -16), u.to_destination || ' is not masqueraded when it reaches itself', u.chain
  FROM unmarked u JOIN chain_sets d ON d.chain_set = u.chain_set AND d.node IS NOT NULL
  JOIN rules j ON j.node = d.node AND j.family = d.family AND j.table_name = 'nat' AND j.target = u.chain
  GROUP BY d.node, d.family, u.chain, u.to_destination
  UNION ALL
  SELECT d.node, d.family, substr(e.target, -16), 'clients outside of the pod network are not masqueraded at ' || e.address || ':' || e.port, e.target
  FROM entries e JOIN chain_sets d ON d.chain_set = e.chain_set JOIN marking_nodes k ON k.node = d.node AND k.family = d.family
  WHERE NOT EXISTS (
    SELECT 1 FROM rules r WHERE r.chain = e.target AND r.node = d.node AND r.family = d.family AND r.table_name = 'nat' AND r.target = 'KUBE-MARK-MASQ')
  UNION ALL
  -- What it does not take for a pod's is masqueraded, and has no way around traffic policies.
  SELECT p.node, p.family, NULL, 'kube-proxy takes ' || p.pod_network || ' for the pod network, and all ' || p.pods || ' pods of the node are outside of it', NULL
  FROM proxies p WHERE p.pods > 1 AND p.pods_outside = p.pods
  UNION ALL
  SELECT d.node, d.family, c.hash, c.chain || ' does not masquerade clients outside', c.chain FROM distinct_chains c
  JOIN chain_sets d ON d.chain_set = c.chain_set AND d.node IS NOT NULL
  JOIN owners k ON k.hash = c.hash JOIN services s ON s.namespace = k.namespace AND s.service = k.service
  WHERE c.kind = 'external' AND c.complete AND c.rules > 0 AND coalesce(s.external_traffic_policy, '') <> 'Local'
    AND NOT EXISTS (SELECT 1 FROM marked_chains m WHERE m.chain_set = c.chain_set AND m.chain = c.chain)
)
SELECT
  coalesce('service/' || k.namespace || '/' || k.service || iif(k.port_name = '', '', ':' || k.port_name), iif(w.hash IS NULL, 'node/' || w.node, 'chain/' || w.chain)) AS object,
  w.node AS node,
  w.what AS message,
  w.chain AS chain,
  w.family AS family
FROM wrong w LEFT JOIN owners k ON k.hash = w.hash
JOIN (SELECT DISTINCT node, family FROM programmed) n ON n.node = w.node AND n.family = w.family
ORDER BY 1, 2, 3
