-- The Gateway API: who serves, where it listens, and which Services routes send to.

CREATE TABLE _gateway_class (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  gateway_class TEXT NOT NULL,
  controller TEXT NOT NULL,
  accepted INTEGER
) STRICT;
CREATE INDEX _gateway_class_interval ON _gateway_class (collection, until);

CREATE TABLE _gateway (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  gateway TEXT NOT NULL,
  gateway_class TEXT NOT NULL,
  addresses TEXT NOT NULL,
  status_addresses TEXT NOT NULL,
  programmed INTEGER
) STRICT;
CREATE INDEX _gateway_interval ON _gateway (collection, until);

CREATE TABLE _gateway_listener (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  gateway TEXT NOT NULL,
  listener TEXT NOT NULL,
  hostname TEXT NOT NULL,
  port INTEGER,
  protocol TEXT NOT NULL,
  tls_mode TEXT NOT NULL,
  routes_from TEXT NOT NULL,
  route_kinds TEXT NOT NULL
) STRICT;
CREATE INDEX _gateway_listener_interval ON _gateway_listener (collection, until);

CREATE TABLE _gateway_route (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  route TEXT NOT NULL,
  kind TEXT NOT NULL,
  hostnames TEXT NOT NULL,
  parents TEXT NOT NULL,
  accepted INTEGER,
  resolved INTEGER,
  position INTEGER NOT NULL,
  matches TEXT NOT NULL,
  filters TEXT NOT NULL,
  backend_group TEXT NOT NULL,
  backend_kind TEXT NOT NULL,
  backend_namespace TEXT NOT NULL,
  backend TEXT NOT NULL,
  backend_port INTEGER,
  weight INTEGER
) STRICT;
CREATE INDEX _gateway_route_interval ON _gateway_route (collection, until);

CREATE TABLE _reference_grant (
  collection INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  reference_grant TEXT NOT NULL,
  from_group TEXT NOT NULL,
  from_kind TEXT NOT NULL,
  from_namespace TEXT NOT NULL,
  to_group TEXT NOT NULL,
  to_kind TEXT NOT NULL,
  to_name TEXT NOT NULL
) STRICT;
CREATE INDEX _reference_grant_interval ON _reference_grant (collection, until);

CREATE VIEW gateway_classes AS -- The GatewayClasses of the Gateway API.
SELECT
  s.name AS snapshot, -- the snapshot
  x.gateway_class AS gateway_class, -- name
  x.controller AS controller, -- who serves its Gateways
  x.accepted AS accepted -- 1: its controller accepted it; NULL where its status does not say
FROM _gateway_class x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW gateways AS -- The Gateways of the Gateway API.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.gateway AS gateway, -- name
  x.gateway_class AS gateway_class, -- who serves it
  x.addresses AS addresses, -- addresses it asks for, JSON list
  x.status_addresses AS status_addresses, -- addresses it has, JSON list
  x.programmed AS programmed -- 1: its controller serves it; NULL where its status does not say
FROM _gateway x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW gateway_listeners AS -- Where the Gateways listen.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.gateway AS gateway, -- the Gateway
  x.listener AS listener, -- name
  x.hostname AS hostname, -- '' for every host
  x.port AS port, -- port
  x.protocol AS protocol, -- HTTP, HTTPS, TLS, TCP, UDP
  x.tls_mode AS tls_mode, -- Terminate or Passthrough; '' without TLS
  x.routes_from AS routes_from, -- the namespaces whose routes may attach: Same, All or Selector
  x.route_kinds AS route_kinds -- the kinds of routes that may attach, JSON list; [] for those of the protocol
FROM _gateway_listener x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW gateway_routes AS -- One row a backend of a rule of an HTTPRoute, GRPCRoute, TLSRoute, TCPRoute or UDPRoute.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace
  x.route AS route, -- the object's name
  x.kind AS kind, -- HTTPRoute, GRPCRoute, TLSRoute, TCPRoute or UDPRoute
  x.hostnames AS hostnames, -- JSON list; [] for every host
  x.parents AS parents, -- what it is attached to, JSON list of namespace/gateway, namespace/gateway/listener
  x.accepted AS accepted, -- 1: all parents accepted it; NULL where its status does not say
  x.resolved AS resolved, -- 1: all it refers to was found; NULL where its status does not say
  x.position AS position, -- place among the object's rules, from 0
  x.matches AS matches, -- what a request must be, one of JSON list; [] for every request
  x.filters AS filters, -- what is done with it, JSON list
  x.backend_group AS backend_group, -- API group of the backend; '' for a Service
  x.backend_kind AS backend_kind, -- Service, ...; '' where the rule has no backend
  x.backend_namespace AS backend_namespace, -- namespace of the backend
  x.backend AS backend, -- the Service it sends to
  x.backend_port AS backend_port, -- port of the Service; NULL where not given
  x.weight AS weight -- among the rule's backends; NULL where the rule has none
FROM _gateway_route x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;

CREATE VIEW reference_grants AS -- What may be referred to from another namespace: one row a pair of from and to of a ReferenceGrant.
SELECT
  s.name AS snapshot, -- the snapshot
  x.namespace AS namespace, -- namespace of the ReferenceGrant, and of what is referred to
  x.reference_grant AS reference_grant, -- name
  x.from_group AS from_group, -- API group of what refers
  x.from_kind AS from_kind, -- HTTPRoute, Gateway, ...
  x.from_namespace AS from_namespace, -- its namespace
  x.to_group AS to_group, -- API group of what is referred to; '' for Services and Secrets
  x.to_kind AS to_kind, -- Service, Secret
  x.to_name AS to_name -- '' for all of the kind
FROM _reference_grant x
JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until
JOIN _part p ON p.id = t.part
JOIN _snapshot s ON s.id = p.snapshot;
