-- code: EP-SINGLE
-- severity: info
-- title: Service with a single endpoint
-- explanation: One pod carries the whole Service: when it is replaced or its node restarts, nobody answers.
-- fix: Run two pods or more, if the program can.
-- needs: services, endpoints
-- source: popeye 1109
SELECT
  'service/' || s.namespace || '/' || s.service AS object,
  'only ' || min(e.pod_namespace || '/' || e.pod) || ' is ready' AS message,
  min(e.address) AS address,
  min(e.node) AS runs_on
FROM services s JOIN endpoints e ON e.namespace = s.namespace AND e.service = s.service
WHERE s.selector <> '{}' AND e.ready AND e.target_kind = 'Pod'
  AND EXISTS (
    SELECT 1 FROM coverage c WHERE c.status = 'complete' AND (c.subject = 'endpointslices' OR c.subject = 'endpoints'
      AND NOT EXISTS (SELECT 1 FROM coverage o WHERE o.subject = 'endpointslices' AND o.status <> 'failed')))
GROUP BY s.namespace, s.service
HAVING count(DISTINCT e.pod_namespace || '/' || e.pod) = 1
ORDER BY 1
