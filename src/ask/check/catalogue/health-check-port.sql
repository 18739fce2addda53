-- code: HEALTH-CHECK-PORT
-- severity: error
-- title: Nobody answers a load balancer's health check on a node
-- explanation: For a load balancer with externalTrafficPolicy Local kube-proxy listens on the Service's healthCheckNodePort of every node and says whether the node has endpoints. Here nobody listens, or another program does, or a rule keeps all packets from the port: the load balancer takes the node for dead, or sends to one without endpoints.
-- fix: See whether kube-proxy runs on the node, and which program has taken the port ("ss -lntp"); kube-proxy's log says that it cannot start the health server. Delete the rule that drops, or move it behind the jump to KUBE-NODEPORTS.
-- needs: services, rules, sockets-of-nodes
-- source: kube-proxy's pkg/proxy/healthcheck; Kubernetes documentation, Preserving the client source IP
WITH wanted AS MATERIALIZED (
  SELECT s.namespace, s.service, s.health_check_node_port AS port, s.created_at FROM services s
  WHERE s.type = 'LoadBalancer' AND s.external_traffic_policy = 'Local' AND s.health_check_node_port > 0
    AND (s.labels ->> '$."service.kubernetes.io/service-proxy-name"') IS NULL
),
listed AS MATERIALIZED (
  SELECT c.node, max(c.ended_at) AS read_at FROM coverage c, json_each(c.protocols) p
  WHERE c.subject = 'listeners' AND c.node IS NOT NULL AND c.pod IS NULL AND c.status = 'complete' AND p.value = 'TCP' GROUP BY c.node
),
-- Another proxy has its own way.
proxied AS MATERIALIZED (SELECT DISTINCT node FROM chains WHERE node IS NOT NULL AND table_name = 'nat' AND kind = 'services' AND rules > 0),
bound AS MATERIALIZED (
  SELECT DISTINCT node, port, process FROM listeners WHERE node IS NOT NULL AND protocol = 'TCP' AND address NOT LIKE '127.%' AND address <> '::1'
),
entering AS MATERIALIZED (
  SELECT r.node, r.family, r.backend, r.chain, r.number, r.target, r.text, r.protocol, r.destination_ports,
    -- About every packet to such ports, whoever sends it.
    r.source = '' AND r.destination = '' AND r.in_interface = '' AND r.not_understood IS NULL
      AND replace(replace(replace(replace(r.text, '-m comment', ''), '-m tcp', ''), '-m multiport', ''), '-m conntrack --ctstate NEW', '') NOT LIKE '%-m %' AS is_whole
  FROM rules r WHERE r.node IS NOT NULL AND r.table_name = 'filter' AND r.chain = 'INPUT' AND r.protocol IN ('', 'tcp')
),
-- Of INPUT itself, and of a chain that it goes to with all packets.
dropping AS MATERIALIZED (
  SELECT node, family, chain, number, text, destination_ports FROM entering WHERE is_whole AND target IN ('DROP', 'REJECT') AND protocol = 'tcp'
  UNION ALL
  SELECT e.node, e.family, r.chain, e.number, r.text, r.destination_ports FROM entering e
  JOIN rules r ON r.node = e.node AND r.family = e.family AND r.backend IS e.backend AND r.table_name = 'filter' AND r.chain = e.target
  WHERE e.is_whole AND e.protocol = '' AND r.target IN ('DROP', 'REJECT') AND r.protocol = 'tcp' AND r.source = '' AND r.destination = '' AND r.in_interface = '' AND r.not_understood IS NULL
    AND replace(replace(replace(replace(r.text, '-m comment', ''), '-m tcp', ''), '-m multiport', ''), '-m conntrack --ctstate NEW', '') NOT LIKE '%-m %'
    -- What the chain itself accepts before is left to the eye.
    AND NOT EXISTS (SELECT 1 FROM rules a WHERE a.node = r.node AND a.family = r.family AND a.backend IS r.backend AND a.table_name = 'filter' AND a.chain = r.chain
      AND coalesce(a.number < r.number, true) AND a.target NOT IN ('DROP', 'REJECT', 'LOG', '') AND (a.destination_ports = '' OR a.destination_ports = r.destination_ports))
),
refusing AS MATERIALIZED (
  SELECT d.*, CAST(substr(p.value, 1, iif(instr(p.value, ':'), instr(p.value, ':') - 1, 9)) AS INTEGER) AS first, CAST(substr(p.value, instr(p.value, ':') + 1) AS INTEGER) AS last
  FROM dropping d JOIN json_each('["' || replace(d.destination_ports, ',', '","') || '"]') p
  WHERE d.destination_ports <> '' AND d.destination_ports NOT GLOB '!*'
),
-- What is accepted before, by INPUT itself or by a chain it goes to: kube-proxy's KUBE-NODEPORTS is one.
admitted AS MATERIALIZED (
  SELECT node, family, number, destination_ports FROM entering WHERE target = 'ACCEPT' AND text NOT LIKE '%--ctstate RELATED,ESTABLISHED%'
  UNION
  SELECT e.node, e.family, e.number, a.destination_ports FROM entering e
  JOIN rules a ON a.node = e.node AND a.family = e.family AND a.backend IS e.backend AND a.table_name = 'filter' AND a.chain = e.target AND a.target NOT IN ('DROP', 'REJECT', 'RETURN', 'LOG', '')
  WHERE e.target NOT IN ('ACCEPT', 'DROP', 'REJECT', 'RETURN', 'LOG', '') AND a.protocol IN ('', 'tcp')
)
SELECT
  'service/' || w.namespace || '/' || w.service AS object,
  l.node AS node,
  iif(b.node IS NULL, 'nobody listens on its health check port ' || w.port, b.process || ' listens on its health check port ' || w.port || ', not kube-proxy') AS message,
  w.port AS health_check_node_port,
  b.process AS process,
  l.read_at AS sockets_read_at
FROM wanted w JOIN listed l JOIN proxied p ON p.node = l.node
LEFT JOIN bound b ON b.node = l.node AND b.port = w.port
WHERE (b.node IS NULL OR b.process IS NOT NULL AND b.process NOT LIKE '%kube-proxy%' AND b.process NOT LIKE '%k3s%' AND b.process NOT LIKE '%rke2%' AND b.process NOT LIKE '%k0s%' AND b.process NOT LIKE '%kubelite%')
  -- A Service just made may not have come to every node yet.
  AND NOT coalesce(julianday(w.created_at) BETWEEN julianday(l.read_at) - 30.0 / 86400 AND julianday(l.read_at) + 30.0 / 86400, 0)
  -- Two Services cannot have one port: VIP-DUP's affair.
  AND NOT EXISTS (SELECT 1 FROM bound x WHERE x.node = l.node AND x.port = w.port AND (x.process IS NULL OR x.process LIKE '%kube-proxy%'))
UNION ALL
SELECT DISTINCT
  'service/' || w.namespace || '/' || w.service,
  r.node,
  'filter ' || r.chain || ' lets nobody to its health check port ' || w.port || ' (' || r.family || '): ' || r.text,
  w.port,
  NULL,
  NULL
FROM wanted w JOIN refusing r ON w.port BETWEEN r.first AND r.last JOIN proxied p ON p.node = r.node
WHERE NOT EXISTS (
  SELECT 1 FROM admitted a WHERE a.node = r.node AND a.family = r.family AND a.number < r.number
    AND (a.destination_ports = '' OR a.destination_ports GLOB '*[^0-9]*' OR CAST(a.destination_ports AS INTEGER) = w.port))
ORDER BY 1, 2
