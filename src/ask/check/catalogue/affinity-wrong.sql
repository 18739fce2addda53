-- code: AFFINITY-WRONG
-- severity: error
-- title: Clients are not kept to their endpoint as the Service asks
-- explanation: With sessionAffinity ClientIP each endpoint remembers its clients for some seconds, and the Service's chain asks for them before it chooses anew. Here that memory is missing, has another name or time, or a Service without affinity has it.
-- fix: Restart kube-proxy on the node to have its rules written anew; look for who edits its rules by hand.
-- needs: services, rules
-- source: kube-proxy's iptables proxier (-m recent --rcheck, --set)
WITH owners (hash, object, seconds) AS MATERIALIZED (
  SELECT h.hash, 'service/' || p.namespace || '/' || p.service || iif(p.port_name = '', '', ':' || p.port_name),
    iif(s.session_affinity = 'ClientIP', s.session_affinity_timeout, NULL)
  FROM service_ports p JOIN services s ON s.namespace = p.namespace AND s.service = p.service
  JOIN (SELECT namespace, service, port_name, protocol, chain_hash AS hash FROM service_ports
    UNION SELECT namespace, service, port_name, protocol, chain_hash_before119 FROM service_ports) h
    ON h.namespace = p.namespace AND h.service = p.service AND h.port_name = p.port_name AND h.protocol = p.protocol AND h.hash IS NOT NULL
  WHERE s.session_affinity IS NOT NULL
),
-- Chains of Services with affinity, and single rules that ask for it.
asking AS MATERIALIZED (
  SELECT d.node, d.family, r.chain, r.target, r.text, o.object, o.seconds,
    -- Of every client, and before one is chosen anew.
    instr(r.text, '--rcheck') > 0 AND r.in_interface = '' AND r.source = ''
      AND coalesce(r.number < min(iif(instr(r.text, '--rcheck') > 0, NULL, r.number)) OVER (PARTITION BY d.node, d.family, r.chain), true) AS remembers,
    instr(r.text, '--rcheck --seconds ' || o.seconds || ' ') > 0 AND instr(r.text, '--name ' || r.target || ' ') > 0 AS is_right
  FROM distinct_chains c JOIN owners o ON o.hash = c.hash AND o.seconds IS NOT NULL
  JOIN distinct_rules r ON r.chain = c.chain AND r.chain_set = c.chain_set AND r.table_name = 'nat'
  JOIN chain_sets d ON d.chain_set = c.chain_set
  WHERE d.node IS NOT NULL AND c.table_name = 'nat' AND c.kind IN ('service', 'local', 'external-local') AND r.target GLOB 'KUBE-SEP-*'
),
memory AS MATERIALIZED (
  SELECT r.node, r.family, r.chain, max(instr(r.text, '--set --name ' || r.chain || ' ') > 0) AS is_kept
  FROM (SELECT DISTINCT node, family, target FROM asking) a JOIN rules r ON r.chain = a.target AND r.node = a.node AND r.family = a.family
  WHERE r.kind = 'endpoint' AND r.target = 'DNAT'
  GROUP BY r.node, r.family, r.chain
),
wrong AS (
  SELECT node, family, object, 'does not ask for the clients of an endpoint before it chooses' AS what, target AS chain, chain || ': ' || text AS rule FROM asking a
  WHERE NOT remembers AND NOT EXISTS (SELECT 1 FROM asking b WHERE b.node = a.node AND b.family = a.family AND b.chain = a.chain AND b.target = a.target AND b.remembers)
  UNION ALL
  SELECT node, family, object, 'remembers clients under another name or for another time', target, chain || ': ' || text FROM asking WHERE remembers AND NOT is_right
  UNION ALL
  SELECT DISTINCT a.node, a.family, a.object, 'an endpoint does not remember its clients', m.chain, NULL FROM asking a JOIN memory m ON m.node = a.node AND m.family = a.family AND m.chain = a.target WHERE NOT m.is_kept
  UNION ALL
  SELECT d.node, d.family, o.object, 'keeps clients to their endpoint, and has no session affinity', r.target, r.chain || ': ' || r.text
  FROM distinct_rules r JOIN chain_sets d ON d.chain_set = r.chain_set JOIN owners o ON o.hash = substr(r.chain, -16) AND o.seconds IS NULL
  WHERE d.node IS NOT NULL AND r.kind IN ('service', 'local', 'external-local') AND r.text LIKE '%-m recent --rcheck%'
)
SELECT
  object AS object,
  node AS node,
  what AS message,
  group_concat(chain, ' ') AS endpoint_chains,
  group_concat(rule, ' | ') AS rules
FROM wrong
GROUP BY object, node, family, what
ORDER BY 1, 2, 3
