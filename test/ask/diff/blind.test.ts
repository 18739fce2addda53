/** What once was "no difference": changes of everything besides Services, pods and rules of kube-proxy, by real texts, and how they are told. */
import test from 'ava'
import { diffSnapshots } from '../../../src/ask/diff/diff.ts'
import type { CollectedItem, ItemKind } from '../../../src/collect/item.ts'
import { diffRows } from '../../../src/report/diff/rows.ts'
import { diffText } from '../../../src/report/diff/text.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore } from '../../../src/store/open.ts'
import { facts } from '../../support/capture.ts'
import { memorySnapshot } from '../../support/snapshot.ts'

const NODE = 'kube-worker1'
const CLUSTER = new Set<ItemKind>(['ingressroutes', 'endpoints', 'endpointslices'])
const list = (...items: object[]) => JSON.stringify({ kind: 'List', items })

const route = (service: string) =>
  list({
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: { name: 'shop', namespace: 'demo' },
    spec: { routes: [{ kind: 'Rule', match: 'Host(`shop`)', services: [{ name: service, port: 80 }] }] }
  })
const endpoints = (...ips: string[]) =>
  list({
    kind: 'Endpoints',
    metadata: { name: 'web', namespace: 'demo' },
    subsets: [{ addresses: ips.map((ip) => ({ ip })), ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }]
  })
const slices = list({
  kind: 'EndpointSlice',
  metadata: { name: 'web-x', namespace: 'demo', labels: { 'kubernetes.io/service-name': 'web' } },
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints: [{ addresses: ['10.42.0.5'], conditions: { ready: true } }]
})
const address = (ip: string) =>
  JSON.stringify([{ ifname: 'eth0', addr_info: [{ family: 'inet', local: ip, prefixlen: 24, scope: 'global' }] }])
const gateway = (ip: string) => JSON.stringify([{ dst: '10.42.1.0/24', gateway: ip, dev: 'eth0' }])
const dump = (tables: string) =>
  `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${tables}COMMIT\n`
const mangle = (chains: string) => `*mangle\n:PREROUTING ACCEPT [0:0]\n${chains}COMMIT\n`
const nft = (rule: string) =>
  `table inet fw {\n\tchain forward {\n\t\ttype filter hook forward priority 0; policy accept;\n${rule}\t}\n}\n`

const CASES: readonly [
  what: string,
  before: Partial<Record<ItemKind, string>>,
  after: Partial<Record<ItemKind, string>>,
  told: string,
  isInShort?: boolean
][] = [
  [
    "an IngressRoute's Service",
    { ingressroutes: route('web') },
    { ingressroutes: route('other') },
    'INGRESSROUTES demo/shop Host(`shop`) added: to demo/other:80 Host(`shop`) removed: to demo/web:80'
  ],
  [
    'forwarding',
    { sysctls: 'ipv4/ip_forward:1\n' },
    { sysctls: 'ipv4/ip_forward:0\n' },
    'setting net.ipv4.ip_forward 1 → 0',
    true
  ],
  [
    "kube-proxy's mode",
    { versions: 'kube-proxy mode: iptables\n' },
    { versions: 'kube-proxy mode: ipvs\n' },
    'version kube-proxy mode iptables → ipvs',
    true
  ],
  [
    'an ipset',
    { 'ipset-save': 'create s hash:ip family inet hashsize 1024 maxelem 65536\nadd s 10.0.0.1\n' },
    { 'ipset-save': 'create s hash:ip family inet hashsize 1024 maxelem 65536\nadd s 10.0.0.2\n' },
    'members of ipset s: + 10.0.0.2, − 10.0.0.1'
  ],
  [
    'an address',
    { 'ip-address': address('192.0.2.1') },
    { 'ip-address': address('192.0.2.9') },
    'address 192.0.2.9/24 added: on eth0'
  ],
  [
    'a route',
    { 'ip-route': gateway('192.0.2.1') },
    { 'ip-route': gateway('192.0.2.9') },
    'route 10.42.1.0/24 added: via 192.0.2.9 dev eth0'
  ],
  [
    'chains of mangle that are empty',
    { 'iptables-save': mangle(':KUBE-KUBELET-CANARY - [0:0]\n:KUBE-PROXY-CANARY - [0:0]\n') },
    { 'iptables-save': mangle('') },
    'mangle KUBE-KUBELET-CANARY, mangle KUBE-PROXY-CANARY: removed on 1 of 1 nodes'
  ],
  [
    'an Endpoints object alone',
    { endpoints: endpoints('10.42.0.5'), endpointslices: slices },
    { endpoints: endpoints('10.42.0.5', '10.42.0.6'), endpointslices: slices },
    'Endpoints address 10.42.0.6:8080 (http) added: ready'
  ],
  [
    'an nft table',
    { 'nft-ruleset': '' },
    { 'nft-ruleset': nft('\t\tip daddr 10.42.0.0/16 drop\n') },
    'nft rule inet fw chain forward added: ip daddr 10.42.0.0/16 drop',
    true
  ],
  [
    'a rule in an nft table',
    { 'nft-ruleset': nft('\t\tip daddr 10.42.0.0/16 counter packets 1 bytes 2 drop\n') },
    { 'nft-ruleset': nft('') },
    'nft rule inet fw chain forward removed: ip daddr 10.42.0.0/16 counter drop',
    true
  ],
  [
    "somebody's DROP",
    { 'iptables-save': dump('') },
    { 'iptables-save': dump('-A FORWARD -d 10.42.0.0/16 -j DROP\n') },
    'rule added on 1 of 1 nodes: filter -A FORWARD -d 10.42.0.0/16 -j DROP',
    true
  ]
]

for (const [what, before, after, told, isInShort] of CASES) {
  test(`a change of ${what} is told`, async (t) => {
    const store = openStore(':memory:')
    for (const [index, texts] of [before, after].entries()) {
      const at = new Date(Date.UTC(2026, 10, 22 + index, 2))
      const items = Object.entries(texts).map(([kind, text]) => item(kind as ItemKind, text, at.toISOString()))
      await importSnapshot(store, memorySnapshot(facts(at), items), at)
    }
    const diff = diffSnapshots(store, { id: 1, name: 'one' }, { id: 2, name: 'two' })
    t.true(
      diffText(diff, { rules: false, width: 1000 }).replace(/\s+/g, ' ').includes(told),
      diffText(diff, { rules: false })
    )
    const events = diffRows(diff, { rules: false }).rows.filter(([section]) => section === 'in-short')
    t.is(
      events.some((event) => String(event[4]).includes(told)),
      isInShort === true
    )
  })
}

function item(kind: ItemKind, text: string, at: string): CollectedItem {
  const owner = CLUSTER.has(kind) ? {} : { node: NODE }
  return {
    kind,
    ...owner,
    command: [kind],
    startedAt: at,
    endedAt: at,
    exitCode: 0,
    error: null,
    stderr: null,
    content: Buffer.from(text)
  }
}
