-- The tables of nftables that iptables does not show, line by line.

CREATE TABLE _nft_table (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  family TEXT NOT NULL,
  name TEXT NOT NULL
) STRICT;
CREATE INDEX _nft_table_interval ON _nft_table (collection, until);

CREATE TABLE _nft_rule (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  family TEXT NOT NULL,
  table_name TEXT NOT NULL,
  position INTEGER NOT NULL,
  block TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX _nft_rule_interval ON _nft_rule (collection, until);

CREATE VIEW nft_tables AS -- The nodes' tables of nftables that iptables does not show.
SELECT
  s.name AS snapshot, -- the snapshot
  p.node AS node, -- the node
  x.family AS family, -- ip, ip6, inet, arp, bridge or netdev
  x.name AS name -- name
FROM _nft_table x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW nft_rules AS -- What stands in those tables, line by line; of kube-proxy's tables one line that stands for all.
SELECT
  s.name AS snapshot, -- the snapshot
  p.node AS node, -- the node
  x.family AS family, -- of the table
  x.table_name AS table_name, -- the table
  x.position AS position, -- place in the table, from 0
  x.block AS block, -- chain forward, set allowed, ...; '' for the table itself
  x.text AS text -- the rule, or what else the line says; '' where the block begins
FROM _nft_rule x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;
