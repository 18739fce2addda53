-- code: SEP-COUNT
-- severity: error
-- title: KUBE-SVC chain does not offer as many endpoints as the Service has
-- explanation: The Service's chain on the node jumps to fewer or more KUBE-SEP chains than there are endpoints to choose from.
-- fix: Compare the chain with the endpoints in the evidence; restart kube-proxy on the node to have it written anew.
-- needs: services, endpoints, rules
-- source: kube-proxy's iptables proxier (writeServiceToEndpointRules)
WITH owners (hash, namespace, service, port_name) AS MATERIALIZED (
  SELECT chain_hash, namespace, service, port_name FROM service_ports WHERE chain_hash IS NOT NULL
  UNION SELECT chain_hash_before119, namespace, service, port_name FROM service_ports WHERE chain_hash_before119 IS NOT NULL
),
-- Endpoints that came, went or changed while the nodes were read: no count is right.
in_flux AS MATERIALIZED (
  SELECT namespace, service FROM (
    SELECT DISTINCT source, namespace, service, chain, ready, serving FROM endpoint_objects WHERE source IN ('endpointslices', 'endpointslices-after')
  )
  WHERE EXISTS (SELECT 1 FROM coverage WHERE subject = 'endpointslices-after' AND status = 'complete')
  GROUP BY namespace, service, chain, ready, serving HAVING count(*) = 1
),
wanted AS MATERIALIZED (
  SELECT namespace, service, port_name, iif(instr(address, ':'), 'ipv6', 'ipv4') AS family,
    count(DISTINCT iif(ready, address || ' ' || port, NULL)) AS ready,
    count(DISTINCT iif(serving, address || ' ' || port, NULL)) AS serving,
    group_concat(iif(instr(address, ':'), '[' || address || ']', address) || ':' || port, ' ' ORDER BY address) AS endpoints,
    -- Endpoints objects alone do not say what still serves, and up to 1.20 slices mirror what was made by hand as ready.
    max(source = 'endpoints') AND (max(ready) = 0 OR max(NOT ready AND target_kind = '')) AS undecided,
    max(coalesce(hint_zones, '[]') <> '[]' OR coalesce(hint_nodes, '[]') <> '[]') AS hinted
  FROM endpoints WHERE port IS NOT NULL GROUP BY namespace, service, port_name, family
),
offered AS MATERIALIZED (
  SELECT c.chain_set, c.family, c.chain, c.hash, count(DISTINCT r.target) AS jumps
  FROM distinct_chains c
  LEFT JOIN distinct_rules r ON r.chain = c.chain AND r.chain_set = c.chain_set AND r.table_name = 'nat' AND r.target GLOB 'KUBE-SEP-*'
  -- An empty chain is CHAIN-EMPTY.
  WHERE c.kind = 'service' AND c.table_name = 'nat' AND c.complete AND c.rules > 0
  GROUP BY c.chain_set, c.chain
),
wrong AS MATERIALIZED (
  SELECT o.chain_set, o.chain, o.jumps, w.namespace, w.service, w.port_name, w.endpoints, iif(w.ready > 0, w.ready, w.serving) AS expected
  FROM offered o
  JOIN owners k ON k.hash = o.hash
  JOIN wanted w ON w.namespace = k.namespace AND w.service = k.service AND w.port_name = k.port_name AND w.family = o.family
  JOIN services s ON s.namespace = w.namespace AND s.service = w.service
  -- Endpoints for local callers, and those with topology hints, rightly differ from node to node.
  WHERE NOT w.hinted AND NOT w.undecided AND coalesce(s.internal_traffic_policy, '') <> 'Local'
    AND iif(w.ready > 0, w.ready, w.serving) <> o.jumps
    -- A list that is not whole has fewer endpoints than there are.
    AND EXISTS (
      SELECT 1 FROM coverage v WHERE v.status = 'complete' AND (v.subject = 'endpointslices' OR v.subject = 'endpoints'
        AND NOT EXISTS (SELECT 1 FROM coverage o WHERE o.subject = 'endpointslices' AND o.status <> 'failed')))
    AND NOT EXISTS (SELECT 1 FROM in_flux f WHERE f.namespace = w.namespace AND f.service = w.service)
)
SELECT
  'service/' || w.namespace || '/' || w.service || iif(w.port_name = '', '', ':' || w.port_name) AS object,
  d.node AS node,
  w.chain || ' offers ' || w.jumps || ' endpoints of ' || w.expected AS message,
  w.jumps AS offered,
  w.expected AS expected,
  w.endpoints AS endpoints
FROM wrong w JOIN chain_sets d ON d.chain_set = w.chain_set
WHERE d.node IS NOT NULL
ORDER BY 1, 2
