-- code: SVCLB-CRASH
-- severity: error
-- title: svclb container does not run
-- explanation: A container of a svclb pod is down: klipper-lb stops when IP forwarding is off, when iptables refuses its rules, or when a kernel module is missing. Its port is not served at this node.
-- fix: Read the container's log; set net.ipv4.ip_forward (and net.ipv6.conf.all.forwarding), or take a klipper-lb image whose iptables fits the node.
-- needs: pods
-- source: klipper-lb 66, 80, 83, 34; k3s-io/k3s 9949, 4400, 8809
SELECT
  'service/' || coalesce(p.labels ->> '$."svccontroller.k3s.cattle.io/svcnamespace"', p.namespace) || '/' || (p.labels ->> '$."svccontroller.k3s.cattle.io/svcname"') AS object,
  p.node AS node,
  c.container || ' of ' || p.pod || ' is ' || c.state || iif(c.reason = '', '', ': ' || c.reason) || iif(c.restarts > 0, ', restarted ' || c.restarts || ' times', '') AS message,
  p.namespace || '/' || p.pod AS pod,
  c.image AS image,
  (SELECT group_concat(q.host_port || '/' || q.protocol, ' ') FROM container_ports q
    WHERE q.namespace = c.namespace AND q.pod = c.pod AND q.container = c.container AND q.host_port > 0) AS host_ports
FROM pods p JOIN containers c ON c.namespace = p.namespace AND c.pod = p.pod
WHERE p.labels ->> '$."svccontroller.k3s.cattle.io/svcname"' IS NOT NULL AND p.deleted_at = '' AND c.kind = 'container'
  AND (c.state = 'terminated' OR c.state = 'waiting' AND c.reason NOT IN ('', 'ContainerCreating', 'PodInitializing'))
ORDER BY 1, 2, 3
