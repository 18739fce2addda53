-- code: SNAP-INCOMPLETE
-- severity: warn
-- title: The snapshot lacks something it was meant to have
-- explanation: A part of the collection failed, or came back cut, or was taken long after the rest: what it would have shown is unknown, and checks that need it may miss faults.
-- fix: See the reason in the finding: reach the node, give the collector the right to exec, raise --timeout; then collect again.
-- source: omc 255; SuzieQ 93, 313
WITH missing AS (
  SELECT c.subject, c.node, c.namespace, c.pod, c.family, min(c.status) AS status, min(c.detail) AS detail FROM coverage c
  WHERE c.status <> 'complete'
    -- A second way to the same knowledge, or the other backend, that did answer.
    AND NOT EXISTS (SELECT 1 FROM coverage o WHERE o.subject = c.subject AND o.status = 'complete' AND o.node IS c.node AND o.namespace IS c.namespace
      AND o.pod IS c.pod AND o.family IS c.family AND o.backend IS c.backend)
    -- What was read whole and is not interpreted is not missing.
    AND NOT (c.subject = 'nft-ruleset' AND c.status = 'partial' AND NOT EXISTS (SELECT 1 FROM items i WHERE i.kind = c.subject AND i.node IS c.node AND i.error IS NOT NULL))
    -- Told of the ruleset that they are read from.
    AND NOT (c.subject = 'nft-tables' AND EXISTS (SELECT 1 FROM coverage o WHERE o.subject = 'nft-ruleset' AND o.node IS c.node))
  GROUP BY c.subject, c.node, c.namespace, c.pod, c.family
  UNION ALL
  SELECT 'rules', n.node, NULL, NULL, 'ipv4', 'failed', 'the node was not asked' FROM nodes n
  WHERE NOT EXISTS (SELECT 1 FROM coverage c WHERE c.subject = 'rules' AND c.node = n.node)
    AND EXISTS (SELECT 1 FROM coverage c WHERE c.subject = 'rules' AND c.node IS NOT NULL)
)
SELECT
  coalesce('node/' || m.node, 'pod/' || m.namespace || '/' || m.pod, 'snapshot/' || s.snapshot) AS object,
  m.node AS node,
  iif(m.status = 'partial', 'only part of the ', 'no ') || m.subject || coalesce(' (' || m.family || ')', '') || coalesce(': ' || m.detail, '') AS message,
  m.subject AS subject,
  m.status AS status
FROM missing m JOIN snapshots s
-- Pasted text is a part of the whole by its nature, and each check says what it did not see.
WHERE NOT s.pasted
UNION ALL
SELECT
  'snapshot/' || s.snapshot,
  NULL,
  'what was read is ' || CAST(round((julianday(max(c.ended_at)) - julianday(min(c.started_at))) * 1440) AS INTEGER) || ' minutes apart: objects and rules may not belong together',
  'time',
  'partial'
FROM coverage c JOIN snapshots s
GROUP BY s.snapshot
HAVING julianday(max(c.ended_at)) - julianday(min(c.started_at)) > 10.0 / 1440
ORDER BY 1, 3
