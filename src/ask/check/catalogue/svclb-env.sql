-- code: SVCLB-ENV
-- severity: error
-- title: svclb pod forwards elsewhere than its Service is
-- explanation: A svclb container takes the Service's address and port when it starts, and keeps them. What it was given, or the rules it made, are not the Service's address and port of now.
-- fix: Delete the svclb pod to have a new one made; if it comes back the same, restart the k3s server.
-- needs: services, pods, pod-rules
-- source: klipper-lb entry script; k3s servicelb
WITH svclb AS MATERIALIZED (
  SELECT s.namespace, s.service, p.namespace AS pod_namespace, p.pod, p.node, s.cluster_ips, s.external_traffic_policy
  FROM pods p JOIN services s ON s.service = p.labels ->> '$."svccontroller.k3s.cattle.io/svcname"'
    AND s.namespace = coalesce(p.labels ->> '$."svccontroller.k3s.cattle.io/svcnamespace"', p.namespace)
  WHERE p.labels ->> '$."svccontroller.k3s.cattle.io/svcname"' IS NOT NULL AND p.deleted_at = '' AND s.type = 'LoadBalancer'
),
given AS (
  SELECT b.*, c.container, coalesce(c.environment ->> '$.DEST_IPS', c.environment ->> '$.DEST_IP') AS addresses,
    CAST(c.environment ->> '$.DEST_PORT' AS INTEGER) AS port, CAST(c.environment ->> '$.SRC_PORT' AS INTEGER) AS source_port,
    upper(coalesce(c.environment ->> '$.DEST_PROTO', 'TCP')) AS protocol
  FROM svclb b JOIN containers c ON c.namespace = b.pod_namespace AND c.pod = b.pod
),
-- Since 2023 a Service with externalTrafficPolicy Local is sent to its node port at the node's own address.
told AS (
  SELECT g.*, 'was started to send to ' || g.addresses || ' port ' || g.port AS what FROM given g
  WHERE g.addresses <> '' AND EXISTS (
      SELECT 1 FROM json_each('["' || replace(replace(g.addresses, ' ', ','), ',', '","') || '"]') a
      WHERE a.value <> '' AND instr(g.cluster_ips, '"' || a.value || '"') = 0)
    OR g.port > 0 AND NOT EXISTS (
      SELECT 1 FROM service_ports t WHERE t.namespace = g.namespace AND t.service = g.service AND t.protocol = g.protocol
        AND (t.port = g.port OR g.external_traffic_policy = 'Local' AND t.node_port = g.port))
),
sends AS MATERIALIZED (
  SELECT DISTINCT b.namespace, b.service, b.pod_namespace, b.pod, b.node, b.cluster_ips, b.external_traffic_policy, r.container, upper(r.protocol) AS protocol,
    r.destination_ports, r.to_destination, CAST(ltrim(substr(r.to_destination, length(rtrim(r.to_destination, '0123456789')) + 1)) AS INTEGER) AS port,
    trim(rtrim(rtrim(r.to_destination, '0123456789'), ':'), '[]') AS address
  FROM svclb b JOIN rules r ON r.namespace = b.pod_namespace AND r.pod = b.pod
  WHERE r.table_name = 'nat' AND r.chain = 'PREROUTING' AND r.target = 'DNAT'
),
made AS (
  SELECT x.*, 'sends port ' || x.destination_ports || '/' || x.protocol || ' to ' || x.to_destination AS what FROM sends x
  WHERE NOT EXISTS (
    SELECT 1 FROM service_ports t WHERE t.namespace = x.namespace AND t.service = x.service AND t.protocol = x.protocol
      AND (t.port = x.port AND instr(x.cluster_ips, '"' || x.address || '"') OR x.external_traffic_policy = 'Local' AND t.node_port = x.port))
),
-- The containers of a pod share its rules: each dump has them all.
unmade AS (
  SELECT g.namespace, g.service, g.pod_namespace, g.pod, g.node, 'has no rule for port ' || g.source_port || '/' || g.protocol AS what
  FROM given g
  JOIN coverage v ON v.subject = 'rules' AND v.status = 'complete' AND v.namespace = g.pod_namespace AND v.pod = g.pod AND v.container = g.container AND v.family = 'ipv4'
  JOIN containers c ON c.namespace = g.pod_namespace AND c.pod = g.pod AND c.container = g.container AND c.state = 'running'
  WHERE g.source_port > 0
    AND NOT EXISTS (SELECT 1 FROM sends x WHERE x.pod_namespace = g.pod_namespace AND x.pod = g.pod AND x.protocol = g.protocol AND CAST(x.destination_ports AS INTEGER) = g.source_port)
    -- IPv6-only pods have their rules in the other family; an nft dump of a legacy pod shows none at all.
    AND (EXISTS (SELECT 1 FROM sends x WHERE x.pod_namespace = g.pod_namespace AND x.pod = g.pod)
      OR EXISTS (SELECT 1 FROM chains k WHERE k.namespace = g.pod_namespace AND k.pod = g.pod AND k.table_name = 'nat' AND k.family = 'ipv4')
        AND NOT EXISTS (SELECT 1 FROM items i WHERE i.namespace = g.pod_namespace AND i.pod = g.pod AND i.stderr LIKE '%tables-legacy tables present%')
        AND g.cluster_ips NOT LIKE '%:%')
),
-- Without it the answers go past the node.
bare AS (
  SELECT DISTINCT x.namespace, x.service, x.pod_namespace, x.pod, x.node, 'masquerades nothing of what it sends on' AS what FROM sends x
  JOIN coverage v ON v.subject = 'rules' AND v.status = 'complete' AND v.namespace = x.pod_namespace AND v.pod = x.pod AND v.container = x.container
  WHERE NOT EXISTS (SELECT 1 FROM rules r WHERE r.namespace = x.pod_namespace AND r.pod = x.pod AND r.table_name = 'nat' AND r.chain = 'POSTROUTING' AND r.target IN ('MASQUERADE', 'SNAT'))
),
shut AS (
  SELECT DISTINCT x.namespace, x.service, x.pod_namespace, x.pod, x.node, 'drops by the policy of FORWARD what it sends on' AS what FROM sends x
  JOIN chains k ON k.namespace = x.pod_namespace AND k.pod = x.pod AND k.container = x.container AND k.table_name = 'filter' AND k.chain = 'FORWARD' AND k.policy = 'DROP' AND k.complete
  WHERE NOT EXISTS (SELECT 1 FROM rules r WHERE r.namespace = x.pod_namespace AND r.pod = x.pod AND r.container = x.container AND r.table_name = 'filter' AND r.chain = 'FORWARD' AND r.target <> 'DROP')
)
SELECT DISTINCT
  'service/' || namespace || '/' || service AS object,
  node AS node,
  pod || ' ' || what || iif(what LIKE 'sends %' OR what LIKE 'was started%', ', which is not the Service''s', '') AS message,
  pod_namespace || '/' || pod AS pod,
  (SELECT s.cluster_ips FROM services s WHERE s.namespace = w.namespace AND s.service = w.service) AS cluster_ips,
  (SELECT group_concat(t.port || iif(t.node_port > 0, ':' || t.node_port, '') || '/' || t.protocol, ' ') FROM service_ports t
    WHERE t.namespace = w.namespace AND t.service = w.service) AS service_ports
FROM (
  SELECT namespace, service, pod_namespace, pod, node, what FROM told
  UNION SELECT namespace, service, pod_namespace, pod, node, what FROM made
  UNION SELECT namespace, service, pod_namespace, pod, node, what FROM unmade
  UNION SELECT namespace, service, pod_namespace, pod, node, what FROM bare
  UNION SELECT namespace, service, pod_namespace, pod, node, what FROM shut
) w
ORDER BY 1, 2, 3
