-- code: HOSTPORT-DUP
-- severity: error
-- title: Host port that is sent to two pods
-- explanation: Two of portmap's chains take the same port of the node, and the first in CNI-HOSTPORT-DNAT wins: often the chain of a pod that is gone, left behind when the node went down.
-- fix: Delete the jump to the stale chain (iptables -t nat -D CNI-HOSTPORT-DNAT …), or flush CNI-HOSTPORT-DNAT and restart the pods with host ports.
-- needs: rules, pods
-- source: containernetworking/plugins 683, 752; containers/podman 5097; rkt 1163
WITH jumps AS MATERIALIZED (
  SELECT node, family, backend, target, min(number) AS place FROM rules
  WHERE node IS NOT NULL AND chain = 'CNI-HOSTPORT-DNAT' AND target GLOB 'CNI-DN-*' GROUP BY node, family, backend, target
),
sent AS MATERIALIZED (
  SELECT DISTINCT r.node, r.family, r.backend, upper(r.protocol) AS protocol, r.destination, r.destination_ports AS port, r.to_destination, j.place,
    trim(rtrim(rtrim(r.to_destination, '0123456789'), ':'), '[]') AS address
  FROM rules r JOIN jumps j ON j.node = r.node AND j.family = r.family AND j.backend IS r.backend AND j.target = r.chain
  WHERE r.kind = 'hostport' AND r.target = 'DNAT'
),
live AS MATERIALIZED (SELECT ip, min(namespace || '/' || pod) AS pod FROM pods WHERE ip <> '' AND phase IN ('Running', 'Pending') AND NOT host_network GROUP BY ip)
SELECT
  'node/' || s.node AS object,
  s.node AS node,
  'port ' || s.port || '/' || s.protocol || iif(s.destination = '', '', ' of ' || s.destination) || ' is sent to ' ||
    group_concat(s.to_destination || coalesce(' (' || l.pod || ')', ''), ', then to ' ORDER BY s.place) || ': the first wins' AS message,
  s.port || '/' || s.protocol AS host_port,
  group_concat(s.to_destination, ' ' ORDER BY s.place) AS destinations,
  sum(l.pod IS NULL) AS destinations_of_no_pod
FROM sent s LEFT JOIN live l ON l.ip = s.address
GROUP BY s.node, s.family, s.backend, s.protocol, s.destination, s.port
HAVING count(DISTINCT s.to_destination) > 1
ORDER BY 1, 3
