-- code: INGRESS-EMPTY
-- severity: warn
-- title: Ingress or IngressRoute sends to a Service that has no ready endpoint
-- explanation: The route's Service exists and no pod behind it is ready. Traefik leaves such a route out altogether and answers 404 as if it had never been, unless it was told --providers.kubernetesingress.allowEmptyServices (or .kubernetescrd.); others answer 503.
-- fix: Bring a pod of the Service up; SVC-NO-ENDPOINTS says why there is none.
-- needs: ingresses, ingressroutes, services, endpoints
-- source: traefik 9242, 8818, 8802, 10406
WITH traefik AS MATERIALIZED (
  SELECT lower(a.value) AS flag FROM containers c, json_each(c.arguments) a WHERE lower(a.value) GLOB '--providers.*'
),
-- What Traefik does with a route to nobody, as far as its arguments tell: its settings may stand in a file, too.
allowed (provider, empty) AS MATERIALIZED (
  SELECT p.name, EXISTS (SELECT 1 FROM traefik WHERE flag IN ('--providers.' || p.name || '.allowemptyservices', '--providers.' || p.name || '.allowemptyservices=true'))
  FROM (SELECT 'kubernetesingress' AS name UNION SELECT 'kubernetescrd') p
),
backends AS (
  SELECT 'ingress/' || namespace || '/' || ingress AS object, coalesce(nullif(host, ''), '*') || coalesce(nullif(path, ''), '/') AS rule,
    namespace, service, service_port FROM ingresses
  UNION ALL
  SELECT lower(kind) || '/' || namespace || '/' || route, iif(rule = '', 'a route', rule), service_namespace, service, service_port
  FROM traefik_routes WHERE service_kind = 'Service' AND coalesce(native_lb, 0) = 0
)
SELECT
  b.object AS object,
  b.rule || ' sends to ' || iif(b.object LIKE 'ingress/%', '', b.namespace || '/') || b.service || ':' || b.service_port || ', which has no ready endpoint' || iif(a.empty, ': Traefik answers 503', '') AS message,
  b.namespace || '/' || b.service AS service,
  (SELECT group_concat(flag, ' ') FROM traefik WHERE flag LIKE '--providers.kubernetes%') AS traefik_arguments
FROM backends b JOIN services s ON s.namespace = b.namespace AND s.service = b.service
JOIN allowed a ON a.provider = iif(b.object LIKE 'ingress/%', 'kubernetesingress', 'kubernetescrd')
WHERE s.type <> 'ExternalName'
  AND NOT EXISTS (SELECT 1 FROM endpoint_objects e WHERE e.namespace = s.namespace AND e.service = s.service AND e.ready)
  AND EXISTS (
    SELECT 1 FROM coverage c WHERE c.status = 'complete' AND (c.subject = 'endpointslices' OR c.subject = 'endpoints'
      AND NOT EXISTS (SELECT 1 FROM coverage o WHERE o.subject = 'endpointslices' AND o.status <> 'failed')))
GROUP BY b.object, b.rule, b.namespace, b.service, b.service_port
ORDER BY 1, 2
