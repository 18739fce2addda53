-- code: SERVICE-GONE
-- severity: warn
-- title: A Service is gone
-- explanation: The earlier snapshot has it, the later one lists all Services and not this one.
-- fix: Nothing, if somebody deleted it on purpose.
-- needs: services
-- source: an example to start from
SELECT
  'service/' || b.namespace || '/' || b.service AS object,
  'is gone; it was a Service of type ' || b.type AS message,
  b.cluster_ip AS cluster_ip_before
FROM before.services b LEFT JOIN after.services a ON a.namespace = b.namespace AND a.service = b.service
WHERE a.service IS NULL AND EXISTS (SELECT 1 FROM after.coverage WHERE subject = 'services' AND status = 'complete' AND coalesce(namespace, b.namespace) = b.namespace)
ORDER BY 1
