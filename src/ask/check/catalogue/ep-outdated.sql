-- code: EP-OUTDATED
-- severity: error
-- title: EndpointSlices do not follow the pods and the Service
-- explanation: kube-proxy goes by EndpointSlices, which the endpointslice controller makes of the Service's selector, its ports and the pods. These name a pod that is gone or has ended, another address or port than the pod has, or leave out a pod that is ready: the controller stands still, or somebody edits the slices.
-- fix: Look at kube-controller-manager (endpointslice-controller); touch the Service to have its slices made anew.
-- needs: services, endpoints, pods
-- causes: IP-REUSE
-- source: kubernetes/kubernetes 92697, 109414, 98611, 135266; kubernetes endpointslice controller (reconciler.go)
WITH selecting AS MATERIALIZED (
  SELECT namespace, service, selector, publish_not_ready_addresses FROM services WHERE selector <> '{}' AND type <> 'ExternalName'
),
-- Endpoints that stood before and after, or in the one list there is.
standing AS MATERIALIZED (
  SELECT DISTINCT e.namespace, e.service, e.port_name, e.protocol, e.address, e.port, e.ready, e.target_namespace AS pod_namespace, e.target_name AS pod
  FROM endpoint_objects e WHERE e.source = 'endpointslices' AND e.target_kind = 'Pod' AND e.ready AND (
    e.chain IS NULL OR NOT EXISTS (SELECT 1 FROM coverage WHERE subject = 'endpointslices-after' AND status = 'complete')
    OR e.chain IN (SELECT o.chain FROM endpoint_objects o WHERE o.source = 'endpointslices-after' AND o.ready AND o.chain IS NOT NULL))
),
listed AS (
  SELECT EXISTS (SELECT 1 FROM coverage b JOIN coverage a ON a.subject = 'endpointslices-after' AND a.status = 'complete'
    WHERE b.subject = 'endpointslices' AND b.ended_at <= p.started_at AND p.ended_at <= a.started_at) AS between_slices
  FROM coverage p WHERE p.subject = 'pods' AND p.status = 'complete'
),
sliced AS (SELECT 1 FROM coverage WHERE subject = 'endpointslices' AND status = 'complete'),
-- A pod that has come since the pods were listed has come with other endpoints of the Service.
moving AS MATERIALIZED (
  SELECT namespace, service FROM (SELECT DISTINCT source, namespace, service, address, port, ready, terminating FROM endpoint_objects WHERE source IN ('endpointslices', 'endpointslices-after'))
  WHERE EXISTS (SELECT 1 FROM coverage WHERE subject = 'endpointslices-after' AND status = 'complete')
  GROUP BY namespace, service, address, port, ready, terminating HAVING count(*) = 1
),
-- Found by one label, and then by all: of ten thousand Services and a hundred thousand pods not each is compared with each.
labelled AS MATERIALIZED (
  SELECT p.namespace, p.pod, p.ips, p.labels, k.key, k.value FROM pods p, json_each(p.labels) k WHERE p.phase = 'Running' AND p.ready = 1 AND p.deleted_at = ''
),
unready AS MATERIALIZED (
  SELECT p.namespace, p.pod, p.ips, p.labels, k.key, k.value FROM pods p, json_each(p.labels) k WHERE p.phase = 'Running' AND p.ready = 0 AND p.deleted_at = '' AND p.ips <> '[]'
),
by_label AS MATERIALIZED (SELECT s.namespace, s.service, s.selector, s.publish_not_ready_addresses, min(k.key) AS key, s.selector ->> ('$."' || min(k.key) || '"') AS value FROM selecting s, json_each(s.selector) k GROUP BY s.namespace, s.service),
matching AS MATERIALIZED (
  SELECT s.namespace, s.service, p.pod, p.ips FROM by_label s JOIN labelled p ON p.namespace = s.namespace AND p.key = s.key AND p.value = s.value
  WHERE NOT EXISTS (SELECT 1 FROM json_each(s.selector) k WHERE (p.labels ->> ('$."' || k.key || '"')) IS NOT k.value)
    -- A pod just made ready may not have come to the slices yet.
    AND NOT EXISTS (SELECT 1 FROM moving m WHERE m.namespace = s.namespace AND m.service = s.service)
),
-- A port that is given by name has in each pod the number that the pod gives it.
by_name AS MATERIALIZED (
  SELECT t.namespace, t.service, t.port_name, t.protocol, t.target_port FROM service_ports t JOIN selecting s ON s.namespace = t.namespace AND s.service = t.service
  WHERE t.target_port GLOB '*[^0-9]*'
),
declared AS MATERIALIZED (
  SELECT q.namespace, q.pod, q.port_name, q.protocol, q.port FROM container_ports q
  JOIN containers c ON c.namespace = q.namespace AND c.pod = q.pod AND c.container = q.container
  WHERE c.kind IN ('container', 'sidecar') AND q.port_name IN (SELECT target_port FROM by_name)
),
sliced_ports AS MATERIALIZED (SELECT DISTINCT namespace, service, port_name, protocol FROM endpoint_objects WHERE source <> 'endpoints'),
wrong AS (
  SELECT e.namespace, e.service, 'its endpoint ' || e.address || ' is pod ' || e.pod_namespace || '/' || e.pod || ', which there is not' AS what, '' AS doubt FROM standing e
  WHERE e.ready AND e.pod_namespace IS NOT NULL AND e.pod IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pods p WHERE p.namespace = e.pod_namespace AND p.pod = e.pod)
  UNION
  SELECT e.namespace, e.service, 'its endpoint ' || e.address || ' is pod ' || p.namespace || '/' || p.pod || ', which has ' || iif(p.phase = 'Failed', 'failed', 'ended'), '' FROM standing e JOIN pods p ON p.namespace = e.pod_namespace AND p.pod = e.pod
  WHERE e.ready AND p.phase IN ('Failed', 'Succeeded')
  UNION
  SELECT e.namespace, e.service, 'its endpoint ' || e.address || ' is pod ' || p.namespace || '/' || p.pod || ', whose address is ' || p.ip, '' FROM standing e JOIN pods p ON p.namespace = e.pod_namespace AND p.pod = e.pod
  WHERE e.ready AND p.phase = 'Running' AND p.ip <> '' AND e.address <> p.ip AND instr(p.ips, '"' || e.address || '"') = 0
    -- Another pod's address is IP-REUSE's.
    AND NOT EXISTS (SELECT 1 FROM pods o, json_each(o.ips) a WHERE a.value = e.address)
  UNION
  SELECT e.namespace, e.service, 'its endpoint ' || e.address || ' is pod ' || p.namespace || '/' || p.pod || ', which its selector does not choose', '' FROM standing e
  JOIN selecting s ON s.namespace = e.namespace AND s.service = e.service JOIN pods p ON p.namespace = e.pod_namespace AND p.pod = e.pod
  WHERE EXISTS (SELECT 1 FROM json_each(s.selector) k WHERE (p.labels ->> ('$."' || k.key || '"')) IS NOT k.value)
  UNION
  SELECT e.namespace, e.service, 'its endpoints have port ' || e.port || ' for ' || iif(e.port_name = '', 'its port', e.port_name) || ', which is to be ' || t.target_port, '' FROM standing e
  JOIN selecting s ON s.namespace = e.namespace AND s.service = e.service
  JOIN service_ports t ON t.namespace = e.namespace AND t.service = e.service AND t.port_name = e.port_name AND t.protocol = e.protocol
  WHERE t.target_port GLOB '[1-9]*' AND e.port IS NOT NULL AND CAST(t.target_port AS INTEGER) <> e.port
  UNION
  SELECT e.namespace, e.service, 'its endpoint ' || e.address || ' is said to be ready, and pod ' || p.namespace || '/' || p.pod || ' is not',
    'it may have become ready again before the slices were listed again' FROM standing e
  JOIN selecting s ON s.namespace = e.namespace AND s.service = e.service JOIN pods p ON p.namespace = e.pod_namespace AND p.pod = e.pod
  WHERE NOT s.publish_not_ready_addresses AND p.phase = 'Running' AND p.ready = 0 AND p.deleted_at = ''
  UNION
  -- With publishNotReadyAddresses a pod is an endpoint as soon as it has an address.
  SELECT s.namespace, s.service, 'pod ' || p.namespace || '/' || p.pod || ' is to be published although it is not ready, and is none of its endpoints', '' FROM by_label s
  JOIN unready p ON p.namespace = s.namespace AND p.key = s.key AND p.value = s.value, sliced
  WHERE s.publish_not_ready_addresses AND NOT EXISTS (SELECT 1 FROM json_each(s.selector) k WHERE (p.labels ->> ('$."' || k.key || '"')) IS NOT k.value)
    AND NOT EXISTS (SELECT 1 FROM endpoint_objects e JOIN json_each(p.ips) a ON a.value = e.address
      WHERE e.source IN ('endpointslices', 'endpointslices-after') AND e.ready AND e.namespace = s.namespace AND e.service = s.service)
  UNION
  SELECT e.namespace, e.service, 'its endpoint ' || e.address || ' has port ' || e.port || ' for ' || t.target_port || ', and pod ' || p.namespace || '/' || p.pod || ' has no such port of that name', ''
  FROM by_name t JOIN standing e ON e.namespace = t.namespace AND e.service = t.service AND e.port_name = t.port_name AND e.protocol = t.protocol
  JOIN pods p ON p.namespace = e.pod_namespace AND p.pod = e.pod
  WHERE e.port IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM declared d WHERE d.namespace = e.pod_namespace AND d.pod = e.pod AND d.port_name = t.target_port AND d.protocol = t.protocol AND d.port = e.port)
  UNION
  SELECT t.namespace, t.service, 'its endpoints have no port ' || iif(t.port_name = '', '', t.port_name || ' ') || t.port || '/' || t.protocol, ''
  FROM service_ports t JOIN selecting s ON s.namespace = t.namespace AND s.service = t.service
  WHERE EXISTS (
      SELECT 1 FROM standing e WHERE e.namespace = t.namespace AND e.service = t.service AND (t.target_port NOT GLOB '*[^0-9]*' OR EXISTS (
        SELECT 1 FROM declared d WHERE d.namespace = e.pod_namespace AND d.pod = e.pod AND d.port_name = t.target_port AND d.protocol = t.protocol)))
    AND NOT EXISTS (SELECT 1 FROM sliced_ports e WHERE e.namespace = t.namespace AND e.service = t.service AND e.port_name = t.port_name AND e.protocol = t.protocol)
  UNION
  SELECT m.namespace, m.service, 'pod ' || m.namespace || '/' || m.pod || ' is ready, and none of its endpoints', '' FROM matching m, sliced
  WHERE EXISTS (SELECT 1 FROM endpoint_objects e WHERE e.source = 'endpointslices' AND e.namespace = m.namespace AND e.service = m.service AND e.ready)
    AND NOT EXISTS (SELECT 1 FROM endpoint_objects e JOIN json_each(m.ips) a ON a.value = e.address WHERE e.source IN ('endpointslices', 'endpointslices-after') AND e.namespace = m.namespace AND e.service = m.service)
)
SELECT
  'service/' || w.namespace || '/' || w.service AS object,
  w.what AS message,
  -- A pod may come or go between two lists: what stood in the slices before and after stood while the pods were listed.
  iif(l.between_slices, w.doubt, 'the pods were not listed between two lists of EndpointSlices, and may have changed meanwhile') AS unsure,
  (SELECT max(ended_at) FROM coverage WHERE subject = 'pods') AS pods_listed_at,
  (SELECT max(ended_at) FROM coverage WHERE subject = 'endpointslices') AS slices_listed_at
FROM wrong w, listed l
WHERE NOT EXISTS (SELECT 1 FROM moving m WHERE m.namespace = w.namespace AND m.service = w.service)
ORDER BY 1, 2
