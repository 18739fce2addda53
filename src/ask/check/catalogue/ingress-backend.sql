-- code: INGRESS-BACKEND
-- severity: error
-- title: Ingress sends to a Service or port that does not exist
-- explanation: A rule of the Ingress names a Service that is not there, or a port that the Service does not have: the ingress controller answers 404 or 503, or leaves the whole route out.
-- fix: Correct the backend in the Ingress, or make the Service.
-- needs: ingresses, services
-- source: popeye 1401, 1402; traefik 7991, 6821, 7603
SELECT
  'ingress/' || i.namespace || '/' || i.ingress AS object,
  coalesce(nullif(i.host, ''), '*') || coalesce(nullif(i.path, ''), '/') || ' sends to ' || i.service || ':' || i.service_port ||
    iif(s.service IS NULL, ', and there is no such Service', ', and the Service has no such port') AS message,
  i.namespace || '/' || i.service AS service,
  (SELECT group_concat(p.port || iif(p.port_name = '', '', '=' || p.port_name), ' ') FROM service_ports p WHERE p.namespace = s.namespace AND p.service = s.service) AS service_ports
FROM ingresses i LEFT JOIN services s ON s.namespace = i.namespace AND s.service = i.service
WHERE i.service <> '' AND EXISTS (SELECT 1 FROM coverage WHERE subject = 'services' AND status = 'complete')
  AND (s.service IS NULL OR s.type <> 'ExternalName' AND i.service_port <> '' AND NOT EXISTS (
    SELECT 1 FROM service_ports p WHERE p.namespace = s.namespace AND p.service = s.service AND i.service_port IN (CAST(p.port AS TEXT), p.port_name)))
GROUP BY i.namespace, i.ingress, i.host, i.path, i.service, i.service_port
ORDER BY 1, 2
