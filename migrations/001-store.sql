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
  environment TEXT,
  arguments TEXT
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

CREATE TABLE _traefik_route (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  route TEXT NOT NULL,
  kind TEXT NOT NULL,
  api_group TEXT NOT NULL,
  entry_points TEXT NOT NULL,
  route_class TEXT NOT NULL,
  tls INTEGER NOT NULL,
  position INTEGER NOT NULL,
  rule TEXT NOT NULL,
  syntax TEXT NOT NULL,
  priority INTEGER NOT NULL,
  middlewares TEXT NOT NULL,
  service_kind TEXT NOT NULL,
  service_namespace TEXT NOT NULL,
  service TEXT NOT NULL,
  service_port TEXT NOT NULL,
  scheme TEXT NOT NULL,
  weight INTEGER,
  native_lb INTEGER
) STRICT;
CREATE INDEX _traefik_route_interval ON _traefik_route (collection, until);

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
  interface TEXT,
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

CREATE TABLE _sysctl (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE INDEX _sysctl_interval ON _sysctl (collection, until);

CREATE TABLE _connection (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  family TEXT,
  protocol TEXT NOT NULL,
  state TEXT NOT NULL,
  source TEXT NOT NULL,
  source_port INTEGER,
  destination TEXT NOT NULL,
  destination_port INTEGER,
  reply_source TEXT NOT NULL,
  reply_source_port INTEGER,
  reply_destination TEXT NOT NULL,
  reply_destination_port INTEGER,
  replied INTEGER NOT NULL,
  assured INTEGER NOT NULL,
  mark INTEGER,
  zone INTEGER
) STRICT;
CREATE INDEX _connection_interval ON _connection (collection, until);

-- Chains and rules. A chain's name is kept once a collection; its rules refer to that.
CREATE TABLE _chain_key (
  id INTEGER PRIMARY KEY,
  collection INTEGER NOT NULL REFERENCES _collection (id) ON DELETE CASCADE,
  table_name TEXT NOT NULL,
  chain TEXT NOT NULL,
  kind TEXT NOT NULL,
  label INTEGER REFERENCES _label (id),
  UNIQUE (collection, chain, table_name)
) STRICT;

-- What the comments of a chain's rules begin with: the name of a Service's port, the same for all its chains.
CREATE TABLE _label (
  id INTEGER PRIMARY KEY,
  label TEXT NOT NULL UNIQUE
) STRICT;

CREATE VIEW _chain_name AS
SELECT
  n.id, n.collection, n.table_name, n.chain, n.kind,
  iif(n.kind IN ('service', 'endpoint', 'firewall', 'external', 'local', 'external-local'), substr(n.chain, instr(substr(n.chain, 6), '-') + 6), NULL) AS hash,
  (SELECT l.label FROM _label l WHERE l.id = n.label) AS label -- char(5) in the forms of its rules
FROM _chain_key n;

-- The chains of each collection's newest version, some together under one hash, by which import knows what is there.
CREATE TABLE _block (
  collection INTEGER NOT NULL REFERENCES _collection (id) ON DELETE CASCADE,
  hash BLOB NOT NULL,
  chains TEXT NOT NULL, -- JSON list of _chain_key.id
  PRIMARY KEY (collection, hash)
) STRICT, WITHOUT ROWID;

-- What rules have in common: the text, with char(1) to char(4) where a rule's own words belong and char(5) for its chain's label.
-- A form without arguments and label is the rule itself, whatever characters it holds. A column is what stands here, with the
-- argument (from 0) behind it that its _argument names.
CREATE TABLE _rule_form (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL,
  arguments INTEGER NOT NULL,
  labelled INTEGER NOT NULL,
  protocol TEXT,
  source TEXT, source_argument INTEGER,
  destination TEXT, destination_argument INTEGER,
  in_interface TEXT, in_interface_argument INTEGER,
  out_interface TEXT, out_interface_argument INTEGER,
  destination_ports TEXT, destination_ports_argument INTEGER,
  target TEXT, target_argument INTEGER,
  is_goto INTEGER,
  to_destination TEXT, to_destination_argument INTEGER,
  probability TEXT, probability_argument INTEGER,
  not_understood TEXT,
  UNIQUE (text, arguments, labelled)
) STRICT;

-- What runs of rules have in common: the forms of up to 64 rules, one behind the other.
CREATE TABLE _shape (
  id INTEGER PRIMARY KEY,
  forms TEXT NOT NULL UNIQUE -- JSON list of _rule_form.id
) STRICT;

CREATE TABLE _shape_rule (
  shape INTEGER NOT NULL REFERENCES _shape (id) ON DELETE CASCADE,
  place INTEGER NOT NULL, -- from 0
  form INTEGER NOT NULL REFERENCES _rule_form (id),
  first INTEGER NOT NULL, -- of the run's arguments, from 0
  PRIMARY KEY (shape, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX _shape_rule_form ON _shape_rule (form);

-- A run: up to 64 neighbouring rules of a chain. Most chains are one run. Where the order cannot matter each rule is a run of
-- its own, so that a rule that comes or goes leaves the others. The first run of a chain stands for the chain itself; it alone
-- has `rules`, and has no shape where the chain's rules are not in it.
CREATE TABLE _run (
  id INTEGER PRIMARY KEY,
  chain INTEGER NOT NULL REFERENCES _chain_key (id) ON DELETE CASCADE,
  since INTEGER NOT NULL, until INTEGER NOT NULL,
  ordered INTEGER NOT NULL,
  rank INTEGER NOT NULL, -- of its first rule
  shape INTEGER REFERENCES _shape (id),
  arguments TEXT, -- JSON list; NULL for none
  rules INTEGER, -- how many the chain has
  complete INTEGER,
  policy TEXT,
  content BLOB -- hash of a chain of several runs, that it changes when one of them does
) STRICT;
CREATE INDEX _run_chain ON _run (chain);
-- Of what came and went, which is little.
CREATE INDEX _run_since ON _run (since) WHERE since > 1;
CREATE INDEX _run_until ON _run (until) WHERE until < 2147483647;

CREATE VIEW _chain AS
SELECT chain, since, until, policy, complete, ordered, rules, ifnull(iif(content IS NULL, shape || ' ' || ifnull(arguments, ''), hex(content)), '') AS content
FROM _run WHERE rules IS NOT NULL;

CREATE VIEW _rule AS
SELECT
  r.id << 6 | s.place AS id, r.id AS run, s.place, r.chain, r.since, r.until, r.ordered, r.rank + s.place AS rank,
  CASE f.arguments
    WHEN 0 THEN iif(f.labelled, replace(f.text, char(5), (SELECT n.label FROM _chain_name n WHERE n.id = r.chain)), f.text)
    WHEN 1 THEN replace(iif(f.labelled, replace(f.text, char(5), (SELECT n.label FROM _chain_name n WHERE n.id = r.chain)), f.text),
      char(1), r.arguments ->> s.first)
    WHEN 2 THEN replace(replace(iif(f.labelled, replace(f.text, char(5), (SELECT n.label FROM _chain_name n WHERE n.id = r.chain)), f.text),
      char(1), r.arguments ->> s.first), char(2), r.arguments ->> (s.first + 1))
    WHEN 3 THEN replace(replace(replace(iif(f.labelled, replace(f.text, char(5), (SELECT n.label FROM _chain_name n WHERE n.id = r.chain)), f.text),
      char(1), r.arguments ->> s.first), char(2), r.arguments ->> (s.first + 1)), char(3), r.arguments ->> (s.first + 2))
    ELSE replace(replace(replace(replace(iif(f.labelled, replace(f.text, char(5), (SELECT n.label FROM _chain_name n WHERE n.id = r.chain)), f.text),
      char(1), r.arguments ->> s.first), char(2), r.arguments ->> (s.first + 1)), char(3), r.arguments ->> (s.first + 2)), char(4), r.arguments ->> (s.first + 3))
  END AS text,
  f.protocol,
  iif(f.source_argument IS NULL, f.source, f.source || (r.arguments ->> (s.first + f.source_argument))) AS source,
  iif(f.destination_argument IS NULL, f.destination, f.destination || (r.arguments ->> (s.first + f.destination_argument))) AS destination,
  iif(f.in_interface_argument IS NULL, f.in_interface, f.in_interface || (r.arguments ->> (s.first + f.in_interface_argument))) AS in_interface,
  iif(f.out_interface_argument IS NULL, f.out_interface, f.out_interface || (r.arguments ->> (s.first + f.out_interface_argument))) AS out_interface,
  iif(f.destination_ports_argument IS NULL, f.destination_ports, f.destination_ports || (r.arguments ->> (s.first + f.destination_ports_argument))) AS destination_ports,
  iif(f.target_argument IS NULL, f.target, f.target || (r.arguments ->> (s.first + f.target_argument))) AS target,
  f.is_goto,
  iif(f.to_destination_argument IS NULL, f.to_destination, f.to_destination || (r.arguments ->> (s.first + f.to_destination_argument))) AS to_destination,
  CAST(iif(f.probability_argument IS NULL, f.probability, f.probability || (r.arguments ->> (s.first + f.probability_argument))) AS REAL) AS probability,
  f.not_understood
FROM _run r
JOIN _shape_rule s ON s.shape = r.shape
JOIN _rule_form f ON f.id = s.form;

-- Counters change with every packet, so they stay apart from the rules: for each run of one dump a JSON list of packets and
-- bytes in turn, the pair of a rule at twice its place. What is 0 may be missing, at the list's end or with all of it; text
-- where a 64-bit counter is beyond SQLite's integers.
CREATE TABLE _counter (
  part INTEGER NOT NULL REFERENCES _part (id) ON DELETE CASCADE,
  run INTEGER NOT NULL,
  counts TEXT NOT NULL,
  PRIMARY KEY (part, run)
) STRICT, WITHOUT ROWID;

-- What a dump counted at the end of its built-in chains, where their policy is.
CREATE TABLE _policy_counter (
  part INTEGER NOT NULL REFERENCES _part (id) ON DELETE CASCADE,
  table_name TEXT NOT NULL,
  chain TEXT NOT NULL,
  packets ANY NOT NULL, -- text where beyond SQLite's integers
  bytes ANY NOT NULL,
  PRIMARY KEY (part, table_name, chain)
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
  fingerprints BLOB NOT NULL, -- of the findings, eight bytes each, in order
  tool TEXT NOT NULL,
  PRIMARY KEY (snapshot, code)
) STRICT, WITHOUT ROWID;
