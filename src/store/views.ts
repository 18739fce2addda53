/** The public views, column by column, for typed queries. Written by `npm run generate` from the migrations. */

interface ChainSets {
  snapshot: string
  chain_set: number | null
  node: string | null
  namespace: string | null
  pod: string | null
  container: string | null
  family: string | null
  backend: string | null
}

interface Chains {
  snapshot: string
  node: string | null
  namespace: string | null
  pod: string | null
  container: string | null
  family: string | null
  backend: string | null
  table_name: string | null
  chain: string | null
  kind: string | null
  hash: string | null
  policy: string | null
  rules: number | null
  complete: number | null
  packets: number | bigint | string | null
  bytes: number | bigint | string | null
}

interface CheckRuns {
  snapshot: string
  code: string | null
  severity: string | null
  findings: number | null
  not_seen: number | null
  tool: string | null
}

interface Connections {
  snapshot: string
  node: string | null
  family: string | null
  protocol: string | null
  state: string | null
  source: string | null
  source_port: number | null
  destination: string | null
  destination_port: number | null
  reply_source: string | null
  reply_source_port: number | null
  reply_destination: string | null
  reply_destination_port: number | null
  replied: number | null
  assured: number | null
  mark: number | null
  zone: number | null
}

interface ContainerPorts {
  snapshot: string
  namespace: string | null
  pod: string | null
  container: string | null
  port_name: string | null
  protocol: string | null
  port: number | null
  host_port: number | null
  host_ip: string | null
}

interface Containers {
  snapshot: string
  namespace: string | null
  pod: string | null
  container: string | null
  kind: string | null
  image: string | null
  ready: number | null
  restarts: number | null
  state: string | null
  reason: string | null
  environment: string | null
  arguments: string | null
}

interface Coverage {
  snapshot: string
  subject: string | null
  node: string | null
  namespace: string | null
  pod: string | null
  container: string | null
  family: string | null
  backend: string | null
  status: string | null
  detail: string | null
  protocols: string | null
  started_at: string | null
  ended_at: string | null
}

interface Daemonsets {
  snapshot: string
  namespace: string | null
  daemonset: string | null
  desired: number | null
  current: number | null
  ready: number | null
  labels: string | null
  selector: string | null
  node_selector: string | null
}

interface DistinctChains {
  snapshot: string
  chain_set: number | null
  family: string | null
  table_name: string | null
  chain: string | null
  kind: string | null
  hash: string | null
  policy: string | null
  rules: number | null
  complete: number | null
}

interface DistinctRules {
  snapshot: string
  chain_set: number | null
  family: string | null
  table_name: string | null
  chain: string | null
  kind: string | null
  number: number | null
  text: string | null
  protocol: string | null
  source: string | null
  destination: string | null
  in_interface: string | null
  out_interface: string | null
  destination_ports: string | null
  target: string | null
  is_goto: number | null
  to_destination: string | null
  probability: number | null
  not_understood: string | null
}

interface EndpointObjects {
  snapshot: string
  source: string | null
  namespace: string | null
  service: string | null
  object: string | null
  port_name: string | null
  protocol: string | null
  address: string | null
  port: number | null
  ready: number | null
  serving: number | null
  terminating: number | null
  node: string | null
  zone: string | null
  target_kind: string | null
  target_namespace: string | null
  target_name: string | null
  target_uid: string | null
  hint_zones: string | null
  hint_nodes: string | null
  chain: string | null
  chain_before119: string | null
}

interface Endpoints {
  snapshot: string
  namespace: string | null
  service: string | null
  port_name: string | null
  protocol: string | null
  address: string | null
  port: number | null
  ready: number | null
  serving: number | null
  terminating: number | null
  node: string | null
  zone: string | null
  target_kind: string | null
  pod_namespace: string | null
  pod: string | null
  hint_zones: string | null
  hint_nodes: string | null
  chain: string | null
  chain_before119: string | null
  source: string | null
}

interface Frontends {
  snapshot: string
  namespace: string | null
  service: string | null
  port_name: string | null
  protocol: string | null
  kind: string | null
  address: string | null
  port: number | null
  chain_hash: string | null
}

interface GatewayClasses {
  snapshot: string
  gateway_class: string | null
  controller: string | null
  accepted: number | null
}

interface GatewayListeners {
  snapshot: string
  namespace: string | null
  gateway: string | null
  listener: string | null
  hostname: string | null
  port: number | null
  protocol: string | null
  tls_mode: string | null
  routes_from: string | null
  route_kinds: string | null
}

interface GatewayRoutes {
  snapshot: string
  namespace: string | null
  route: string | null
  kind: string | null
  hostnames: string | null
  parents: string | null
  accepted: number | null
  resolved: number | null
  position: number | null
  matches: string | null
  filters: string | null
  backend_group: string | null
  backend_kind: string | null
  backend_namespace: string | null
  backend: string | null
  backend_port: number | null
  weight: number | null
}

interface Gateways {
  snapshot: string
  namespace: string | null
  gateway: string | null
  gateway_class: string | null
  addresses: string | null
  status_addresses: string | null
  programmed: number | null
}

interface Ingresses {
  snapshot: string
  namespace: string | null
  ingress: string | null
  ingress_class: string | null
  host: string | null
  path: string | null
  path_type: string | null
  service: string | null
  service_port: string | null
}

interface IpsetMembers {
  snapshot: string
  node: string | null
  namespace: string | null
  pod: string | null
  ipset: string | null
  member: string | null
  nomatch: number | null
  wildcard: number | null
  comment: string | null
}

interface Ipsets {
  snapshot: string
  node: string | null
  namespace: string | null
  pod: string | null
  ipset: string | null
  type: string | null
  options: string | null
}

interface Issues {
  snapshot: string
  phase: string | null
  path: string | null
  node: string | null
  namespace: string | null
  pod: string | null
  container: string | null
  line: string | null
  object: string | null
  message: string | null
  text: string | null
}

interface Items {
  snapshot: string
  path: string | null
  kind: string | null
  node: string | null
  namespace: string | null
  pod: string | null
  container: string | null
  backend: string | null
  command: string | null
  started_at: string | null
  ended_at: string | null
  exit_code: number | null
  error: string | null
  stderr: string | null
  bytes: number | null
  sha256: string | null
}

interface Listeners {
  snapshot: string
  node: string | null
  namespace: string | null
  pod: string | null
  container: string | null
  protocol: string | null
  address: string | null
  port: number | null
  process: string | null
}

interface Namespaces {
  snapshot: string
  namespace: string | null
  phase: string | null
  labels: string | null
}

interface NetworkPolicies {
  snapshot: string
  namespace: string | null
  network_policy: string | null
  pod_selector: string | null
  types: string | null
}

interface NetworkPolicyRules {
  snapshot: string
  namespace: string | null
  network_policy: string | null
  direction: string | null
  position: number | null
  peer: string | null
  ports: string | null
}

interface NftChains {
  snapshot: string
  node: string | null
  namespace: string | null
  pod: string | null
  family: string | null
  table_name: string | null
  chain: string | null
  hook: string | null
  priority: number | null
  policy: string | null
  rules: number | null
  acts: string | null
}

interface NftRules {
  snapshot: string
  node: string | null
  family: string | null
  table_name: string | null
  position: number | null
  block: string | null
  text: string | null
}

interface NftTables {
  snapshot: string
  node: string | null
  family: string | null
  name: string | null
}

interface NodeAddresses {
  snapshot: string
  node: string | null
  address: string | null
  type: string | null
  interface: string | null
  prefix_length: number | null
}

interface Nodes {
  snapshot: string
  node: string | null
  ready: string | null
  unschedulable: number | null
  internal_ips: string | null
  external_ips: string | null
  pod_cidrs: string | null
  kubelet_version: string | null
  kube_proxy_version: string | null
  os_image: string | null
  kernel_version: string | null
  container_runtime: string | null
  labels: string | null
  addresses: string | null
  created_at: string | null
}

interface Pods {
  snapshot: string
  namespace: string | null
  pod: string | null
  node: string | null
  ip: string | null
  ips: string | null
  host_network: number | null
  phase: string | null
  status: string | null
  ready: number | null
  deleted_at: string | null
  owner_kind: string | null
  owner_name: string | null
  labels: string | null
  uid: string | null
  created_at: string | null
}

interface ReferenceGrants {
  snapshot: string
  namespace: string | null
  reference_grant: string | null
  from_group: string | null
  from_kind: string | null
  from_namespace: string | null
  to_group: string | null
  to_kind: string | null
  to_name: string | null
}

interface Routes {
  snapshot: string
  node: string | null
  destination: string | null
  gateway: string | null
  interface: string | null
  type: string | null
  source: string | null
}

interface Rules {
  snapshot: string
  node: string | null
  namespace: string | null
  pod: string | null
  container: string | null
  family: string | null
  backend: string | null
  table_name: string | null
  chain: string | null
  kind: string | null
  number: number | null
  text: string | null
  protocol: string | null
  source: string | null
  destination: string | null
  in_interface: string | null
  out_interface: string | null
  destination_ports: string | null
  target: string | null
  is_goto: number | null
  to_destination: string | null
  probability: number | null
  packets: number | null
  bytes: number | null
  not_understood: string | null
}

interface ServicePorts {
  snapshot: string
  namespace: string | null
  service: string | null
  port_name: string | null
  protocol: string | null
  port: number | null
  target_port: string | null
  node_port: number | null
  chain_hash: string | null
  chain_hash_before119: string | null
}

interface Services {
  snapshot: string
  namespace: string | null
  service: string | null
  type: string | null
  cluster_ip: string | null
  cluster_ips: string | null
  external_ips: string | null
  external_name: string | null
  load_balancer_ips: string | null
  load_balancer_hostnames: string | null
  load_balancer_ip_mode: string | null
  load_balancer_class: string | null
  load_balancer_source_ranges: string | null
  external_traffic_policy: string | null
  internal_traffic_policy: string | null
  traffic_distribution: string | null
  session_affinity: string | null
  session_affinity_timeout: number | null
  publish_not_ready_addresses: number | null
  health_check_node_port: number | null
  ip_families: string | null
  selector: string | null
  labels: string | null
  annotations: string | null
  uid: string | null
  created_at: string | null
}

interface Snapshots {
  snapshot: string
  id: number | null
  taken_at: string | null
  ended_at: string | null
  cluster: string | null
  cluster_uid: string | null
  items: number | null
  failed: number | null
  issues: number | null
  pasted: number | null
  tool: string | null
  source: string | null
  imported_at: string | null
}

interface Sysctls {
  snapshot: string
  node: string | null
  name: string | null
  value: string | null
}

interface TraefikRoutes {
  snapshot: string
  namespace: string | null
  route: string | null
  kind: string | null
  api_group: string | null
  entry_points: string | null
  route_class: string | null
  tls: number | null
  position: number | null
  rule: string | null
  syntax: string | null
  priority: number | null
  middlewares: string | null
  service_kind: string | null
  service_namespace: string | null
  service: string | null
  service_port: string | null
  scheme: string | null
  weight: number | null
  native_lb: number | null
}

interface Versions {
  snapshot: string
  node: string | null
  name: string | null
  version: string | null
}

export interface Views {
  chain_sets: ChainSets
  chains: Chains
  check_runs: CheckRuns
  connections: Connections
  container_ports: ContainerPorts
  containers: Containers
  coverage: Coverage
  daemonsets: Daemonsets
  distinct_chains: DistinctChains
  distinct_rules: DistinctRules
  endpoint_objects: EndpointObjects
  endpoints: Endpoints
  frontends: Frontends
  gateway_classes: GatewayClasses
  gateway_listeners: GatewayListeners
  gateway_routes: GatewayRoutes
  gateways: Gateways
  ingresses: Ingresses
  ipset_members: IpsetMembers
  ipsets: Ipsets
  issues: Issues
  items: Items
  listeners: Listeners
  namespaces: Namespaces
  network_policies: NetworkPolicies
  network_policy_rules: NetworkPolicyRules
  nft_chains: NftChains
  nft_rules: NftRules
  nft_tables: NftTables
  node_addresses: NodeAddresses
  nodes: Nodes
  pods: Pods
  reference_grants: ReferenceGrants
  routes: Routes
  rules: Rules
  service_ports: ServicePorts
  services: Services
  snapshots: Snapshots
  sysctls: Sysctls
  traefik_routes: TraefikRoutes
  versions: Versions
}
