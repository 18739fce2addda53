-- code: INGRESS-BACKEND
-- severity: error
-- title: Ingress or IngressRoute sends to a Service or port that does not exist
-- explanation: A rule names a Service that is not there, or a port that the Service does not have: the ingress controller answers 404 or 503, or leaves the whole route out.
-- fix: Correct the backend in the Ingress or IngressRoute, or make the Service.
-- needs: ingresses, ingressroutes, services
-- source: popeye 1401, 1402; traefik 7991, 6821, 7603
WITH backends AS (
  SELECT 'ingress/' || namespace || '/' || ingress AS object, coalesce(nullif(host, ''), '*') || coalesce(nullif(path, ''), '/') AS rule,
    namespace, service, service_port FROM ingresses WHERE service <> ''
  UNION ALL
  SELECT lower(kind) || '/' || namespace || '/' || route, iif(rule = '', 'a route', rule), service_namespace, service, service_port
  FROM traefik_routes WHERE service_kind = 'Service'
)
SELECT
  b.object AS object,
  b.rule || ' sends to ' || iif(b.object LIKE 'ingress/%', '', b.namespace || '/') || b.service || ':' || b.service_port ||
    iif(s.service IS NULL, ', and there is no such Service', ', and the Service has no such port') AS message,
  b.namespace || '/' || b.service AS service,
  (SELECT group_concat(p.port || iif(p.port_name = '', '', '=' || p.port_name), ' ') FROM service_ports p WHERE p.namespace = s.namespace AND p.service = s.service) AS service_ports
FROM backends b LEFT JOIN services s ON s.namespace = b.namespace AND s.service = b.service
WHERE EXISTS (SELECT 1 FROM coverage WHERE subject = 'services' AND status = 'complete')
  AND (s.service IS NULL OR s.type <> 'ExternalName' AND b.service_port <> '' AND NOT EXISTS (
    SELECT 1 FROM service_ports p WHERE p.namespace = s.namespace AND p.service = s.service AND b.service_port IN (CAST(p.port AS TEXT), p.port_name)))
GROUP BY b.object, b.rule, b.namespace, b.service, b.service_port
ORDER BY 1, 2
