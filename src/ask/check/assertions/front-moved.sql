-- code: FRONT-MOVED
-- severity: warn
-- title: A Service is reached at another address or port than before
-- explanation: Clients that know the earlier address or port find nobody there, or somebody else.
-- fix: Tell those who use it, or give the Service its address back.
-- needs: services
-- source: an example to start from
SELECT
  'service/' || b.namespace || '/' || b.service || iif(b.port_name = '', '', ':' || b.port_name) AS object,
  b.kind || ' ' || iif(b.address = '', '', b.address || ' port ') || b.port || '/' || b.protocol || ' is no more' AS message,
  (SELECT group_concat(iif(n.address = '', '', n.address || ' port ') || n.port, ', ') FROM after.fronts n
    WHERE n.namespace = b.namespace AND n.service = b.service AND n.port_name = b.port_name AND n.protocol = b.protocol AND n.kind = b.kind) AS reached_now
FROM before.fronts b
JOIN after.services s ON s.namespace = b.namespace AND s.service = b.service
LEFT JOIN after.fronts a ON a.namespace = b.namespace AND a.service = b.service AND a.port_name = b.port_name AND a.protocol = b.protocol
  AND a.kind = b.kind AND a.address = b.address AND a.port = b.port
WHERE a.service IS NULL
ORDER BY 1, 2
