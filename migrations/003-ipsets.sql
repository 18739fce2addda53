-- Sets that rules ask for, and the versions that nodes tell.

CREATE TABLE _ipset (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  ipset TEXT NOT NULL,
  type TEXT NOT NULL,
  options TEXT NOT NULL
) STRICT;
CREATE INDEX _ipset_interval ON _ipset (collection, until);

CREATE TABLE _ipset_member (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  ipset TEXT NOT NULL,
  member TEXT NOT NULL,
  nomatch INTEGER NOT NULL,
  wildcard INTEGER NOT NULL,
  comment TEXT NOT NULL
) STRICT;
CREATE INDEX _ipset_member_interval ON _ipset_member (collection, until);

CREATE TABLE _version_told (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL
) STRICT;
CREATE INDEX _version_told_interval ON _version_told (collection, until);

CREATE VIEW ipsets AS -- The nodes' sets of addresses, ports and the like, which rules ask for with -m set.
SELECT
  s.name AS snapshot, -- the snapshot
  p.node AS node, -- the node whose sets they are; NULL for a pod's
  p.namespace AS namespace, -- the pod's namespace; NULL for a node's
  p.pod AS pod, -- the pod that showed them; NULL for a node's
  x.ipset AS ipset, -- name
  x.type AS type, -- hash:ip, hash:net,port, bitmap:port, list:set, ...
  x.options AS options -- what else it was created with: family, netmask, timeout, ... as ipset writes it
FROM _ipset x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW ipset_members AS -- What is in the nodes' sets.
SELECT
  s.name AS snapshot, -- the snapshot
  p.node AS node, -- the node whose set it is; NULL for a pod's
  p.namespace AS namespace, -- the pod's namespace; NULL for a node's
  p.pod AS pod, -- the pod that showed it; NULL for a node's
  x.ipset AS ipset, -- the set
  x.member AS member, -- as ipset writes it: 10.0.0.1,tcp:80; in a list the name of a set
  x.nomatch AS nomatch, -- 1: an exception, what is in it is not in the set
  x.wildcard AS wildcard, -- 1: its interface is the beginning of a name
  x.comment AS comment -- '' without
FROM _ipset_member x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW versions AS -- What nodes tell of their programs, their kernel and their kube-proxy.
SELECT
  s.name AS snapshot, -- the snapshot
  p.node AS node, -- the node
  x.name AS name, -- kernel, iptables, iptables-legacy, nft, ipset, ..., or kube-proxy mode
  x.version AS version -- as the program prints it; of kube-proxy mode iptables, ipvs or nftables
FROM _version_told x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;
