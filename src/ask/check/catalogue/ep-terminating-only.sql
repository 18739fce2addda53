-- code: EP-TERMINATING-ONLY
-- severity: warn
-- title: Service whose last endpoints are going away
-- explanation: No endpoint is ready, and those that still answer belong to pods that are being deleted: in a moment the Service has none.
-- fix: See why no new pod becomes ready: a rollout that is stuck, a node that is drained, a scale to zero.
-- needs: services, endpoints
-- source: popeye 1109; KEP-1669 (ProxyTerminatingEndpoints)
SELECT
  'service/' || s.namespace || '/' || s.service AS object,
  'no ready endpoint, only terminating: ' || group_concat(DISTINCT e.address) AS message,
  count(DISTINCT e.address) AS terminating
FROM services s JOIN endpoints e ON e.namespace = s.namespace AND e.service = s.service
WHERE s.type <> 'ExternalName'
  AND EXISTS (
    SELECT 1 FROM coverage c WHERE c.status = 'complete' AND (c.subject = 'endpointslices' OR c.subject = 'endpoints'
      AND NOT EXISTS (SELECT 1 FROM coverage o WHERE o.subject = 'endpointslices' AND o.status <> 'failed')))
GROUP BY s.namespace, s.service
HAVING max(e.ready) = 0 AND max(e.serving AND e.terminating)
  -- Ready by the end of the collection: it was between two pods.
  AND NOT EXISTS (SELECT 1 FROM endpoint_objects o WHERE o.source = 'endpointslices-after' AND o.namespace = s.namespace AND o.service = s.service AND o.ready)
ORDER BY 1
