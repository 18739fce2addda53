-- code: SVC-NO-ENDPOINTS
-- severity: warn
-- title: Service without a ready endpoint
-- explanation: The Service selects pods, and none of them is ready: kube-proxy rejects every connection to it.
-- fix: Follow the cause in the finding: start pods that match the selector, or look at why the matching ones are not ready.
-- needs: services, endpoints, pods
-- source: Kubernetes documentation, Debug Services; popeye 1105
WITH usable AS MATERIALIZED (
  SELECT DISTINCT namespace, service FROM endpoint_objects WHERE coalesce(ready, 1) OR serving AND terminating
),
lacking AS MATERIALIZED (
  SELECT s.namespace, s.service, s.type, s.cluster_ip, s.selector FROM services s
  WHERE s.type <> 'ExternalName' AND s.selector IS NOT '{}'
    AND NOT EXISTS (SELECT 1 FROM usable e WHERE e.namespace = s.namespace AND e.service = s.service)
    AND EXISTS (
      SELECT 1 FROM coverage c WHERE c.status = 'complete' AND (c.subject = 'endpointslices' OR c.subject = 'endpoints'
        AND NOT EXISTS (SELECT 1 FROM coverage o WHERE o.subject = 'endpointslices' AND o.status <> 'failed'))
      -- `kubectl get endpoints` lists what is ready.
      OR c.subject = 'ready-endpoints' AND coalesce(c.namespace, s.namespace) = s.namespace)
),
matching AS MATERIALIZED (
  SELECT s.namespace, s.service,
    count(p.pod) AS pods,
    count(p.ready) AS told,
    coalesce(sum(p.ready), 0) AS ready_pods,
    (SELECT count(*) FROM service_ports t WHERE t.namespace = s.namespace AND t.service = s.service AND t.target_port NOT GLOB '[0-9]*') AS named_ports
  FROM lacking s
  LEFT JOIN pods p ON p.namespace = s.namespace AND coalesce(p.phase, '') NOT IN ('Succeeded', 'Failed') AND NOT EXISTS (
    SELECT 1 FROM json_each(s.selector) k WHERE (p.labels ->> ('$."' || k.key || '"')) IS NOT k.value)
  GROUP BY s.namespace, s.service
)
SELECT
  'service/' || s.namespace || '/' || s.service AS object,
  CASE
    WHEN NOT EXISTS (SELECT 1 FROM coverage WHERE subject = 'pods' AND status = 'complete') THEN 'no ready endpoint; why is unknown, the pods were not listed'
    WHEN s.selector IS NULL THEN 'no ready endpoint; why is unknown, its selector is not told'
    WHEN m.pods = 0 THEN 'no ready endpoint: no pod matches its selector'
    WHEN m.told < m.pods THEN 'no ready endpoint; whether the ' || m.pods || ' pods that match its selector are ready is not told'
    WHEN m.ready_pods = 0 THEN 'no ready endpoint: none of the ' || m.pods || ' pods that match its selector is ready'
    WHEN m.named_ports > 0 THEN 'no ready endpoint although ' || m.ready_pods || ' matching pods are ready: does any of them have a port of the name it asks for?'
    ELSE 'no ready endpoint although ' || m.ready_pods || ' pods match its selector and are ready'
  END AS message,
  s.type AS type,
  s.cluster_ip AS cluster_ip,
  s.selector AS selector,
  m.pods AS matching_pods,
  (SELECT count(*) FROM endpoints e WHERE e.namespace = s.namespace AND e.service = s.service) AS endpoints_not_ready
FROM lacking s JOIN matching m USING (namespace, service)
ORDER BY 1
