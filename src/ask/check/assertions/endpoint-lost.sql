-- code: ENDPOINT-LOST
-- severity: warn
-- title: A Service has fewer ready endpoints than before
-- explanation: It had more in the earlier snapshot, and is still there. A rollout or a scaling down explains it; so does a crash.
-- fix: See which pods are gone or not ready ("snap diff").
-- needs: services, endpoints
-- source: an example to start from
WITH counted AS (
  SELECT 'before' AS side, namespace, service, count(DISTINCT address) AS ready FROM before.endpoints WHERE ready GROUP BY namespace, service
  UNION ALL SELECT 'after', namespace, service, count(DISTINCT address) FROM after.endpoints WHERE ready GROUP BY namespace, service
)
SELECT
  'service/' || b.namespace || '/' || b.service AS object,
  'has ' || coalesce(a.ready, 0) || ' ready endpoints, had ' || b.ready AS message,
  b.ready AS ready_before,
  coalesce(a.ready, 0) AS ready_after
FROM counted b
JOIN after.services s ON s.namespace = b.namespace AND s.service = b.service
LEFT JOIN counted a ON a.side = 'after' AND a.namespace = b.namespace AND a.service = b.service
WHERE b.side = 'before' AND coalesce(a.ready, 0) < b.ready
  AND EXISTS (SELECT 1 FROM after.coverage WHERE subject IN ('endpointslices', 'endpoints') AND status = 'complete' AND coalesce(namespace, b.namespace) = b.namespace)
ORDER BY 1
