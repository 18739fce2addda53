-- code: EP-SLICE-MISMATCH
-- severity: warn
-- title: Endpoints object and EndpointSlices disagree
-- explanation: The Service's Endpoints object and its EndpointSlices do not list the same ready addresses: a mirror stands still, or someone edits one of them. kube-proxy goes by the slices (from 1.19 on), other programs by the object.
-- fix: Look at the log of kube-controller-manager; delete the slices, or the Endpoints object of a Service with selector, to have it made anew.
-- needs: endpoints, services
-- source: kubernetes/kubernetes 117193, 125638, 105987
WITH read AS MATERIALIZED (
  SELECT subject, max(ended_at) AS at FROM coverage WHERE status = 'complete' AND subject IN ('endpoints', 'endpointslices') GROUP BY subject
),
-- A Service whose slices changed while the snapshot was taken proves nothing.
in_flux AS MATERIALIZED (
  SELECT namespace, service FROM (
    SELECT DISTINCT source, namespace, service, address, port, ready FROM endpoint_objects WHERE source IN ('endpointslices', 'endpointslices-after')
  )
  WHERE EXISTS (SELECT 1 FROM coverage WHERE subject = 'endpointslices-after' AND status = 'complete')
  GROUP BY namespace, service, address, port, ready HAVING count(*) = 1
),
listed AS MATERIALIZED (
  SELECT namespace, service, address || iif(port IS NULL, '', ' port ' || port) AS item, instr(address, ':') > 0 AS six,
    max(source = 'endpoints') AS in_object, max(source = 'endpointslices') AS in_slices,
    max(source = 'endpoints' AND ready) AS ready_in_object, max(source = 'endpointslices' AND ready) AS ready_in_slices
  FROM endpoint_objects WHERE source IN ('endpoints', 'endpointslices') GROUP BY namespace, service, address, port
),
sized AS MATERIALIZED (SELECT namespace, service, sum(in_object) AS in_object, sum(in_slices) AS in_slices FROM listed GROUP BY namespace, service)
SELECT
  'service/' || l.namespace || '/' || l.service AS object,
  iif(l.ready_in_slices, 'ready in its EndpointSlices and not in its Endpoints object: ', 'ready in its Endpoints object and not in its EndpointSlices: ') || group_concat(l.item, ', ' ORDER BY l.item) AS message,
  z.in_object AS addresses_in_object,
  z.in_slices AS addresses_in_slices,
  (SELECT at FROM read WHERE subject = 'endpoints') AS endpoints_read_at,
  (SELECT at FROM read WHERE subject = 'endpointslices') AS slices_read_at
FROM listed l
JOIN services s ON s.namespace = l.namespace AND s.service = l.service
JOIN sized z ON z.namespace = l.namespace AND z.service = l.service
WHERE (SELECT count(*) FROM read) = 2
  AND (l.ready_in_slices AND NOT l.in_object OR l.ready_in_object AND NOT l.in_slices)
  AND NOT EXISTS (SELECT 1 FROM in_flux f WHERE f.namespace = l.namespace AND f.service = l.service)
  -- The object has the addresses of the Service's first family only, and no more than a thousand.
  AND l.six = (coalesce(s.ip_families ->> '$[0]', iif(instr(s.cluster_ip, ':'), 'IPv6', 'IPv4')) = 'IPv6')
  AND z.in_object < 1000
  -- Slices made by hand need no object.
  AND (s.selector <> '{}' OR z.in_object > 0)
GROUP BY l.namespace, l.service, l.ready_in_slices
ORDER BY 1, 2
