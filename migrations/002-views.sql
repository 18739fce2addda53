-- What people query. Every column says in a comment what it means; `snap schema` prints these comments.
-- One rule for all: NULL is "the snapshot does not say"; '' or 0 or [] is "known to be none".

CREATE VIEW snapshots AS -- One row a snapshot in the store.
SELECT
  s.name AS snapshot, -- its name: the UTC time at which it was begun
  s.id AS id, -- its number, in the order of import
  s.started_at AS taken_at, -- when it was begun, UTC
  s.ended_at AS ended_at, -- when its last item was read, UTC
  s.cluster AS cluster, -- the cluster's name
  s.cluster_uid AS cluster_uid, -- UID of the kube-system namespace, which no other cluster shares
  (SELECT count(*) FROM _item i WHERE i.snapshot = s.id) AS items, -- how many things were asked for
  (SELECT count(*) FROM _item i WHERE i.snapshot = s.id AND i.error IS NOT NULL) AS failed, -- how many of them failed
  (SELECT count(*) FROM _issue i WHERE i.snapshot = s.id) AS issues, -- what went wrong or was not understood
  s.pasted AS pasted, -- 1: made of pasted terminal text, most of the cluster is unknown
  s.tool AS tool, -- the program that collected it
  s.source AS source, -- the folder or file it was imported from
  s.imported_at AS imported_at -- when it was imported, UTC
FROM _snapshot s;

CREATE VIEW items AS -- One row a command of a collection run, with what came of it (the manifest).
SELECT
  s.name AS snapshot, -- the snapshot
  i.path AS path, -- file inside the snapshot; NULL where the command left none
  i.kind AS kind, -- what the bytes are: services, iptables-save, sockets-ss, ...
  i.node AS node, -- the node asked
  i.namespace AS namespace, -- the pod's namespace
  i.pod AS pod, -- the pod asked
  i.container AS container, -- the container asked
  i.backend AS backend, -- legacy or nft, where one of them was asked by name
  i.command AS command, -- the command, a JSON list of words
  i.started_at AS started_at, -- UTC
  i.ended_at AS ended_at, -- UTC
  i.exit_code AS exit_code, -- NULL: it never ended by itself
  i.error AS error, -- why the item is missing or not whole; NULL when it is whole
  i.stderr AS stderr, -- what it said besides
  i.bytes AS bytes, -- size before compression
  i.sha256 AS sha256 -- of the bytes before compression
FROM _item i JOIN _snapshot s ON s.id = i.snapshot;

CREATE VIEW coverage AS -- What a snapshot knows: one row a subject that was read, partly read, or not readable.
SELECT
  s.name AS snapshot, -- the snapshot
  p.subject AS subject, -- services, endpoints, pods, rules, listeners, addresses, sysctls, connections, ...
  p.node AS node, -- for rules, listeners, addresses and routes of a node
  p.namespace AS namespace, -- for rules and listeners of a pod; for pasted listings the namespace listed
  p.pod AS pod, -- for rules and listeners of a pod
  p.container AS container, -- for rules and listeners of a pod
  p.family AS family, -- ipv4 or ipv6, for rules
  p.backend AS backend, -- legacy or nft, for rules
  p.status AS status, -- complete, partial (what is not listed is unknown), failed (nothing is known)
  p.detail AS detail, -- why it is partial or failed
  p.protocols AS protocols, -- for listeners the protocols that were listed in full, JSON list; of others nothing is known
  p.started_at AS started_at, -- when reading it began, UTC
  p.ended_at AS ended_at -- when it ended, UTC
FROM _part p JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW issues AS -- What went wrong in collection and what import did not understand.
SELECT
  s.name AS snapshot, -- the snapshot
  i.phase AS phase, -- collect or import
  i.path AS path, -- file inside the snapshot
  i.node AS node, -- the node concerned
  i.namespace AS namespace, -- the pod's namespace
  i.pod AS pod, -- the pod concerned
  i.container AS container, -- the container concerned
  i.line AS line, -- line of the file, from 1
  i.object AS object, -- the API object or chain concerned
  i.message AS message, -- what is wrong
  i.text AS text -- the text that was not understood
FROM _issue i JOIN _snapshot s ON s.id = i.snapshot
UNION ALL
SELECT s.name, 'import', NULL, p.node, p.namespace, p.pod, p.container, NULL, n.table_name || ' ' || n.chain, r.not_understood, r.text
FROM _run x
JOIN _rule r ON r.run = x.id AND r.not_understood IS NOT NULL
JOIN _chain_name n ON n.id = r.chain
JOIN _part_set t ON t.collection = n.collection AND r.since <= t.seq AND t.seq < r.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot
-- Mostly no form is odd, and then no rule is looked at.
WHERE x.shape IN (SELECT o.shape FROM _rule_form f JOIN _shape_rule o ON o.form = f.id WHERE f.not_understood IS NOT NULL);

CREATE VIEW nodes AS -- The cluster's nodes as the API lists them.
SELECT
  s.name AS snapshot, -- the snapshot
  x.node AS node, -- name
  x.ready AS ready, -- True, False or Unknown, as its Ready condition says
  x.unschedulable AS unschedulable, -- 1 when cordoned
  (SELECT json_group_array(a.value ->> 'address') FROM json_each(x.addresses) a WHERE a.value ->> 'type' = 'InternalIP') AS internal_ips, -- JSON list
  (SELECT json_group_array(a.value ->> 'address') FROM json_each(x.addresses) a WHERE a.value ->> 'type' = 'ExternalIP') AS external_ips, -- JSON list
  x.pod_cidrs AS pod_cidrs, -- JSON list
  x.kubelet_version AS kubelet_version, -- v1.20.2
  x.kube_proxy_version AS kube_proxy_version, -- as the node reports it (kubelets from 1.33 on no longer do)
  x.os_image AS os_image, -- operating system
  x.kernel_version AS kernel_version, -- kernel
  x.container_runtime AS container_runtime, -- containerd://1.6.20
  x.labels AS labels, -- JSON object
  x.addresses AS addresses, -- status.addresses, JSON list of {type, address}
  x.created_at AS created_at -- UTC
FROM _node x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW node_addresses AS -- Every address of every node, from the API and from the node's own interfaces.
SELECT
  s.name AS snapshot, -- the snapshot
  x.node AS node, -- the node
  a.value ->> 'address' AS address, -- the address
  a.value ->> 'type' AS type, -- InternalIP or ExternalIP as the API lists it; Interface as the node shows it
  NULL AS interface, -- the interface that bears it; NULL where the node's listing does not tell, and for what the API lists
  NULL AS prefix_length -- of its network
FROM _node x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot
JOIN json_each(x.addresses) a
WHERE a.value ->> 'type' IN ('InternalIP', 'ExternalIP')
UNION ALL
SELECT s.name, p.node, x.address, 'Interface', x.interface, x.prefix_length
FROM _interface_address x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW routes AS -- The routes of each node's main table.
SELECT
  s.name AS snapshot, -- the snapshot
  p.node AS node, -- the node
  x.destination AS destination, -- network in CIDR notation
  x.gateway AS gateway, -- next hop; NULL where the network is on the link
  x.interface AS interface, -- where the packet leaves
  x.type AS type, -- unicast, blackhole, unreachable, local, ...
  x.source AS source -- preferred source address
FROM _route x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW namespaces AS -- The cluster's namespaces.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- name
  x.phase AS phase, -- Active or Terminating
  x.labels AS labels -- JSON object
FROM _namespace x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW services AS -- The cluster's Services.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.service AS service, -- name
  x.type AS type, -- ClusterIP, NodePort, LoadBalancer or ExternalName
  x.cluster_ip AS cluster_ip, -- None for a headless Service
  x.cluster_ips AS cluster_ips, -- JSON list, one a family
  x.external_ips AS external_ips, -- spec.externalIPs, JSON list
  x.external_name AS external_name, -- DNS name an ExternalName Service stands for
  x.load_balancer_ips AS load_balancer_ips, -- addresses in the Service's status, JSON list
  x.load_balancer_hostnames AS load_balancer_hostnames, -- host names in its status, JSON list
  x.load_balancer_ip_mode AS load_balancer_ip_mode, -- VIP or Proxy; '' means VIP
  x.load_balancer_class AS load_balancer_class, -- who provides the load balancer
  x.load_balancer_source_ranges AS load_balancer_source_ranges, -- CIDRs allowed in, JSON list; [] means all
  x.external_traffic_policy AS external_traffic_policy, -- Cluster or Local; '' means Cluster
  x.internal_traffic_policy AS internal_traffic_policy, -- Cluster or Local; '' means Cluster
  x.traffic_distribution AS traffic_distribution, -- PreferClose, PreferSameZone, PreferSameNode or ''
  x.session_affinity AS session_affinity, -- None or ClientIP
  x.session_affinity_timeout AS session_affinity_timeout, -- seconds; 0 without affinity
  x.publish_not_ready_addresses AS publish_not_ready_addresses, -- 1: endpoints count before they are ready
  x.health_check_node_port AS health_check_node_port, -- 0 without
  x.ip_families AS ip_families, -- IPv4, IPv6, JSON list
  x.selector AS selector, -- JSON object; {} means endpoints are made by hand
  x.labels AS labels, -- JSON object
  x.annotations AS annotations, -- the few the collector keeps, JSON object
  x.uid AS uid, -- UID
  x.created_at AS created_at -- UTC
FROM _service x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW service_ports AS -- The ports of the Services.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.service AS service, -- the Service
  x.port_name AS port_name, -- '' for an unnamed port
  x.protocol AS protocol, -- TCP, UDP or SCTP
  x.port AS port, -- port at the Service's addresses
  x.target_port AS target_port, -- number, or name of a container port
  x.node_port AS node_port, -- 0 without
  x.chain_hash AS chain_hash, -- what ends the names of its KUBE-SVC, -FW, -EXT, -SVL and -XLB chains
  x.chain_hash_before119 AS chain_hash_before119 -- the same for kube-proxy up to 1.18, where it differs (unnamed ports)
FROM _service_port x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW fronts AS -- Every address and port at which a Service is reached.
SELECT
  x.snapshot AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.service AS service, -- the Service
  x.port_name AS port_name, -- '' for an unnamed port
  x.protocol AS protocol, -- TCP, UDP or SCTP
  f.kind AS kind, -- cluster-ip, external-ip, load-balancer-ip or node-port
  f.address AS address, -- the address; '' for a node port, which every node's own addresses have
  iif(f.kind = 'node-port', x.node_port, x.port) AS port, -- the port there
  x.chain_hash AS chain_hash -- what ends the names of its chains
FROM service_ports x
JOIN (
  SELECT s.snapshot, s.namespace, s.service, 'cluster-ip' AS kind, a.value AS address
  -- Of a pasted Service only the first address is known.
  FROM services s, json_each(coalesce(s.cluster_ips, json_array(s.cluster_ip))) a WHERE a.value NOT IN ('', 'None')
  UNION ALL
  SELECT s.snapshot, s.namespace, s.service, 'external-ip', a.value FROM services s, json_each(s.external_ips) a
  UNION ALL
  SELECT s.snapshot, s.namespace, s.service, 'load-balancer-ip', a.value FROM services s, json_each(s.load_balancer_ips) a
  UNION ALL
  SELECT s.snapshot, s.namespace, s.service, 'node-port', '' FROM services s WHERE s.type IN ('NodePort', 'LoadBalancer')
) f USING (snapshot, namespace, service)
WHERE f.kind <> 'node-port' OR x.node_port > 0;

CREATE VIEW endpoint_objects AS -- Every address in every EndpointSlice and Endpoints object, as listed, each time it was listed.
SELECT
  s.name AS snapshot, -- the snapshot
  p.subject AS source, -- endpointslices (listed before the node dumps), endpointslices-after, or endpoints
  x.namespace AS namespace, -- namespace
  x.service AS service, -- the Service it belongs to
  x.object AS object, -- name of the EndpointSlice or Endpoints object
  x.port_name AS port_name, -- '' for an unnamed port
  x.protocol AS protocol, -- TCP, UDP or SCTP
  x.address AS address, -- the endpoint's address
  x.port AS port, -- the endpoint's port; NULL where the object names none
  x.ready AS ready, -- 1 when ready for traffic
  x.serving AS serving, -- 1 when it would answer, terminating or not
  x.terminating AS terminating, -- 1 when its pod is being deleted
  x.node AS node, -- node it runs on
  x.zone AS zone, -- zone it runs in
  x.target_kind AS target_kind, -- Pod, or '' for a hand-made endpoint
  x.target_namespace AS target_namespace, -- namespace of the pod behind it
  x.target_name AS target_name, -- the pod behind it
  x.target_uid AS target_uid, -- UID of the pod behind it
  x.hint_zones AS hint_zones, -- zones it is meant for, JSON list
  x.hint_nodes AS hint_nodes, -- nodes it is meant for, JSON list
  x.chain AS chain, -- name of its KUBE-SEP chain
  x.chain_before119 AS chain_before119 -- the same for kube-proxy up to 1.18, where it differs (unnamed ports)
FROM _endpoint x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW endpoints AS -- What kube-proxy goes by: the EndpointSlices' addresses, each once; Endpoints objects where no slice was listed.
SELECT
  o.snapshot AS snapshot, -- the snapshot
  o.namespace AS namespace, -- namespace
  o.service AS service, -- the Service
  o.port_name AS port_name, -- '' for an unnamed port
  o.protocol AS protocol, -- TCP, UDP or SCTP
  o.address AS address, -- the endpoint's address
  o.port AS port, -- the endpoint's port
  max(o.ready) AS ready, -- 1 when ready for traffic
  max(o.serving) AS serving, -- 1 when it would answer, terminating or not
  min(o.terminating) AS terminating, -- 1 when its pod is being deleted
  o.node AS node, -- node it runs on
  o.zone AS zone, -- zone it runs in
  o.target_kind AS target_kind, -- Pod, or '' for a hand-made endpoint
  o.target_namespace AS pod_namespace, -- namespace of the pod behind it
  o.target_name AS pod, -- the pod behind it
  o.hint_zones AS hint_zones, -- zones it is meant for, JSON list
  o.hint_nodes AS hint_nodes, -- nodes it is meant for, JSON list
  o.chain AS chain, -- name of its KUBE-SEP chain
  o.chain_before119 AS chain_before119, -- the same for kube-proxy up to 1.18, where it differs
  o.source AS source -- endpointslices or endpoints
FROM endpoint_objects o
WHERE o.source = 'endpointslices'
  OR o.source = 'endpoints' AND NOT EXISTS (
    SELECT 1 FROM coverage c WHERE c.snapshot = o.snapshot AND c.subject = 'endpointslices' AND c.status <> 'failed')
GROUP BY o.snapshot, o.namespace, o.service, o.port_name, o.protocol, o.address, o.port;

CREATE VIEW pods AS -- The cluster's pods.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.pod AS pod, -- name
  x.node AS node, -- node it was scheduled to; '' for none yet
  x.ip AS ip, -- its address
  x.ips AS ips, -- its addresses, one a family, JSON list
  x.host_network AS host_network, -- 1: it has the node's own addresses
  x.phase AS phase, -- Pending, Running, Succeeded, Failed or Unknown
  x.status AS status, -- as kubectl prints it: CrashLoopBackOff, Terminating, ...
  x.ready AS ready, -- 1 when its Ready condition is True
  x.deleted_at AS deleted_at, -- when its deletion is due; '' when it is not being deleted
  x.owner_kind AS owner_kind, -- ReplicaSet, DaemonSet, ...
  x.owner_name AS owner_name, -- name of its owner
  x.labels AS labels, -- JSON object
  x.uid AS uid, -- UID
  x.created_at AS created_at -- UTC
FROM _pod x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW containers AS -- The containers of the pods.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.pod AS pod, -- the pod
  x.container AS container, -- name
  x.kind AS kind, -- container, init, or sidecar (an init container that keeps running)
  x.image AS image, -- image
  x.ready AS ready, -- 1 when ready
  x.restarts AS restarts, -- how often restarted
  x.state AS state, -- running, waiting, terminated or ''
  x.reason AS reason, -- why it is waiting or terminated
  x.environment AS environment, -- only klipper-lb's own variables, JSON object
  x.arguments AS arguments -- only flags of Traefik and kube-proxy that decide where traffic goes, JSON list
FROM _container x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW container_ports AS -- The ports the containers declare.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.pod AS pod, -- the pod
  x.container AS container, -- the container
  x.port_name AS port_name, -- '' for an unnamed port
  x.protocol AS protocol, -- TCP, UDP or SCTP
  x.port AS port, -- port in the container
  x.host_port AS host_port, -- port on the node; 0 without
  x.host_ip AS host_ip -- address on the node; '' for all
FROM _container_port x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW daemonsets AS -- The cluster's DaemonSets.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.daemonset AS daemonset, -- name
  x.desired AS desired, -- pods wanted
  x.current AS current, -- pods there
  x.ready AS ready, -- pods ready
  x.labels AS labels, -- JSON object
  x.selector AS selector, -- labels of its pods, JSON object
  x.node_selector AS node_selector -- labels of the nodes it is meant for, JSON object
FROM _daemonset x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW ingresses AS -- One row a backend of an Ingress rule.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.ingress AS ingress, -- name
  x.ingress_class AS ingress_class, -- who serves it
  x.host AS host, -- '' for every host
  x.path AS path, -- URL path
  x.path_type AS path_type, -- Prefix, Exact or ImplementationSpecific
  x.service AS service, -- the Service it sends to
  x.service_port AS service_port -- number or name of the Service's port
FROM _ingress x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW traefik_routes AS -- One row a Service of a route of an IngressRoute, IngressRouteTCP or IngressRouteUDP of Traefik.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.route AS route, -- the object's name
  x.kind AS kind, -- IngressRoute, IngressRouteTCP or IngressRouteUDP
  x.api_group AS api_group, -- traefik.io or traefik.containo.us
  x.entry_points AS entry_points, -- JSON list; [] for Traefik's default ones
  x.route_class AS route_class, -- the annotation kubernetes.io/ingress.class; '' without
  x.tls AS tls, -- 1 where it ends TLS
  x.position AS position, -- place among the object's routes, from 0
  x.rule AS rule, -- what a request must be: Host(`...`) && ...; '' for UDP
  x.syntax AS syntax, -- v2 or v3; '' for Traefik's default
  x.priority AS priority, -- the highest goes first; 0: by the rule's length
  x.middlewares AS middlewares, -- JSON list of namespace/name
  x.service_kind AS service_kind, -- Service or TraefikService; '' where the route has none
  x.service_namespace AS service_namespace, -- namespace of the Service
  x.service AS service, -- the Service it sends to
  x.service_port AS service_port, -- number or name of the Service's port
  x.scheme AS scheme, -- http, https, h2c; '' by the port
  x.weight AS weight, -- among the route's Services; NULL where not given
  x.native_lb AS native_lb -- 1: Traefik dials the cluster IP; NULL where not given
FROM _traefik_route x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW listeners AS -- Sockets open for connections, on nodes and in pods.
SELECT
  s.name AS snapshot, -- the snapshot
  p.node AS node, -- the node that showed them; NULL for a pod's
  p.namespace AS namespace, -- the pod's namespace; NULL for a node's
  p.pod AS pod, -- the pod that showed them; NULL for a node's
  p.container AS container, -- the container asked
  x.protocol AS protocol, -- TCP, UDP or SCTP
  x.address AS address, -- address bound: 0.0.0.0 or :: for all
  x.port AS port, -- port bound
  x.process AS process -- who listens, where the listing shows it
FROM _listener x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW sysctls AS -- Kernel settings of the nodes that decide where packets go.
SELECT
  s.name AS snapshot, -- the snapshot
  p.node AS node, -- the node
  x.name AS name, -- as sysctl names it: net.ipv4.ip_forward, net.ipv4.conf.eth0.rp_filter
  x.value AS value -- its value, words parted by one blank
FROM _sysctl x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW connections AS -- The nodes' connection tracking tables, where a collection was asked for them (--conntrack).
SELECT
  s.name AS snapshot, -- the snapshot
  p.node AS node, -- the node whose table it is
  x.family AS family, -- ipv4 or ipv6
  x.protocol AS protocol, -- TCP, UDP, SCTP, ICMP, ... as conntrack names it, in capitals; a number where it has no name
  x.state AS state, -- ESTABLISHED, TIME_WAIT, ...; '' for protocols without states
  x.source AS source, -- who began it
  x.source_port AS source_port, -- NULL for protocols without ports
  x.destination AS destination, -- to what address, before NAT
  x.destination_port AS destination_port, -- NULL for protocols without ports
  x.reply_source AS reply_source, -- who answers: after DNAT the endpoint
  x.reply_source_port AS reply_source_port, -- NULL for protocols without ports
  x.reply_destination AS reply_destination, -- whom it answers: after masquerading the node's address
  x.reply_destination_port AS reply_destination_port, -- NULL for protocols without ports
  x.replied AS replied, -- 0: no answer was seen yet
  x.assured AS assured, -- 1: kept also when the table is full
  x.mark AS mark, -- the connection's mark; NULL where the listing shows none
  x.zone AS zone -- conntrack zone; NULL: the default one
FROM _connection x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW chains AS -- The chains of every dump: of the nodes, and of pods such as svclb.
SELECT
  s.name AS snapshot, -- the snapshot
  p.node AS node, -- the node whose dump this is; NULL for a pod's
  p.namespace AS namespace, -- the pod's namespace; NULL for a node's
  p.pod AS pod, -- the pod whose dump this is; NULL for a node's
  p.container AS container, -- the container asked
  p.family AS family, -- ipv4 or ipv6
  p.backend AS backend, -- legacy or nft; NULL where the dump does not say
  n.table_name AS table_name, -- filter, nat, mangle, raw or security
  n.chain AS chain, -- name
  n.kind AS kind, -- built-in, service, endpoint, firewall, external, local, node-ports, hostport, flannel, ...
  n.hash AS hash, -- the 16 characters that tie it to a Service port or endpoint; NULL for other chains
  c.policy AS policy, -- ACCEPT or DROP for a built-in chain; NULL for others
  c.rules AS rules, -- how many rules it has
  c.complete AS complete, -- 0: a listing that was filtered or cut, more rules may exist
  k.packets AS packets, -- packets that met the policy of a built-in chain; NULL for others, and where the dump does not say
  k.bytes AS bytes -- the same in bytes
FROM _part p
JOIN _snapshot s ON s.id = p.snapshot
JOIN _part_set t ON t.part = p.id
JOIN _chain_name n ON n.collection = t.collection
JOIN _chain c ON c.chain = n.id AND c.since <= t.seq AND t.seq < c.until
LEFT JOIN _policy_counter k ON k.part = p.id AND k.table_name = n.table_name AND k.chain = n.chain
WHERE p.subject = 'rules';

CREATE VIEW rules AS -- The rules of every dump: of the nodes, and of pods such as svclb.
SELECT
  s.name AS snapshot, -- the snapshot
  p.node AS node, -- the node whose dump this is; NULL for a pod's
  p.namespace AS namespace, -- the pod's namespace; NULL for a node's
  p.pod AS pod, -- the pod whose dump this is; NULL for a node's
  p.container AS container, -- the container asked
  p.family AS family, -- ipv4 or ipv6
  p.backend AS backend, -- legacy or nft; NULL where the dump does not say
  n.table_name AS table_name, -- filter, nat, mangle, raw or security
  n.chain AS chain, -- the chain it stands in
  n.kind AS kind, -- the chain's kind
  iif(r.ordered, r.rank, NULL) AS number, -- its place in the chain, from 1; NULL among rules whose order cannot matter
  r.text AS text, -- the rule as iptables-save writes it, without -A and the chain's name
  r.protocol AS protocol, -- tcp, udp, ... or a number; '' for any; a leading ! negates, here and below
  r.source AS source, -- address with mask; '' for any
  r.destination AS destination, -- address with mask; '' for any
  r.in_interface AS in_interface, -- '' for any
  r.out_interface AS out_interface, -- '' for any
  r.destination_ports AS destination_ports, -- port, range or list; '' for any
  r.target AS target, -- chain or target it jumps to; '' for a rule that only counts
  r.is_goto AS is_goto, -- 1: goes there and does not come back
  r.to_destination AS to_destination, -- where DNAT sends the packet
  r.probability AS probability, -- of a statistic match in random mode; NULL without
  iif(p.counters, coalesce(k.counts ->> (2 * r.place), 0), NULL) AS packets, -- packets counted; NULL where the dump has no counters
  iif(p.counters, coalesce(k.counts ->> (2 * r.place + 1), 0), NULL) AS bytes, -- bytes counted; NULL where the dump has no counters
  r.not_understood AS not_understood -- what of it snap does not know; NULL when all is known
FROM _part p
JOIN _snapshot s ON s.id = p.snapshot
JOIN _part_set t ON t.part = p.id
JOIN _chain_name n ON n.collection = t.collection
JOIN _rule r ON r.chain = n.id AND r.since <= t.seq AND t.seq < r.until
LEFT JOIN _counter k ON k.part = p.id AND k.run = r.run
WHERE p.subject = 'rules';

CREATE VIEW check_runs AS -- What each check found when it was last run on a snapshot; no row: it was not run, which is not that it found nothing.
SELECT
  s.name AS snapshot, -- the snapshot
  c.code AS code, -- the check
  c.severity AS severity, -- error, warn or info
  c.findings AS findings, -- how many findings
  c.not_seen AS not_seen, -- how many things it could not see; above 0 there may be more findings
  c.tool AS tool -- the snap that ran it
FROM _check_run c JOIN _snapshot s ON s.id = c.snapshot;
