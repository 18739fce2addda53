-- code: IN-FLUX
-- severity: info
-- title: A Service changed while the nodes were read
-- explanation: The node's rules are not those for the endpoints as they were first listed, and a change since then explains it: objects and rules are of different instants. It is no fault unless the next snapshot shows the same.
-- fix: Nothing. Check the next snapshot.
-- needs: services, endpoints, rules
-- source: kubernetes/kubernetes 121362; the two lists of EndpointSlices that "snap collect" makes
SELECT
  object AS object,
  node AS node,
  'its rules are of another instant than the endpoints listed first: ' || replace(group_concat(DISTINCT deviation), ',', ', ') AS message,
  (SELECT min(ended_at) FROM coverage WHERE subject = 'endpointslices') AS endpoints_listed_at,
  (SELECT min(started_at) FROM coverage c WHERE c.subject = 'rules' AND c.node = deviations.node AND c.family = deviations.family) AS rules_read_at,
  (SELECT max(started_at) FROM coverage WHERE subject = 'endpointslices-after') AS endpoints_listed_again_at,
  (SELECT created_at FROM services s WHERE s.namespace = deviations.namespace AND s.service = deviations.service) AS service_made_at,
  group_concat(DISTINCT w.value) AS destinations
FROM deviations, json_each(what) w
WHERE in_flux
GROUP BY object, node, family
ORDER BY 1, 2
