/**
 * What snap keeps of the API objects: one flat row a thing, ready for a table.
 *
 * One rule holds for every field: null is "this source does not say"; known to be none is
 * '' for text, 0 for numbers, [] for lists. A full JSON object answers every field, a pasted
 * `kubectl get -o wide` only a few.
 */

export type Protocol = 'TCP' | 'UDP' | 'SCTP'

export interface NodeFact {
  node: string
  /** 'True' | 'False' | 'Unknown', as in the node's Ready condition. */
  ready: string | null
  unschedulable: boolean | null
  /** `[{ type: 'InternalIP', address: '141.75.148.138' }, …]` from status.addresses. */
  addresses: { type: string; address: string }[] | null
  podCidrs: string[] | null
  kubeletVersion: string | null
  kubeProxyVersion: string | null
  osImage: string | null
  kernelVersion: string | null
  containerRuntime: string | null
  labels: Record<string, string> | null
  createdAt: string | null
}

export interface NamespaceFact {
  namespace: string
  phase: string | null
  labels: Record<string, string> | null
}

export interface ServiceFact {
  namespace: string
  service: string
  uid: string | null
  /** ClusterIP | NodePort | LoadBalancer | ExternalName */
  type: string | null
  /** 'None' for headless, '' for ExternalName. */
  clusterIp: string | null
  clusterIps: string[] | null
  externalIps: string[] | null
  externalName: string | null
  /** status.loadBalancer.ingress[].ip */
  loadBalancerIps: string[] | null
  loadBalancerHostnames: string[] | null
  /** 'VIP' | 'Proxy' of the first ingress that says; '' where none does (then VIP holds). */
  loadBalancerIpMode: string | null
  loadBalancerClass: string | null
  loadBalancerSourceRanges: string[] | null
  externalTrafficPolicy: string | null
  internalTrafficPolicy: string | null
  trafficDistribution: string | null
  sessionAffinity: string | null
  /** Seconds; 0 without ClientIP affinity. */
  sessionAffinityTimeout: number | null
  publishNotReadyAddresses: boolean | null
  healthCheckNodePort: number | null
  ipFamilies: string[] | null
  /** {} for a Service without selector, whose endpoints are made by hand. */
  selector: Record<string, string> | null
  labels: Record<string, string> | null
  annotations: Record<string, string> | null
  createdAt: string | null
}

export interface ServicePortFact {
  namespace: string
  service: string
  /** '' for an unnamed port. */
  portName: string | null
  protocol: Protocol
  port: number
  /** Number or container port name, as text. */
  targetPort: string | null
  nodePort: number | null
}

/** One address on one port behind one Service. */
export interface EndpointFact {
  namespace: string
  service: string
  /** Name of the EndpointSlice or Endpoints object. */
  object: string
  portName: string | null
  protocol: Protocol | null
  address: string
  /** null: the object names no port (a headless Service without ports, or `ports: null`). */
  port: number | null
  ready: boolean | null
  serving: boolean | null
  terminating: boolean | null
  node: string | null
  zone: string | null
  targetKind: string | null
  targetNamespace: string | null
  targetName: string | null
  targetUid: string | null
  /** Zones the endpoint is meant for; [] without hints. */
  hintZones: string[] | null
  /** Nodes the endpoint is meant for (1.34+); [] without. */
  hintNodes: string[] | null
}

export interface PodFact {
  namespace: string
  pod: string
  uid: string | null
  node: string | null
  ip: string | null
  ips: string[] | null
  hostNetwork: boolean | null
  /** status.phase; a pasted STATUS column goes to `status` alone. */
  phase: string | null
  /** The STATUS column of kubectl: phase, or the reason that holds the pod up (CrashLoopBackOff, Terminating …). */
  status: string | null
  ready: boolean | null
  /** '' where the pod is not being deleted. */
  deletedAt: string | null
  ownerKind: string | null
  ownerName: string | null
  labels: Record<string, string> | null
  createdAt: string | null
}

export interface ContainerFact {
  namespace: string
  pod: string
  container: string
  /** 'container' | 'init' | 'sidecar' (an init container that restarts always) */
  kind: string | null
  image: string | null
  ready: boolean | null
  restarts: number | null
  /** running | waiting | terminated | '' (no status yet) */
  state: string | null
  reason: string | null
  /** Only what the collector lets through: klipper-lb's own variables. */
  environment: Record<string, string> | null
  /** Command and arguments, only what the collector lets through: flags of Traefik and kube-proxy that decide where traffic goes. */
  arguments: string[] | null
}

export interface ContainerPortFact {
  namespace: string
  pod: string
  container: string
  portName: string | null
  protocol: Protocol
  port: number
  hostPort: number | null
  hostIp: string | null
}

export interface DaemonSetFact {
  namespace: string
  daemonset: string
  desired: number | null
  current: number | null
  ready: number | null
  labels: Record<string, string> | null
  selector: Record<string, string> | null
  nodeSelector: Record<string, string> | null
}

/** One backend of one Ingress rule. */
export interface IngressFact {
  namespace: string
  ingress: string
  ingressClass: string | null
  /** '' for every host. */
  host: string | null
  path: string | null
  pathType: string | null
  service: string | null
  /** Port number or name, as text. */
  servicePort: string | null
}

/** One Service of one route of a Traefik IngressRoute, IngressRouteTCP or IngressRouteUDP. */
export interface TraefikRouteFact {
  namespace: string
  route: string
  kind: string
  /** traefik.io or traefik.containo.us */
  apiGroup: string
  /** [] where it names none: Traefik's default ones. */
  entryPoints: string[]
  routeClass: string
  tls: boolean
  /** Place among the object's routes, from 0. */
  position: number
  /** Host(`…`) && …; '' of UDP routes, which have none. */
  rule: string
  /** v2 | v3 | '' */
  syntax: string
  /** 0: by the rule's length. */
  priority: number
  /** `namespace/name` */
  middlewares: string[]
  /** Service | TraefikService; '' where the route has no Service. */
  serviceKind: string
  serviceNamespace: string
  service: string
  servicePort: string
  scheme: string
  weight: number | null
  nativeLb: boolean | null
}

/** A GatewayClass of the Gateway API. */
export interface GatewayClassFact {
  gatewayClass: string
  controller: string
  /** Null where its status does not say. */
  accepted: boolean | null
}

/** A Gateway of the Gateway API. */
export interface GatewayFact {
  namespace: string
  gateway: string
  gatewayClass: string
  /** It asks for. */
  addresses: string[]
  /** It has. */
  statusAddresses: string[]
  programmed: boolean | null
}

/** Where a Gateway listens. */
export interface GatewayListenerFact {
  namespace: string
  gateway: string
  listener: string
  /** '' for every host. */
  hostname: string
  port: number | null
  protocol: string
  /** Terminate | Passthrough; '' without TLS. */
  tlsMode: string
  /** Same | All | Selector */
  routesFrom: string
  /** [] for those that go with the protocol. */
  routeKinds: string[]
}

/** One backend of one rule of a route of the Gateway API. */
export interface GatewayRouteFact {
  namespace: string
  route: string
  kind: string
  hostnames: string[]
  /** `namespace/gateway`, `namespace/gateway/listener` */
  parents: string[]
  accepted: boolean | null
  resolved: boolean | null
  /** Place among the object's rules, from 0. */
  position: number
  /** `PathPrefix /api && GET`; one of them is enough, [] for every request. */
  matches: string[]
  filters: string[]
  backendGroup: string
  /** '' where the rule has no backend. */
  backendKind: string
  backendNamespace: string
  backend: string
  backendPort: number | null
  weight: number | null
}

/** One pair of from and to of a ReferenceGrant. */
export interface ReferenceGrantFact {
  namespace: string
  referenceGrant: string
  fromGroup: string
  fromKind: string
  fromNamespace: string
  toGroup: string
  toKind: string
  /** '' for all of the kind. */
  toName: string
}

/** A NetworkPolicy. */
export interface NetworkPolicyFact {
  namespace: string
  networkPolicy: string
  /** `app=web, tier In (a b)`; '' for all pods of the namespace. */
  podSelector: string
  /** Ingress, Egress */
  types: string[]
}

/** One peer of one rule of a NetworkPolicy. */
export interface NetworkPolicyRuleFact {
  namespace: string
  networkPolicy: string
  direction: 'ingress' | 'egress'
  /** Among the rules of the direction, from 0. */
  position: number
  /** '' for any. */
  peer: string
  /** [] for all. */
  ports: string[]
}

/** One open socket, as a node or a pod shows it. */
export interface ListenerFact {
  protocol: Protocol
  /** '0.0.0.0', '::', '127.0.0.1', … `*` of ss is written as '::'. */
  address: string
  port: number
  /** Only where the listing shows it; null otherwise. */
  process: string | null
}

/** One address on one interface of a node. */
export interface InterfaceAddressFact {
  /** Null where the source does not say which (/proc/net/fib_trie). */
  interface: string | null
  address: string
  prefixLength: number
  /** host | link | global | … */
  scope: string
}

/** One route of a node's main table. */
export interface RouteFact {
  /** CIDR; `default` is written 0.0.0.0/0 or ::/0. */
  destination: string
  gateway: string | null
  interface: string | null
  /** unicast | blackhole | unreachable | local | … */
  type: string
  source: string | null
}

/** A kernel setting of a node. */
export interface SysctlFact {
  /** As sysctl names it: `net.ipv4.conf.eth0/100.rp_filter` of the interface eth0.100. */
  name: string
  value: string
}

/** A set of addresses, ports or the like in the kernel, which rules may ask for. */
export interface IpsetFact {
  ipset: string
  /** As `ipset list` names it: `hash:ip,port`. */
  type: string
  /** What else it was created with: `family inet maxelem 65536 netmask 24`. */
  options: string
}

export interface IpsetMemberFact {
  ipset: string
  /** As `ipset save` writes it: `10.0.0.1,tcp:80`, or the name of a set in a list. */
  member: string
  /** An exception: what is in it is not in the set. */
  nomatch: boolean
  /** Its interface is the beginning of a name. */
  wildcard: boolean
  /** '' without. */
  comment: string
}

/** A chain of an nft table at which packets are stopped and asked, or a table of which nothing more is known. */
export interface NftChainFact {
  /** ip | ip6 | inet | bridge | netdev | arp */
  family: string
  tableName: string
  /** Null: nothing is known of the table but its name. */
  chain: string | null
  hook: string | null
  priority: number | null
  policy: string | null
  /** How many lines of rules. */
  rules: number | null
}

/** What a node says of a program, its kernel (`kernel`) or its kube-proxy (`kube-proxy mode`). */
export interface VersionFact {
  name: string
  version: string
}

/** A table of nftables that iptables does not show. */
export interface NftTableFact {
  /** ip, ip6, inet, arp, bridge, netdev */
  family: string
  name: string
}

/** One line of such a table. */
export interface NftRuleFact {
  family: string
  tableName: string
  /** From 0, in the table. */
  position: number
  /** `chain forward`, `set allowed`; '' for the table's own lines. */
  block: string
  /** '' where the block begins. */
  text: string
}

/** One row of a node's connection tracking table. */
export interface ConnectionFact {
  family: 'ipv4' | 'ipv6'
  /** In capitals; a number where conntrack has no name for it. */
  protocol: string
  /** '' for protocols without states. */
  state: string
  source: string
  /** Ports are null for protocols without. */
  sourcePort: number | null
  destination: string
  destinationPort: number | null
  /** Who answers: after DNAT the endpoint. */
  replySource: string
  replySourcePort: number | null
  replyDestination: string
  replyDestinationPort: number | null
  replied: boolean
  assured: boolean
  mark: number | null
  zone: number | null
}
