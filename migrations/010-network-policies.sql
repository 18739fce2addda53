-- Which packets the NetworkPolicies allow, as the API has them: who enforces them, the network plugin, is not told here.

CREATE TABLE _network_policy (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  network_policy TEXT NOT NULL,
  pod_selector TEXT NOT NULL,
  types TEXT NOT NULL
) STRICT;
CREATE INDEX _network_policy_interval ON _network_policy (collection, until);

CREATE TABLE _network_policy_rule (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  network_policy TEXT NOT NULL,
  direction TEXT NOT NULL,
  position INTEGER NOT NULL,
  peer TEXT NOT NULL,
  ports TEXT NOT NULL
) STRICT;
CREATE INDEX _network_policy_rule_interval ON _network_policy_rule (collection, until);

CREATE VIEW network_policies AS -- The cluster's NetworkPolicies. Whether they are enforced, the network plugin decides.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace, that of the pods too
  x.network_policy AS network_policy, -- name
  x.pod_selector AS pod_selector, -- labels of the pods it is for: app=web, tier In (a b); '' for all
  x.types AS types -- Ingress, Egress: of these only what a rule allows is allowed, JSON list
FROM _network_policy x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW network_policy_rules AS -- One row a peer of a rule of a NetworkPolicy.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.network_policy AS network_policy, -- the NetworkPolicy
  x.direction AS direction, -- ingress or egress
  x.position AS position, -- place among the rules of the direction, from 0
  x.peer AS peer, -- pods app=web, all pods of namespaces team=a, 10.0.0.0/8 except 10.1.0.0/16; '' for any
  x.ports AS ports -- TCP/80, TCP/8000-8100, UDP/dns: JSON list; [] for all
FROM _network_policy_rule x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;
