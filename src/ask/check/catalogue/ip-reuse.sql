-- code: IP-REUSE
-- severity: error
-- title: One address, two pods
-- explanation: Two pods that run have the same address, or an endpoint names one pod and its address is another's: connections reach a stranger.
-- fix: Delete the pods that share the address; look at the CNI plugin's address store on the node. A stale endpoint is made anew when its pod is deleted.
-- needs: pods, endpoints
-- source: kubernetes/kubernetes 109414, 92697, 98611, 135266
WITH live AS MATERIALIZED (
  SELECT p.namespace, p.pod, p.uid, p.node, a.value AS ip FROM pods p, json_each(p.ips) a
  WHERE NOT p.host_network AND p.phase IN ('Running', 'Pending') AND p.deleted_at = '' AND a.value <> ''
),
owned AS MATERIALIZED (SELECT ip, count(*) AS pods, min(namespace || '/' || pod) AS pod, group_concat(namespace || '/' || pod || ' on ' || node, ', ' ORDER BY namespace, pod) AS who FROM live GROUP BY ip),
-- Endpoints that stood before and after, or the one list there is.
standing AS MATERIALIZED (
  SELECT DISTINCT e.namespace, e.service, e.address, e.target_namespace, e.target_name, e.target_uid
  FROM endpoint_objects e WHERE e.source = 'endpointslices' AND e.ready AND e.target_kind = 'Pod' AND (
    NOT EXISTS (SELECT 1 FROM coverage WHERE subject = 'endpointslices-after' AND status = 'complete')
    OR e.chain IS NULL OR e.chain IN (SELECT o.chain FROM endpoint_objects o WHERE o.source = 'endpointslices-after' AND o.ready AND o.chain IS NOT NULL))
),
listed AS (
  SELECT EXISTS (SELECT 1 FROM coverage b JOIN coverage a ON a.subject = 'endpointslices-after' AND a.status = 'complete'
    WHERE b.subject = 'endpointslices' AND b.ended_at <= p.started_at AND p.ended_at <= a.started_at) AS between_slices
  FROM coverage p WHERE p.subject = 'pods' AND p.status <> 'failed'
)
SELECT
  'address/' || ip AS object,
  NULL AS node,
  pods || ' pods have ' || ip || ': ' || who AS message,
  '' AS unsure,
  who AS pods
FROM owned WHERE pods > 1
UNION ALL
SELECT DISTINCT
  'service/' || e.namespace || '/' || e.service,
  NULL,
  'its endpoint ' || e.address || ' is said to be pod ' || e.target_namespace || '/' || e.target_name || ', but the address is ' || o.who || iif(o.pod = e.target_namespace || '/' || e.target_name, ' of another UID', ''),
  -- What stood in the slices before and after stood while the pods were listed.
  iif(l.between_slices, '', 'the pods were not listed between two lists of EndpointSlices, and may have changed meanwhile'),
  o.who
FROM standing e JOIN owned o ON o.ip = e.address, listed l
WHERE o.pods = 1 AND NOT EXISTS (
  SELECT 1 FROM live l WHERE l.ip = e.address AND l.namespace = e.target_namespace AND l.pod = e.target_name AND (l.uid = e.target_uid OR coalesce(e.target_uid, '') = '' OR coalesce(l.uid, '') = ''))
ORDER BY 1, 3
