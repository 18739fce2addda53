import { words } from '../words.ts'

/**
 * What a chain is, read from its name. Who makes which: kube-proxy (KUBE-SVC … KUBE-NODEPORTS), kubelet
 * (KUBE-MARK-DROP, KUBE-FIREWALL before 1.27, KUBE-KUBELET-CANARY, KUBE-IPTABLES-HINT), the CNI plugins portmap
 * (CNI-DN, CNI-HOSTPORT-…) and bridge (CNI-<hash>), dockershim (KUBE-HP), network plugins,
 * service meshes, container engines and the firewalls of hosts.
 */
const HASHED: [prefix: string, kind: string][] = [
  ['KUBE-SVC-', 'service'],
  ['KUBE-SEP-', 'endpoint'],
  ['KUBE-FW-', 'firewall'],
  ['KUBE-EXT-', 'external'],
  ['KUBE-SVL-', 'local'],
  ['KUBE-XLB-', 'external-local']
]

const EXACT: Record<string, string> = words({
  'KUBE-SERVICES': 'services',
  'KUBE-EXTERNAL-SERVICES': 'external-services',
  'KUBE-NODEPORTS': 'node-ports',
  'KUBE-POSTROUTING': 'postrouting',
  'KUBE-MARK-MASQ': 'masquerade-mark',
  'KUBE-MARK-DROP': 'drop-mark',
  'KUBE-FORWARD': 'forward',
  'KUBE-FIREWALL': 'kubelet-firewall',
  'KUBE-PROXY-FIREWALL': 'proxy-firewall',
  'KUBE-PROXY-CANARY': 'canary',
  'KUBE-KUBELET-CANARY': 'canary',
  'KUBE-IPTABLES-HINT': 'hint',
  'CNI-HOSTPORT-DNAT': 'hostports',
  'CNI-HOSTPORT-SETMARK': 'hostport-mark',
  'CNI-HOSTPORT-MASQ': 'hostport-masquerade',
  'CNI-HOSTPORT-SNAT': 'hostport-masquerade',
  PREROUTING: 'built-in',
  INPUT: 'built-in',
  FORWARD: 'built-in',
  OUTPUT: 'built-in',
  POSTROUTING: 'built-in'
})

const PREFIXES: [prefix: string, kind: string][] = [
  ['CNI-DN-', 'hostport'],
  ['CNI-SN-', 'hostport-masquerade'],
  ['KUBE-HP-', 'hostport'],
  ['KUBE-HOSTPORTS', 'hostports'],
  ['CNI-', 'cni'],
  ['FLANNEL-', 'flannel'],
  ['KUBE-ROUTER-', 'kube-router'],
  ['KUBE-POD-FW-', 'kube-router'],
  ['KUBE-NWPLCY-', 'kube-router'],
  ['KUBE-DST-', 'kube-router'],
  ['KUBE-SRC-', 'kube-router'],
  ['KUBE-IPVS-', 'ipvs'],
  ['KUBE-', 'kubernetes'],
  ['cali-', 'calico'],
  ['felix-', 'calico'],
  ['CILIUM_', 'cilium'],
  ['OLD_CILIUM_', 'cilium'],
  ['ANTREA-', 'antrea'],
  ['OVN-KUBE-', 'ovn'],
  ['OVN-', 'ovn'],
  ['OPENSHIFT-', 'openshift'],
  ['AZURE-NPM', 'azure-npm'],
  ['AWS-', 'aws-cni'],
  ['GKE-', 'gke'],
  ['GCP-', 'gke'],
  ['IP-MASQ', 'ip-masq-agent'],
  ['ISTIO_', 'istio'],
  ['PROXY_INIT_', 'linkerd'],
  ['CONSUL_PROXY_', 'consul'],
  ['KUMA_', 'kuma'],
  ['DOCKER', 'docker'],
  ['SWARM-', 'docker'],
  ['NETAVARK', 'podman'],
  ['WEAVE', 'weave'],
  ['LIBVIRT_', 'libvirt'],
  ['LXD-', 'lxd'],
  ['lxd-', 'lxd'],
  ['lxc-', 'lxd'],
  ['ts-', 'tailscale'],
  ['ufw-', 'ufw'],
  ['ufw6-', 'ufw'],
  ['f2b-', 'fail2ban'],
  ['fail2ban-', 'fail2ban'],
  ['sshguard', 'sshguard'],
  ['MINIUPNPD', 'miniupnpd'],
  ['neutron-', 'neutron'],
  ['nova-', 'neutron']
]

/** firewalld's: of a zone (`IN_public_allow`), of a rule (`filter_IN_public_allow`), of its dispatch (`INPUT_ZONES`, `POST_public`). */
const FIREWALLD =
  /^(?:(?:INPUT|OUTPUT|FORWARD(?:_IN|_OUT)?|PREROUTING|POSTROUTING)_(?:ZONES(?:_SOURCE)?|POLICIES_(?:pre|post)|direct)|(?:filter_|nat_|mangle_|raw_)?(?:IN|OUT|FWD|FWDI|FWDO|PRE|POST)_\w+)$/

export interface ChainKind {
  readonly kind: string
  /** The 16 characters that tie the chain to a Service port or an endpoint; null for other chains. */
  readonly hash: string | null
}

export function chainKind(name: string): ChainKind {
  for (const [prefix, kind] of HASHED) {
    if (name.startsWith(prefix)) return { kind, hash: name.slice(prefix.length) }
  }
  const kind =
    (Object.hasOwn(EXACT, name) ? EXACT[name] : undefined) ??
    PREFIXES.find(([prefix]) => name.startsWith(prefix))?.[1] ??
    (FIREWALLD.test(name) ? 'firewalld' : 'other')
  return { kind, hash: null }
}

/**
 * Chains that are a node's own affair: they differ from node to node in a healthy cluster. All others of kube-proxy
 * are the same on every node, but for topology.
 */
export function isLocalKind(kind: string): boolean {
  return !SHARED_KINDS.has(kind)
}

const SHARED_KINDS = new Set([
  'service',
  'endpoint',
  'firewall',
  'external',
  'services',
  'external-services',
  'node-ports',
  'postrouting',
  'masquerade-mark',
  'drop-mark',
  'forward',
  'kubelet-firewall',
  'proxy-firewall',
  'canary',
  'hint'
])
