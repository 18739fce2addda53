-- Where packets meet nft rules that are not interpreted.

CREATE TABLE _nft_chain (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  family TEXT NOT NULL,
  table_name TEXT NOT NULL,
  chain TEXT,
  hook TEXT,
  priority INTEGER,
  policy TEXT,
  rules INTEGER
) STRICT;
CREATE INDEX _nft_chain_interval ON _nft_chain (collection, until);

CREATE VIEW nft_chains AS -- The base chains of the nodes' nft tables, whose rules are not interpreted: what passes one is unknown from there on.
SELECT
  s.name AS snapshot, -- the snapshot
  p.node AS node, -- the node whose tables they are; NULL for a pod's
  p.namespace AS namespace, -- the pod's namespace; NULL for a node's
  p.pod AS pod, -- the pod that showed them; NULL for a node's
  x.family AS family, -- ip, ip6, inet, bridge, netdev or arp
  x.table_name AS table_name, -- the nft table; those that iptables-nft shows are in the view rules
  x.chain AS chain, -- the base chain; '' for a table that no packet meets, NULL where nothing but the table's name is known
  x.hook AS hook, -- prerouting, input, forward, output, postrouting, ingress or egress; NULL where it may be any, '' for none
  x.priority AS priority, -- the lower, the earlier, as in netfilter: iptables' filter is 0; NULL where it is not known
  x.policy AS policy, -- accept or drop
  x.rules AS rules, -- how many lines of rules it has; NULL where not known
  CASE
    WHEN x.hook = '' OR (x.rules = 0 AND x.policy = 'accept') THEN 0
    WHEN x.family IN ('ip', 'ip6') AND x.table_name IN ('filter', 'nat', 'mangle', 'raw', 'security') AND EXISTS (
      SELECT 1 FROM _part r WHERE r.snapshot = p.snapshot AND r.subject = 'rules' AND r.node IS p.node AND r.namespace IS p.namespace AND r.pod IS p.pod
        AND r.backend = 'nft' AND r.status <> 'failed' AND r.family = iif(x.family = 'ip6', 'ipv6', 'ipv4')) THEN 0
    ELSE 1
  END AS acts -- 1: it may stop or change what passes it, and no iptables dump of the node shows its rules
FROM _nft_chain x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot
-- `nft list tables` names them, their listing tells more.
WHERE x.hook IS NOT NULL OR NOT EXISTS (
  SELECT 1 FROM _part q JOIN _part_set u ON u.part = q.id JOIN _nft_chain y ON y.collection = u.collection AND y.since <= u.seq AND u.seq < y.until
  WHERE q.snapshot = p.snapshot AND q.node IS p.node AND q.namespace IS p.namespace AND q.pod IS p.pod
    AND y.family = x.family AND y.table_name = x.table_name AND y.hook IS NOT NULL);
