/**
 * The flow matrix lives in temporary tables of one connection: it is computed when it is asked for and nothing of it
 * is kept, so that it can never be older than the snapshot or the program. Nodes with equal rules share a computation,
 * frontends that are alike a class of flows.
 */
export const FLOW_TABLES = `
CREATE TEMP TABLE _flow_frontend (
  id INTEGER PRIMARY KEY, namespace TEXT, service TEXT, port_name TEXT, protocol TEXT, kind TEXT, address TEXT, port INTEGER
);
-- What rules do with the packets to frontends that are alike; \`why\` only where they are not accepted. Where \`address\` is
-- one of the frontend's addresses, \`destination\` is the port behind it.
CREATE TEMP TABLE _flow_pattern (
  class INTEGER, sender TEXT, address INTEGER, destination TEXT, share REAL, verdict TEXT, masqueraded INTEGER, condition TEXT, why TEXT
);
CREATE TEMP TABLE _flow_addresses (id INTEGER PRIMARY KEY, list TEXT);
-- What one set of rules does with the packets to a frontend.
CREATE TEMP TABLE _flow_of (computation INTEGER, frontend INTEGER, class INTEGER, addresses INTEGER, PRIMARY KEY (computation, frontend)) WITHOUT ROWID;
-- Which computations hold for a node, and the frontends that do not hold there because an address of the node is involved.
CREATE TEMP TABLE _flow_node (id INTEGER PRIMARY KEY, snapshot TEXT, node TEXT, family TEXT);
CREATE TEMP TABLE _flow_holds (node INTEGER, computation INTEGER);
CREATE TEMP TABLE _flow_except (node INTEGER, computation INTEGER, frontend INTEGER, PRIMARY KEY (node, computation, frontend)) WITHOUT ROWID;
`

/** What computations say of frontends, flow by flow. */
export const FLOW_VIEW = `CREATE TEMP VIEW _flow AS SELECT
  o.computation, o.frontend, r.sender, iif(r.address IS NULL, r.destination, (l.list ->> r.address) || r.destination) AS destination,
  r.share, r.verdict, r.masqueraded, r.condition, r.why
FROM _flow_of o JOIN _flow_pattern r ON r.class = o.class LEFT JOIN _flow_addresses l ON l.id = o.addresses`

export const FLOWS_VIEW = `CREATE TEMP VIEW flows AS -- What each node's rules do with a packet to each frontend of each Service.
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
  r.destination AS destination, -- address and port it is sent on to; NULL where that cannot be told
  r.share AS share, -- part of new clients' packets, while the condition holds
  r.verdict AS verdict, -- accepted, dropped, rejected or unknown
  r.masqueraded AS masqueraded, -- 1: its source becomes the node's; NULL where that cannot be told
  r.condition AS condition, -- what it depends on and the snapshot does not tell; '' for nothing
  r.why AS why -- what settled it; '' for accepted
FROM _flow_node n
JOIN _flow_holds h ON h.node = n.id
JOIN _flow r ON r.computation = h.computation
JOIN _flow_frontend f ON f.id = r.frontend
WHERE NOT EXISTS (SELECT 1 FROM _flow_except e WHERE e.node = n.id AND e.computation = h.computation AND e.frontend = r.frontend)`

export const FLOW_INDEXES = `
CREATE INDEX temp._flow_class_index ON _flow_pattern (class);
CREATE INDEX temp._flow_of_frontend_index ON _flow_of (frontend);
`
