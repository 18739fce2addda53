-- The store of one cluster's snapshots.
--
-- Whatever repeats from one snapshot to the next is kept once, as a row with an interval: a collection
-- (all services, all rules of one kind) has numbered versions, and a row stands in every version `seq`
-- with since <= seq < until. A snapshot only says which version of which collection it saw (_part_set).
-- Versions are numbered in the order of import, which need not be the order of time.
-- 2147483647 in `until` means: stands in the newest version.
--
-- Tables with a leading underscore are the mechanism; the views without one are what people query.

CREATE TABLE _cluster (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  uid TEXT
) STRICT;

CREATE TABLE _snapshot (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  cluster TEXT NOT NULL,
  cluster_uid TEXT,
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  tool TEXT NOT NULL,
  source TEXT NOT NULL,
  pasted INTEGER NOT NULL,
  manifest_sha256 TEXT NOT NULL,
  imported_at TEXT NOT NULL
) STRICT;

CREATE TABLE _item (
  id INTEGER PRIMARY KEY,
  snapshot INTEGER NOT NULL REFERENCES _snapshot (id) ON DELETE CASCADE,
  path TEXT,
  kind TEXT NOT NULL,
  node TEXT,
  namespace TEXT,
  pod TEXT,
  container TEXT,
  backend TEXT,
  command TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  exit_code INTEGER,
  error TEXT,
  stderr TEXT,
  bytes INTEGER,
  sha256 TEXT
) STRICT;
CREATE INDEX _item_snapshot ON _item (snapshot);

CREATE TABLE _collection (
  id INTEGER PRIMARY KEY,
  scope TEXT NOT NULL
) STRICT;
CREATE INDEX _collection_scope ON _collection (scope);

CREATE TABLE _version (
  collection INTEGER NOT NULL REFERENCES _collection (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (collection, seq),
  UNIQUE (hash, collection)
) STRICT, WITHOUT ROWID;

-- What a snapshot knows, or failed to learn, about one subject.
CREATE TABLE _part (
  id INTEGER PRIMARY KEY,
  snapshot INTEGER NOT NULL REFERENCES _snapshot (id) ON DELETE CASCADE,
  subject TEXT NOT NULL,
  node TEXT,
  namespace TEXT,
  pod TEXT,
  container TEXT,
  family TEXT,
  backend TEXT,
  status TEXT NOT NULL CHECK (status IN ('complete', 'partial', 'failed')),
  detail TEXT,
  counters INTEGER,
  protocols TEXT,
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL
) STRICT;
CREATE INDEX _part_snapshot ON _part (snapshot, subject);

CREATE TABLE _part_set (
  part INTEGER NOT NULL REFERENCES _part (id) ON DELETE CASCADE,
  collection INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (part, collection),
  FOREIGN KEY (collection, seq) REFERENCES _version (collection, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX _part_set_version ON _part_set (collection, seq);

CREATE TABLE _issue (
  id INTEGER PRIMARY KEY,
  snapshot INTEGER NOT NULL REFERENCES _snapshot (id) ON DELETE CASCADE,
  phase TEXT NOT NULL CHECK (phase IN ('collect', 'import')),
  path TEXT,
  node TEXT,
  namespace TEXT,
  pod TEXT,
  container TEXT,
  line INTEGER,
  object TEXT,
  message TEXT NOT NULL,
  text TEXT
) STRICT;
CREATE INDEX _issue_snapshot ON _issue (snapshot);

CREATE TABLE _node (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  node TEXT NOT NULL,
  ready TEXT,
  unschedulable INTEGER,
  addresses TEXT,
  pod_cidrs TEXT,
  kubelet_version TEXT,
  kube_proxy_version TEXT,
  os_image TEXT,
  kernel_version TEXT,
  container_runtime TEXT,
  labels TEXT,
  created_at TEXT
) STRICT;
CREATE INDEX _node_interval ON _node (collection, until);

CREATE TABLE _namespace (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  phase TEXT,
  labels TEXT
) STRICT;
CREATE INDEX _namespace_interval ON _namespace (collection, until);

CREATE TABLE _service (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  service TEXT NOT NULL,
  uid TEXT,
  type TEXT,
  cluster_ip TEXT,
  cluster_ips TEXT,
  external_ips TEXT,
  external_name TEXT,
  load_balancer_ips TEXT,
  load_balancer_hostnames TEXT,
  load_balancer_ip_mode TEXT,
  load_balancer_class TEXT,
  load_balancer_source_ranges TEXT,
  external_traffic_policy TEXT,
  internal_traffic_policy TEXT,
  traffic_distribution TEXT,
  session_affinity TEXT,
  session_affinity_timeout INTEGER,
  publish_not_ready_addresses INTEGER,
  health_check_node_port INTEGER,
  ip_families TEXT,
  selector TEXT,
  labels TEXT,
  annotations TEXT,
  created_at TEXT
) STRICT;
CREATE INDEX _service_interval ON _service (collection, until);

CREATE TABLE _service_port (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  service TEXT NOT NULL,
  port_name TEXT,
  protocol TEXT NOT NULL,
  port INTEGER NOT NULL,
  target_port TEXT,
  node_port INTEGER,
  chain_hash TEXT,
  chain_hash_before119 TEXT
) STRICT;
CREATE INDEX _service_port_interval ON _service_port (collection, until);

CREATE TABLE _endpoint (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  service TEXT NOT NULL,
  object TEXT NOT NULL,
  port_name TEXT,
  protocol TEXT,
  address TEXT NOT NULL,
  port INTEGER,
  ready INTEGER,
  serving INTEGER,
  terminating INTEGER,
  node TEXT,
  zone TEXT,
  target_kind TEXT,
  target_namespace TEXT,
  target_name TEXT,
  target_uid TEXT,
  hint_zones TEXT,
  hint_nodes TEXT,
  chain TEXT,
  chain_before119 TEXT
) STRICT;
CREATE INDEX _endpoint_interval ON _endpoint (collection, until);

CREATE TABLE _pod (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  pod TEXT NOT NULL,
  uid TEXT,
  node TEXT,
  ip TEXT,
  ips TEXT,
  host_network INTEGER,
  phase TEXT,
  status TEXT,
  ready INTEGER,
  deleted_at TEXT,
  owner_kind TEXT,
  owner_name TEXT,
  labels TEXT,
  created_at TEXT
) STRICT;
CREATE INDEX _pod_interval ON _pod (collection, until);

CREATE TABLE _container (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  pod TEXT NOT NULL,
  container TEXT NOT NULL,
  kind TEXT,
  image TEXT,
  ready INTEGER,
  restarts INTEGER,
  state TEXT,
  reason TEXT,
  environment TEXT
) STRICT;
CREATE INDEX _container_interval ON _container (collection, until);

CREATE TABLE _container_port (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  pod TEXT NOT NULL,
  container TEXT NOT NULL,
  port_name TEXT,
  protocol TEXT NOT NULL,
  port INTEGER NOT NULL,
  host_port INTEGER,
  host_ip TEXT
) STRICT;
CREATE INDEX _container_port_interval ON _container_port (collection, until);

CREATE TABLE _daemonset (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  daemonset TEXT NOT NULL,
  desired INTEGER,
  current INTEGER,
  ready INTEGER,
  labels TEXT,
  selector TEXT,
  node_selector TEXT
) STRICT;
CREATE INDEX _daemonset_interval ON _daemonset (collection, until);

CREATE TABLE _ingress (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  ingress TEXT NOT NULL,
  ingress_class TEXT,
  host TEXT,
  path TEXT,
  path_type TEXT,
  service TEXT,
  service_port TEXT
) STRICT;
CREATE INDEX _ingress_interval ON _ingress (collection, until);

CREATE TABLE _listener (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  protocol TEXT NOT NULL,
  address TEXT NOT NULL,
  port INTEGER NOT NULL,
  process TEXT
) STRICT;
CREATE INDEX _listener_interval ON _listener (collection, until);

CREATE TABLE _interface_address (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  interface TEXT NOT NULL,
  address TEXT NOT NULL,
  prefix_length INTEGER NOT NULL,
  scope TEXT NOT NULL
) STRICT;
CREATE INDEX _interface_address_interval ON _interface_address (collection, until);

CREATE TABLE _route (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  destination TEXT NOT NULL,
  gateway TEXT,
  interface TEXT,
  type TEXT NOT NULL,
  source TEXT
) STRICT;
CREATE INDEX _route_interval ON _route (collection, until);

-- Chains and rules. A chain's name is kept once a collection; its rules refer to that.
CREATE TABLE _chain_name (
  id INTEGER PRIMARY KEY,
  collection INTEGER NOT NULL REFERENCES _collection (id) ON DELETE CASCADE,
  table_name TEXT NOT NULL,
  chain TEXT NOT NULL,
  kind TEXT NOT NULL,
  hash TEXT,
  label TEXT, -- what its rules' comments begin with: the name of a Service's port; char(5) in their comments
  UNIQUE (collection, chain, table_name)
) STRICT;

CREATE TABLE _chain (
  chain INTEGER NOT NULL REFERENCES _chain_name (id) ON DELETE CASCADE,
  since INTEGER NOT NULL, until INTEGER NOT NULL,
  policy TEXT,
  complete INTEGER NOT NULL,
  ordered INTEGER NOT NULL,
  rules INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (chain, since)
) STRICT, WITHOUT ROWID;

-- The chains of each collection's newest version, some together under one hash, by which import knows what is there.
CREATE TABLE _block (
  collection INTEGER NOT NULL REFERENCES _collection (id) ON DELETE CASCADE,
  hash BLOB NOT NULL,
  chains TEXT NOT NULL, -- JSON list of _chain_name.id
  PRIMARY KEY (collection, hash)
) STRICT, WITHOUT ROWID;

-- What rules have in common: the text and the columns, with char(1) to char(4) where a rule's own words belong.
-- A form without arguments is the rule itself, whatever characters it holds.
CREATE TABLE _rule_form (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL,
  arguments INTEGER NOT NULL,
  protocol TEXT,
  source TEXT,
  destination TEXT,
  in_interface TEXT,
  out_interface TEXT,
  destination_ports TEXT,
  target TEXT,
  is_goto INTEGER,
  to_destination TEXT,
  probability TEXT,
  not_understood TEXT,
  UNIQUE (text, arguments)
) STRICT;

CREATE TABLE _rule_row (
  id INTEGER PRIMARY KEY,
  chain INTEGER NOT NULL REFERENCES _chain_name (id) ON DELETE CASCADE,
  since INTEGER NOT NULL, until INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  form INTEGER NOT NULL REFERENCES _rule_form (id),
  a TEXT, b TEXT, c TEXT, d TEXT
) STRICT;
CREATE INDEX _rule_row_chain ON _rule_row (chain);

CREATE VIEW _rule AS
SELECT
  r.id, r.chain, r.since, r.until, r.rank,
  iif(r.a IS NULL, f.text, replace(replace(replace(replace(replace(f.text, char(1), r.a), char(2), ifnull(r.b, '')), char(3), ifnull(r.c, '')), char(4), ifnull(r.d, '')),
    char(5), (SELECT ifnull(n.label, '') FROM _chain_name n WHERE n.id = r.chain))) AS text,
  f.protocol,
  iif(r.a IS NULL, f.source, replace(replace(replace(replace(f.source, char(1), r.a), char(2), ifnull(r.b, '')), char(3), ifnull(r.c, '')), char(4), ifnull(r.d, ''))) AS source,
  iif(r.a IS NULL, f.destination, replace(replace(replace(replace(f.destination, char(1), r.a), char(2), ifnull(r.b, '')), char(3), ifnull(r.c, '')), char(4), ifnull(r.d, ''))) AS destination,
  iif(r.a IS NULL, f.in_interface, replace(replace(replace(replace(f.in_interface, char(1), r.a), char(2), ifnull(r.b, '')), char(3), ifnull(r.c, '')), char(4), ifnull(r.d, ''))) AS in_interface,
  iif(r.a IS NULL, f.out_interface, replace(replace(replace(replace(f.out_interface, char(1), r.a), char(2), ifnull(r.b, '')), char(3), ifnull(r.c, '')), char(4), ifnull(r.d, ''))) AS out_interface,
  iif(r.a IS NULL, f.destination_ports, replace(replace(replace(replace(f.destination_ports, char(1), r.a), char(2), ifnull(r.b, '')), char(3), ifnull(r.c, '')), char(4), ifnull(r.d, ''))) AS destination_ports,
  iif(r.a IS NULL, f.target, replace(replace(replace(replace(f.target, char(1), r.a), char(2), ifnull(r.b, '')), char(3), ifnull(r.c, '')), char(4), ifnull(r.d, ''))) AS target,
  f.is_goto,
  iif(r.a IS NULL, f.to_destination, replace(replace(replace(replace(f.to_destination, char(1), r.a), char(2), ifnull(r.b, '')), char(3), ifnull(r.c, '')), char(4), ifnull(r.d, ''))) AS to_destination,
  CAST(iif(r.a IS NULL, f.probability, replace(replace(replace(replace(f.probability, char(1), r.a), char(2), ifnull(r.b, '')), char(3), ifnull(r.c, '')), char(4), ifnull(r.d, ''))) AS REAL) AS probability,
  f.not_understood
FROM _rule_row r JOIN _rule_form f ON f.id = r.form;

-- Counters change with every packet, so they stay apart from the rules: for 64 rules (id >> 6) of one dump a JSON list
-- of packets and bytes in turn, the pair of a rule at 2 * (id & 63). What is 0 may be missing, at the list's end or
-- with all of it; text where a 64-bit counter is beyond SQLite's integers.
CREATE TABLE _counter (
  part INTEGER NOT NULL REFERENCES _part (id) ON DELETE CASCADE,
  block INTEGER NOT NULL,
  counts TEXT NOT NULL,
  PRIMARY KEY (part, block)
) STRICT, WITHOUT ROWID;

-- kube-proxy writes the rules of its dispatch chains in another order at every sync (Go map order), an order
-- that cannot matter. Such rules are kept in one order for all; where a dump had another, it is kept here.
CREATE TABLE _rule_order (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  rules INTEGER NOT NULL,
  positions BLOB NOT NULL -- deflated; for each rule in stored order its place in the dump, two or four bytes
) STRICT;

CREATE TABLE _part_order (
  part INTEGER NOT NULL REFERENCES _part (id) ON DELETE CASCADE,
  chain INTEGER NOT NULL,
  rule_order INTEGER NOT NULL REFERENCES _rule_order (id),
  PRIMARY KEY (part, chain)
) STRICT, WITHOUT ROWID;

-- What checks found when they were run on a snapshot, so that a report over a year needs not run them again.
CREATE TABLE _check_run (
  snapshot INTEGER NOT NULL REFERENCES _snapshot (id) ON DELETE CASCADE,
  code TEXT NOT NULL,
  severity TEXT NOT NULL,
  findings INTEGER NOT NULL,
  not_seen INTEGER NOT NULL,
  tool TEXT NOT NULL,
  PRIMARY KEY (snapshot, code)
) STRICT, WITHOUT ROWID;
