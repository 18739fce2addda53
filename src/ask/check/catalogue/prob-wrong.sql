-- code: PROB-WRONG
-- severity: error
-- title: Endpoints do not get equal shares
-- explanation: Of n jumps to endpoints the first must match with probability 1/n, the next with 1/(n-1), the last always. Here one does not: some endpoints get more than their share, or connections fall through unanswered.
-- fix: Restart kube-proxy on the node to have the chain written anew; look for who edits its rules by hand.
-- needs: rules
-- source: kube-proxy's iptables proxier (probability); kubernetes/kubernetes 37932
WITH owners (hash, namespace, service, port_name) AS MATERIALIZED (
  SELECT chain_hash, namespace, service, port_name FROM service_ports WHERE chain_hash IS NOT NULL
  UNION SELECT chain_hash_before119, namespace, service, port_name FROM service_ports WHERE chain_hash_before119 IS NOT NULL
),
jumps AS MATERIALIZED (
  SELECT chain_set, chain, number, target, probability,
    row_number() OVER (PARTITION BY chain_set, chain ORDER BY number) AS place,
    count(*) OVER (PARTITION BY chain_set, chain) AS places
  FROM distinct_rules
  WHERE kind IN ('service', 'local', 'external-local') AND target GLOB 'KUBE-SEP-*'
    -- A client remembered by session affinity is sent on before the choice is made.
    AND text NOT LIKE '%-m recent %--rcheck%'
),
wrong AS MATERIALIZED (
  SELECT j.*, iif(j.place = j.places, NULL, 1.0 / (j.places - j.place + 1)) AS expected FROM jumps j
  -- kube-proxy before 1.19 wrote five digits, the kernel rounds to 31 bits.
  WHERE iif(j.place = j.places, j.probability IS NOT NULL, j.probability IS NULL OR abs(j.probability - 1.0 / (j.places - j.place + 1)) > 0.00001)
)
SELECT
  coalesce('service/' || p.namespace || '/' || p.service || iif(p.port_name = '', '', ':' || p.port_name), 'chain/' || j.chain) AS object,
  d.node AS node,
  CASE
    WHEN j.expected IS NULL THEN 'the last of ' || j.places || ' endpoints is chosen with probability ' || j.probability || ' instead of always: connections fall through'
    WHEN j.probability IS NULL THEN 'endpoint ' || j.place || ' of ' || j.places || ' is always chosen: those after it get nothing'
    ELSE 'endpoint ' || j.place || ' of ' || j.places || ' is chosen with probability ' || j.probability || ' instead of ' || round(j.expected, 5)
  END || iif(count(*) > 1, ', and ' || (count(*) - 1) || ' more', '') AS message,
  j.chain AS chain,
  min(j.number) AS rule_number,
  j.target AS target,
  j.probability AS probability,
  j.expected AS expected
FROM wrong j
JOIN distinct_chains c ON c.chain = j.chain AND c.chain_set = j.chain_set AND c.table_name = 'nat' AND c.complete
JOIN chain_sets d ON d.chain_set = j.chain_set AND d.node IS NOT NULL
LEFT JOIN owners p ON p.hash = substr(j.chain, -16)
GROUP BY d.node, d.family, d.backend, j.chain
ORDER BY 1, 2
