-- In a block that changed most chains did not: with a hash of each they need not be compared rule by rule. Unknown for what was imported before.
ALTER TABLE _block ADD COLUMN hashes BLOB; -- 16 bytes for each of `chains`; NULL for a block of one chain

-- Mostly no form is odd, and then no chain has to be looked at: the odd shapes come first, and the chains that have them after that.
DROP VIEW issues;

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
FROM (SELECT DISTINCT o.shape FROM _rule_form f JOIN _shape_rule o ON o.form = f.id WHERE f.not_understood IS NOT NULL) odd
CROSS JOIN _run x ON x.shape = odd.shape
JOIN _rule r ON r.run = x.id AND r.not_understood IS NOT NULL
JOIN _chain_name n ON n.id = r.chain
JOIN _part_set t ON t.collection = n.collection AND r.since <= t.seq AND t.seq < r.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;
