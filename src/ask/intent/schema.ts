/** Like the table flows: of one connection, computed when it is asked for. Nodes that are meant to do the same share a class. */
export const INTENT_TABLES = `
CREATE TEMP TABLE _intent_frontend (
  id INTEGER PRIMARY KEY, namespace TEXT, service TEXT, port_name TEXT, protocol TEXT, kind TEXT, address TEXT, port INTEGER
);
CREATE TEMP TABLE _intent (class INTEGER, frontend INTEGER, sender TEXT, destination TEXT, share REAL, verdict TEXT, masqueraded INTEGER, alternative INTEGER, why TEXT);
CREATE TEMP TABLE _intent_node (
  id INTEGER PRIMARY KEY, snapshot TEXT, node TEXT, family TEXT, mode TEXT, mode_known_by TEXT, oldest INTEGER, newest INTEGER, pod_network TEXT, masquerade_all INTEGER, node_port_addresses TEXT, pods INTEGER, pods_outside INTEGER
);
CREATE TEMP TABLE _intent_holds (node INTEGER, class INTEGER);
CREATE TEMP TABLE _deviation (node INTEGER, frontend INTEGER, sender TEXT, deviation TEXT, what TEXT, share REAL, expected TEXT, condition TEXT, in_flux INTEGER, unsure TEXT);
`

export const PROXIES_VIEW = `CREATE TEMP VIEW proxies AS -- Whether kube-proxy serves on each node, and how: what it, the node's rules and its nft tables tell.
SELECT
  n.snapshot AS snapshot, -- the snapshot
  n.node AS node, -- the node
  n.family AS family, -- ipv4 or ipv6
  n.mode AS mode, -- iptables, ipvs or nftables; none: a whole dump without its rules and no other mode told (another proxy, or flushed); unknown: no whole dump
  n.mode_known_by AS mode_known_by, -- kube-proxy (it answered), rules (of iptables: they stand there, or are missing), nft table; NULL where the mode is unknown
  n.oldest AS oldest_minor, -- its rules are those of kube-proxy 1.N or later; NULL where that is not known
  n.newest AS newest_minor, -- and of 1.N or earlier; NULL where there is no limit
  n.pod_network AS pod_network, -- packets from there are a pod's (--cluster-cidr or as detected); none, or NULL where the rules do not tell
  n.masquerade_all AS masquerade_all, -- 1: everything sent to a cluster IP is masqueraded
  n.node_port_addresses AS node_port_addresses, -- where node ports are served: all, or a JSON list of addresses; NULL where it is not known
  n.pods AS pods, -- how many addresses of the family the node's running pods have, those of the node itself aside
  n.pods_outside AS pods_outside -- how many of them are not in pod_network; NULL where that is not known
FROM _intent_node n`

export const INTENT_VIEW = `CREATE TEMP VIEW intent AS -- What each node's kube-proxy has to do with a packet to each frontend of each Service, by the API's objects.
SELECT
  n.snapshot AS snapshot, -- the snapshot
  n.node AS node, -- the node the packet enters, or is sent from
  n.family AS family, -- ipv4 or ipv6
  f.namespace AS namespace, -- the Service's namespace
  f.service AS service, -- the Service
  f.port_name AS port_name, -- '' for an unnamed port
  f.protocol AS protocol, -- TCP, UDP or SCTP
  f.kind AS kind, -- cluster-ip, external-ip, load-balancer-ip or node-port
  f.address AS address, -- where the packet is sent; '' for a node port: the node's own address
  f.port AS port, -- the port there
  r.sender AS sender, -- pod (of the node, no endpoint itself), node, or outside
  r.destination AS destination, -- address and port it has to be sent on to; NULL where it is refused or that is unknown
  r.share AS share, -- part of new clients' packets
  r.verdict AS verdict, -- accepted, rejected, dropped or unknown
  r.masqueraded AS masqueraded, -- 1: its source has to become the node's; NULL where that does not matter or is not known
  r.alternative AS alternative, -- 0 where it is certain; else rows with the same number hold together, and which of them depends on kube-proxy's version
  r.why AS why -- which endpoints these are, why it is refused, or what is not known
FROM _intent_node n
JOIN _intent_holds h ON h.node = n.id
JOIN _intent r ON r.class = h.class
JOIN _intent_frontend f ON f.id = r.frontend`

export const DEVIATIONS_VIEW = `CREATE TEMP VIEW deviations AS -- Where flows and intent differ: what a node's rules do with a Service's packets and should not.
SELECT
  n.snapshot AS snapshot, -- the snapshot
  n.node AS node, -- the node
  n.family AS family, -- ipv4 or ipv6
  f.namespace AS namespace, -- the Service's namespace
  f.service AS service, -- the Service
  f.port_name AS port_name, -- '' for an unnamed port
  f.protocol AS protocol, -- TCP, UDP or SCTP
  f.kind AS kind, -- cluster-ip, external-ip, load-balancer-ip or node-port
  f.address AS address, -- where the packet is sent; '' for a node port: the node's own address
  f.port AS port, -- the port there
  'service/' || f.namespace || '/' || f.service || iif(f.port_name = '', '', ':' || f.port_name) AS object, -- the Service's port as findings name it
  CASE f.kind WHEN 'cluster-ip' THEN 'cluster IP' WHEN 'external-ip' THEN 'external IP' WHEN 'load-balancer-ip' THEN 'load balancer IP' ELSE 'node port' END AS frontend, -- kind, in words
  d.sender AS sender, -- pod (of the node, no endpoint itself), node, or outside
  d.deviation AS deviation, -- lost, extra, missing, share, open, refusal, masquerade or needless ("snap explain" of the FRONTEND- checks says what each means)
  d.what AS what, -- the destinations it is about; for lost and refusal what settles it; JSON list
  d.share AS share, -- part of the packets; NULL where it is no matter of parts
  d.expected AS expected, -- what is meant: the destinations, rejected or dropped
  d.condition AS condition, -- it is so only if this holds, which the snapshot does not tell; '' where it is so in any case
  d.in_flux AS in_flux, -- 1: the Service's endpoints changed while the nodes were read, which explains it
  d.unsure AS unsure -- what was not seen and would make this surer; '' for nothing
FROM _deviation d
JOIN _intent_node n ON n.id = d.node
JOIN _intent_frontend f ON f.id = d.frontend`

/** Tables that stand in no file, with what creates them. */
export const COMPUTED_INTENT: ReadonlyMap<string, string> = new Map([
  ['proxies', PROXIES_VIEW],
  ['intent', INTENT_VIEW],
  ['deviations', DEVIATIONS_VIEW]
])
