-- code: LOCAL-MISDETECT
-- severity: error
-- title: A node does not know its own endpoint
-- explanation: A Service with traffic policy Local is served by a node's own endpoints. The node has a ready one, and its rules do not offer it, or say that there is none: kube-proxy takes itself for another node (hostname-override), or the endpoint names another node than its pod.
-- fix: Compare kube-proxy's hostname ("--hostname-override") with the node's name, and the endpoint's nodeName with the pod's.
-- needs: services, endpoints, pods, rules
-- source: kubernetes/kubernetes 48437, 48396; weaveworks/weave 3568; cloudnativelabs/kube-router 560
WITH own AS MATERIALIZED (
  SELECT e.namespace, e.service, e.port_name, e.address, e.port, e.node, e.chain, e.chain_before119, p.chain_hash, p.chain_hash_before119,
    iif(instr(e.address, ':'), 'ipv6', 'ipv4') AS family
  FROM endpoints e
  JOIN services s ON s.namespace = e.namespace AND s.service = e.service
  JOIN service_ports p ON p.namespace = e.namespace AND p.service = e.service AND p.port_name = e.port_name AND p.protocol = e.protocol
  WHERE e.ready AND e.port IS NOT NULL AND e.node <> '' AND (s.external_traffic_policy = 'Local' OR s.internal_traffic_policy = 'Local')
    AND coalesce(e.hint_zones, '[]') = '[]' AND coalesce(e.hint_nodes, '[]') = '[]'
    AND (NOT EXISTS (SELECT 1 FROM coverage WHERE subject = 'endpointslices-after' AND status = 'complete')
      OR e.chain IN (SELECT o.chain FROM endpoint_objects o WHERE o.source = 'endpointslices-after' AND o.ready AND o.chain IS NOT NULL))
),
local_chains AS MATERIALIZED (SELECT node, family, chain, hash FROM chains WHERE node IS NOT NULL AND kind IN ('local', 'external-local') AND complete AND rules > 0),
standing AS MATERIALIZED (SELECT node, family, chain FROM chains WHERE node IS NOT NULL AND kind = 'endpoint'),
offered AS MATERIALIZED (
  SELECT DISTINCT node, family, chain, target FROM rules WHERE node IS NOT NULL AND kind IN ('local', 'external-local') AND target GLOB 'KUBE-SEP-*'
),
denied AS MATERIALIZED (
  SELECT node, family, text, substr(text, instr(text, '--comment "') + 11) AS comment FROM rules
  WHERE node IS NOT NULL AND table_name = 'filter' AND kind IN ('services', 'external-services') AND text LIKE '%has no local endpoints%'
),
wrong AS (
  SELECT o.namespace, o.service, o.port_name, o.node,
    k.chain || ' does not offer the node''s own endpoint' || iif(count(*) = 1, ' ', 's ') || group_concat(o.address || ':' || o.port, ', ' ORDER BY o.address) AS what
  FROM own o JOIN local_chains k ON k.node = o.node AND k.family = o.family AND k.hash IN (o.chain_hash, o.chain_hash_before119)
  WHERE NOT EXISTS (SELECT 1 FROM offered t WHERE t.node = o.node AND t.family = o.family AND t.chain = k.chain AND t.target IN (o.chain, o.chain_before119))
    -- A node that does not know the endpoint at all is SEP-MISSING's.
    AND EXISTS (SELECT 1 FROM standing t WHERE t.node = o.node AND t.family = o.family AND t.chain IN (o.chain, o.chain_before119))
  GROUP BY o.namespace, o.service, o.port_name, o.node, k.chain
  UNION ALL
  SELECT o.namespace, o.service, o.port_name, o.node, 'a rule says that it has no local endpoints, and ' || min(o.address) || ':' || o.port || ' is one'
  FROM own o JOIN denied d ON d.node = o.node AND d.family = o.family
    AND d.comment GLOB o.namespace || '/' || o.service || iif(o.port_name = '', '', ':' || o.port_name) || ' has no local endpoints*'
  GROUP BY o.namespace, o.service, o.port_name, o.node
  UNION ALL
  SELECT e.namespace, e.service, e.port_name, e.node, 'its endpoint ' || e.address || ' names this node, but pod ' || p.namespace || '/' || p.pod || ' runs on ' || p.node
  FROM endpoints e JOIN pods p ON p.namespace = e.pod_namespace AND p.pod = e.pod AND e.target_kind = 'Pod'
  -- Up to 1.20 a slice names the host, which need not be called as the node is.
  WHERE e.node IN (SELECT node FROM nodes) AND p.node <> '' AND e.node <> p.node AND (p.ip = e.address OR instr(p.ips, '"' || e.address || '"'))
  GROUP BY e.namespace, e.service, e.port_name, e.address
)
SELECT
  'service/' || namespace || '/' || service || iif(port_name = '', '', ':' || port_name) AS object,
  node AS node,
  what AS message
FROM wrong
ORDER BY 1, 2, 3
