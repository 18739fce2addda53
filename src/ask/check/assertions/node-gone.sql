-- code: NODE-GONE
-- severity: warn
-- title: A node is gone, or no longer ready
-- explanation: The earlier snapshot has the node ready.
-- fix: See whether the node was taken out on purpose.
-- needs: nodes
-- source: an example to start from
SELECT
  'node/' || b.node AS object,
  b.node AS node,
  iif(a.node IS NULL, 'is gone', 'is not ready any more') AS message,
  a.ready AS ready_after
FROM before.nodes b LEFT JOIN after.nodes a ON a.node = b.node
WHERE b.ready = 'True' AND coalesce(a.ready, '') <> 'True' AND EXISTS (SELECT 1 FROM after.coverage WHERE subject = 'nodes' AND status = 'complete')
ORDER BY 1
