import test from 'ava'
import { sampleItems } from '../../support/sample.ts'
import { checkItems, summaries } from './checking.ts'

const NAT = ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING']
const FILTER = ['INPUT', 'FORWARD', 'OUTPUT']
const MANGLE = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']

/** A table as iptables-save writes it: `builtIn` and `own` chains, and rules without `-A`. */
function table(name: string, builtIn: readonly string[], own: readonly string[], rules: readonly string[]): string {
  return [
    `*${name}`,
    ...builtIn.map((chain) => `:${chain} ACCEPT [0:0]`),
    ...own.map((chain) => `:${chain} - [0:0]`),
    ...rules.map((rule) => `-A ${rule}`),
    'COMMIT',
    ''
  ].join('\n')
}

const LOCALNET =
  'KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP'
const KUBELET = table('mangle', MANGLE, ['KUBE-IPTABLES-HINT', 'KUBE-KUBELET-CANARY'], [])

/** What a node's iptables hold where Services are not kube-proxy's iptables mode's affair. */
const PROXIES: { readonly [name: string]: string } = {
  // pkg/proxy/ipvs/proxier.go
  'kube-proxy in ipvs mode':
    table(
      'nat',
      NAT,
      [
        'KUBE-SERVICES',
        'KUBE-POSTROUTING',
        'KUBE-MARK-MASQ',
        'KUBE-NODE-PORT',
        'KUBE-LOAD-BALANCER',
        'KUBE-KUBELET-CANARY'
      ],
      [
        'PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
        'OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
        'POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
        'KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ',
        'KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
        'KUBE-NODE-PORT -p tcp -m comment --comment "Kubernetes nodeport TCP port for masquerade purpose" -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ',
        'KUBE-POSTROUTING -m comment --comment "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose" -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE',
        'KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
        'KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0',
        'KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE',
        'KUBE-SERVICES -s 127.0.0.0/8 -j RETURN',
        'KUBE-SERVICES -m comment --comment "Kubernetes service lb portal" -m set --match-set KUBE-LOAD-BALANCER dst,dst -j KUBE-LOAD-BALANCER',
        'KUBE-SERVICES ! -s 10.42.0.0/16 -m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ',
        'KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT',
        'KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT'
      ]
    ) +
    table(
      'filter',
      FILTER,
      [
        'KUBE-FIREWALL',
        'KUBE-FORWARD',
        'KUBE-NODE-PORT',
        'KUBE-PROXY-FIREWALL',
        'KUBE-SOURCE-RANGES-FIREWALL',
        'KUBE-IPVS-FILTER',
        'KUBE-KUBELET-CANARY'
      ],
      [
        'INPUT -m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-FILTER',
        'INPUT -m comment --comment "kube-proxy firewall rules" -j KUBE-PROXY-FIREWALL',
        'INPUT -j KUBE-NODE-PORT',
        'INPUT -j KUBE-FIREWALL',
        'FORWARD -m comment --comment "kube-proxy firewall rules" -j KUBE-PROXY-FIREWALL',
        'FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
        'OUTPUT -j KUBE-FIREWALL',
        LOCALNET,
        'KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT',
        'KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
        'KUBE-IPVS-FILTER -m set --match-set KUBE-CLUSTER-IP dst,dst -j RETURN',
        'KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT --reject-with icmp-port-unreachable'
      ]
    ) +
    KUBELET,
  // Chains of cilium-agent with kube-proxy replacement.
  Cilium:
    table(
      'nat',
      NAT,
      ['CILIUM_OUTPUT_nat', 'CILIUM_POST_nat', 'CILIUM_PRE_nat', 'KUBE-KUBELET-CANARY'],
      [
        'PREROUTING -m comment --comment "cilium-feeder: CILIUM_PRE_nat" -j CILIUM_PRE_nat',
        'OUTPUT -m comment --comment "cilium-feeder: CILIUM_OUTPUT_nat" -j CILIUM_OUTPUT_nat',
        'POSTROUTING -m comment --comment "cilium-feeder: CILIUM_POST_nat" -j CILIUM_POST_nat',
        'CILIUM_POST_nat -s 10.42.0.0/24 ! -d 10.42.0.0/16 ! -o cilium_+ -m comment --comment "cilium masquerade non-cluster" -j MASQUERADE'
      ]
    ) +
    table(
      'filter',
      FILTER,
      ['CILIUM_FORWARD', 'CILIUM_INPUT', 'CILIUM_OUTPUT', 'KUBE-FIREWALL', 'KUBE-KUBELET-CANARY'],
      [
        'INPUT -m comment --comment "cilium-feeder: CILIUM_INPUT" -j CILIUM_INPUT',
        'INPUT -j KUBE-FIREWALL',
        'FORWARD -m comment --comment "cilium-feeder: CILIUM_FORWARD" -j CILIUM_FORWARD',
        'OUTPUT -j KUBE-FIREWALL',
        'CILIUM_FORWARD -o cilium_host -m comment --comment "cilium: any->cluster on cilium_host forward accept" -j ACCEPT',
        'CILIUM_FORWARD -i lxc+ -j ACCEPT',
        LOCALNET
      ]
    ) +
    KUBELET,
  // ovnkube-node in shared gateway mode.
  'OpenShift with OVN-Kubernetes':
    table(
      'nat',
      NAT,
      [
        'OVN-KUBE-SNAT-MGMTPORT',
        'OVN-KUBE-NODEPORT',
        'OVN-KUBE-EXTERNALIP',
        'OVN-KUBE-ETP',
        'OVN-KUBE-ITP',
        'KUBE-KUBELET-CANARY'
      ],
      [
        'PREROUTING -j OVN-KUBE-ETP',
        'PREROUTING -j OVN-KUBE-EXTERNALIP',
        'PREROUTING -j OVN-KUBE-NODEPORT',
        'OUTPUT -j OVN-KUBE-EXTERNALIP',
        'OUTPUT -j OVN-KUBE-NODEPORT',
        'OUTPUT -j OVN-KUBE-ITP',
        'POSTROUTING -o ovn-k8s-mp0 -j OVN-KUBE-SNAT-MGMTPORT',
        'OVN-KUBE-NODEPORT -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 30080 -j DNAT --to-destination 10.43.229.102:80',
        'OVN-KUBE-SNAT-MGMTPORT -m comment --comment "OVN SNAT to Management Port" -j SNAT --to-source 10.42.0.2'
      ]
    ) +
    table(
      'filter',
      FILTER,
      ['KUBE-FIREWALL', 'KUBE-KUBELET-CANARY'],
      [
        'INPUT -j KUBE-FIREWALL',
        'OUTPUT -j KUBE-FIREWALL',
        LOCALNET,
        'FORWARD -p tcp -m tcp --dport 22624 --tcp-flags FIN,SYN,RST,ACK SYN -j REJECT --reject-with icmp-port-unreachable'
      ]
    ) +
    KUBELET
}

const sample = sampleItems('2026-11-22T12-00-00Z')
const healthy = sample.then(checkItems).then(summaries)

for (const [name, dump] of Object.entries(PROXIES)) {
  test(`${name}: nothing is said of rules that are not there, and that they are unseen`, async (t) => {
    const items = (await sample).map((item) =>
      item.kind === 'iptables-save' && item.node !== undefined ? { ...item, content: Buffer.from(dump) } : item
    )
    const results = await checkItems(items)
    const known = await healthy
    t.deepEqual(
      summaries(results).filter((line) => !known.includes(line)),
      []
    )
    const gaps = results.find(({ check }) => check.code === 'FRONTEND-LOST')!.gaps
    t.deepEqual(
      gaps.map(({ subject }) => subject),
      ['kube-master', 'kube-worker1', 'kube-worker2'].map((node) => `kube-proxy of ${node}`)
    )
  })

  test(`${name} on one node of three: no other node's rules are asked of it`, async (t) => {
    const items = (await sample).map((item) =>
      item.kind === 'iptables-save' && item.node === 'kube-worker1' ? { ...item, content: Buffer.from(dump) } : item
    )
    const known = await healthy
    const found = summaries(await checkItems(items)).filter((line) => !known.includes(line))
    // Its host ports, which portmap made on the others, are nowhere to be seen.
    t.deepEqual(
      found.filter((line) => !line.startsWith('HOSTPORT-MISSING ')),
      []
    )
  })
}
