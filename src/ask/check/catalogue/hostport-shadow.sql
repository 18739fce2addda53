-- code: HOSTPORT-SHADOW
-- severity: warn
-- title: A program on the node listens on a port that is sent to pods
-- explanation: The node's nat rules send the port to a pod before a program on the node can see it: who connects from outside reaches the pod, not the program.
-- fix: Give the program, or the Service or pod, another port.
-- needs: pods, services, rules
-- source: k3s-io/k3s 2403, 383, 1204; klipper-lb 75
WITH bound AS MATERIALIZED (
  SELECT DISTINCT node, protocol, address, port, process FROM listeners WHERE node IS NOT NULL AND address NOT LIKE '127.%' AND address NOT IN ('::1')
),
-- What the node's own rules say, not what the objects ask for.
hosted AS (
  SELECT node, upper(protocol) AS protocol, CAST(destination_ports AS INTEGER) AS port, to_destination AS goes_to, NULL AS address, 'host port' AS what
  FROM rules WHERE node IS NOT NULL AND family = 'ipv4' AND kind = 'hostport' AND target = 'DNAT'
  UNION
  SELECT r.node, upper(r.protocol), f.port, f.namespace || '/' || f.service, f.address, 'load balancer port'
  FROM rules r JOIN frontends f ON f.kind = 'load-balancer-ip' AND r.destination = f.address || '/32' AND CAST(r.destination_ports AS INTEGER) = f.port AND lower(f.protocol) = r.protocol
  JOIN node_addresses a ON a.node = r.node AND a.address = f.address
  WHERE r.node IS NOT NULL AND r.kind = 'services' AND r.table_name = 'nat' AND r.target <> 'KUBE-MARK-MASQ'
  UNION
  -- kube-proxy before 1.24 holds the node ports itself; a listener of unknown name may be it.
  SELECT r.node, upper(r.protocol), f.port, f.namespace || '/' || f.service, NULL, 'node port'
  FROM rules r JOIN frontends f ON f.kind = 'node-port' AND CAST(r.destination_ports AS INTEGER) = f.port AND lower(f.protocol) = r.protocol
  WHERE r.node IS NOT NULL AND r.kind = 'node-ports' AND r.table_name = 'nat' AND r.target <> 'KUBE-MARK-MASQ'
)
SELECT DISTINCT
  'node/' || h.node AS object,
  h.node AS node,
  coalesce(b.process, 'a program') || ' listens on ' || b.address || ':' || b.port || '/' || b.protocol || ', but the ' || h.what || ' is sent to ' || h.goes_to AS message,
  b.process AS process,
  h.goes_to AS goes_to
FROM hosted h JOIN bound b ON b.node = h.node AND b.protocol = h.protocol AND b.port = h.port
WHERE (b.address IN ('0.0.0.0', '::') OR b.address = h.address OR h.address IS NULL AND b.address IN (SELECT address FROM node_addresses a WHERE a.node = h.node))
  AND coalesce(b.process, '') NOT LIKE '%kube-proxy%'
  AND NOT (h.what = 'node port' AND b.process IS NULL)
ORDER BY 1, 3
