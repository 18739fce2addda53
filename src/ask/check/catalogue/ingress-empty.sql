-- code: INGRESS-EMPTY
-- severity: warn
-- title: Ingress sends to a Service that has no ready endpoint
-- explanation: The route's Service exists and no pod behind it is ready. Traefik leaves such a route out altogether and answers 404 as if it had never been, unless it was told --providers.kubernetesingress.allowEmptyServices; others answer 503.
-- fix: Bring a pod of the Service up; SVC-NO-ENDPOINTS says why there is none.
-- needs: ingresses, services, endpoints
-- source: traefik 9242, 8818, 8802, 10406
SELECT
  'ingress/' || i.namespace || '/' || i.ingress AS object,
  coalesce(nullif(i.host, ''), '*') || coalesce(nullif(i.path, ''), '/') || ' sends to ' || i.service || ':' || i.service_port || ', which has no ready endpoint' AS message,
  i.namespace || '/' || i.service AS service
FROM ingresses i JOIN services s ON s.namespace = i.namespace AND s.service = i.service
WHERE s.type <> 'ExternalName'
  AND NOT EXISTS (SELECT 1 FROM endpoint_objects e WHERE e.namespace = s.namespace AND e.service = s.service AND e.ready)
  AND EXISTS (
    SELECT 1 FROM coverage c WHERE c.status = 'complete' AND (c.subject = 'endpointslices' OR c.subject = 'endpoints'
      AND NOT EXISTS (SELECT 1 FROM coverage o WHERE o.subject = 'endpointslices' AND o.status <> 'failed')))
GROUP BY i.namespace, i.ingress, i.host, i.path, i.service, i.service_port
ORDER BY 1, 2
