-- A set's number in chain_sets, distinct_chains and distinct_rules was one of the store, which told the order of import. Now it is the first
-- 52 bits of the hash of what is in the set (a number of JavaScript, and as quick to join by).
ALTER TABLE _version ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE _version SET number = ('0x' || substr(hex(hash), 1, 13)) ->> '$';

DROP VIEW chain_sets;
DROP VIEW distinct_chains;
DROP VIEW distinct_rules;

CREATE VIEW chain_sets AS -- Which dump has which sets of chains. What dumps share is one set; its chains and rules are in distinct_chains and distinct_rules.
SELECT
  s.name AS snapshot, -- the snapshot
  v.number AS chain_set, -- number of the set, made of what is in it: the same in every store
  p.node AS node, -- the node whose dump has it; NULL for a pod's
  p.namespace AS namespace, -- the pod's namespace; NULL for a node's
  p.pod AS pod, -- the pod whose dump has it; NULL for a node's
  p.container AS container, -- the container asked
  p.family AS family, -- ipv4 or ipv6
  p.backend AS backend -- legacy or nft; NULL where the dump does not say
FROM _part p
JOIN _snapshot s ON s.id = p.snapshot
JOIN _part_set t ON t.part = p.id
JOIN _version v ON v.collection = t.collection AND v.seq = t.seq
WHERE p.subject = 'rules';

CREATE VIEW distinct_chains AS -- The chains of each set once, however many dumps have it.
SELECT
  x.snapshot AS snapshot, -- the snapshot
  x.number AS chain_set, -- number of the set, as in chain_sets
  x.family AS family, -- ipv4 or ipv6: no set is of both
  n.table_name AS table_name, -- as in chains, like what follows
  n.chain AS chain, -- name
  n.kind AS kind, -- built-in, service, endpoint, ...
  n.hash AS hash, -- ties it to a Service port or endpoint; NULL for other chains
  c.policy AS policy, -- ACCEPT or DROP for a built-in chain; NULL for others
  c.rules AS rules, -- how many rules it has
  c.complete AS complete -- 0: a listing that was filtered or cut, more rules may exist
FROM (
  SELECT DISTINCT s.name AS snapshot, p.family, t.collection, t.seq, v.number FROM _part p
  JOIN _snapshot s ON s.id = p.snapshot JOIN _part_set t ON t.part = p.id
  JOIN _version v ON v.collection = t.collection AND v.seq = t.seq WHERE p.subject = 'rules'
) x
JOIN _chain_name n ON n.collection = x.collection
JOIN _chain c ON c.chain = n.id AND c.since <= x.seq AND x.seq < c.until;

CREATE VIEW distinct_rules AS -- The rules of each set once, however many dumps have it. Counters are each dump's own: the view rules has them.
SELECT
  x.snapshot AS snapshot, -- the snapshot
  x.number AS chain_set, -- number of the set, as in chain_sets
  x.family AS family, -- ipv4 or ipv6: no set is of both
  n.table_name AS table_name, -- as in rules, like what follows
  n.chain AS chain, -- the chain it stands in
  n.kind AS kind, -- the chain's kind
  iif(r.ordered, r.rank, NULL) AS number, -- its place in the chain, from 1; NULL among rules whose order cannot matter
  r.text AS text, -- the rule as iptables-save writes it, without -A and the chain's name
  r.protocol AS protocol, -- '' for any
  r.source AS source, -- '' for any
  r.destination AS destination, -- '' for any
  r.in_interface AS in_interface, -- '' for any
  r.out_interface AS out_interface, -- '' for any
  r.destination_ports AS destination_ports, -- '' for any
  r.target AS target, -- chain or target it jumps to; '' for a rule that only counts
  r.is_goto AS is_goto, -- 1: goes there and does not come back
  r.to_destination AS to_destination, -- where DNAT sends the packet
  r.probability AS probability, -- of a statistic match in random mode; NULL without
  r.not_understood AS not_understood -- what of it snap does not know; NULL when all is known
FROM (
  SELECT DISTINCT s.name AS snapshot, p.family, t.collection, t.seq, v.number FROM _part p
  JOIN _snapshot s ON s.id = p.snapshot JOIN _part_set t ON t.part = p.id
  JOIN _version v ON v.collection = t.collection AND v.seq = t.seq WHERE p.subject = 'rules'
) x
JOIN _chain_name n ON n.collection = x.collection
JOIN _rule r ON r.chain = n.id AND r.since <= x.seq AND x.seq < r.until;
