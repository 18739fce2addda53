import { readFileSync } from 'node:fs'
import test from 'ava'
import type { CollectedItem } from '../../../src/collect/item.ts'
import { endpointChain, servicePortHash, servicePortName } from '../../../src/model/chain-names.ts'
import { clusterItems, kubeProxyItems } from '../../support/base-capture.ts'
import { captures as capturesFolder, hasCaptures, weekItems } from '../../support/capture.ts'
import { sampleItems } from '../../support/sample.ts'
import { checkItems, summaries, TAKEN } from './checking.ts'

const NODES = ['kube-master', 'kube-worker1', 'kube-worker2']
const onEach = (finding: string) => NODES.map((node) => `${finding} ${node}`)

/** Selectors without pods, pods that never become ready, and an external IP that is a node's: so made. Traefik has one replica. */
const OBJECTS = [
  ...['noep', 'noep-extip', 'noep-lb', 'noep-np', 'notready'].map(
    (service) => `SVC-NO-ENDPOINTS service/demo/${service}`
  ),
  'EP-SINGLE service/traefik-ns/traefik',
  'EXTERNAL-IP-NODE service/demo/extip-nodeip kube-worker1'
]

/** The week's cluster has svclb pods made by hand for demo/lb-ranges: their port is 8088, the Service's 80, and its address no node's. */
const WEEK = [...OBJECTS, 'LB-IP-STALE service/demo/lb-ranges', ...onEach('SVCLB-CONTAINERS service/demo/lb-ranges')]

/**
 * portmap of the two nodes with iptables-legacy wrote the IPv6 rule of the first host port only; kube-worker1, on
 * iptables-nft, has them all.
 */
const NEWER = [
  ...OBJECTS,
  'SVC-NO-ENDPOINTS service/demo/ds-noep',
  'HOSTPORT-MISSING pod/traefik-ns/svclb-traefik-b6nnb kube-master',
  'HOSTPORT-MISSING pod/traefik-ns/svclb-traefik-hvh9n kube-worker2'
]

/** kube-proxy on kube-worker2 hangs while the pods of app=web are replaced. */
const HANGS = ['NODE-DRIFT', 'SEP-MISSING', 'SEP-STALE'].flatMap((code) =>
  [
    'extip:alt',
    'extip:http',
    'lb-hostname:http',
    'lb-pending:http',
    'lb-ranges:http',
    'lb-static:http',
    'local-lb-spread:http',
    'sctp-np:sig',
    'sctp:sig',
    'unnamed',
    'web:http'
  ].map((service) => `${code} service/demo/${service} kube-worker2`)
)

const SVCLB_GONE = 'SVCLB-MISSING service/traefik-ns/traefik kube-worker2'

/** One rule of demo/web was deleted by hand, and the chain it led to is left. */
const RULE_DELETED = [
  'NODE-DRIFT service/demo/web:http kube-master',
  'SEP-COUNT service/demo/web:http kube-master',
  'CHAIN-ORPHAN node/kube-master kube-master'
]

/** Two rules put in by hand: an admin's DROP of port 8888 in FORWARD of one node, and a DNAT to an address that nobody has on another. */
const BY_HAND = [
  'FRONTEND-LOST service/traefik-ns/traefik:keycloak kube-worker2',
  'FRONTEND-WRONG service/traefik-ns/traefik:keycloak kube-worker1'
]

/** A deployment is scaled down while the nodes are read, one after another. */
const IN_FLUX = [
  ...onEach('IN-FLUX service/demo/lb-hostname:http'),
  ...onEach('IN-FLUX service/demo/web:http'),
  ...['extip:alt', 'extip:http', 'sctp:sig'].flatMap((service) =>
    NODES.slice(0, 2).map((node) => `IN-FLUX service/demo/${service} ${node}`)
  ),
  ...['lb-pending:http', 'lb-ranges:http', 'lb-static:http', 'local-lb-spread:http', 'sctp-np:sig', 'unnamed'].map(
    (service) => `IN-FLUX service/demo/${service} kube-master`
  )
]

const captures: { name: string; items: () => CollectedItem[]; finds: string[] }[] = [
  { name: 'week day 1: nothing happened', items: () => weekItems('week-1.20/day1', TAKEN), finds: WEEK },
  { name: 'week day 2: two deployments scaled', items: () => weekItems('week-1.20/day2', TAKEN), finds: WEEK },
  {
    name: 'week day 3: a load balancer IP and a node port changed',
    items: () => weekItems('week-1.20/day3', TAKEN),
    finds: WEEK
  },
  { name: 'week day 4: kube-proxy hangs', items: () => weekItems('week-1.20/day4', TAKEN), finds: [...WEEK, ...HANGS] },
  { name: 'week day 5: it is back, a node is cordoned', items: () => weekItems('week-1.20/day5', TAKEN), finds: WEEK },
  {
    name: 'week day 6: a svclb pod and its DaemonSet are gone',
    items: () => weekItems('week-1.20/day6', TAKEN),
    finds: [...WEEK, SVCLB_GONE]
  },
  {
    name: 'week day 7: a rule deleted by hand',
    items: () => weekItems('week-1.20/day7', TAKEN),
    finds: [...WEEK, SVCLB_GONE, ...RULE_DELETED]
  },
  // Endpoints that changed between the lists are nobody's fault; the svclb pod is still gone.
  {
    name: 'taken in the middle of a change',
    items: () => weekItems('in-flux-1.20', TAKEN),
    finds: [...WEEK, SVCLB_GONE, ...BY_HAND, ...IN_FLUX]
  },
  { name: 'Kubernetes 1.20', items: () => clusterItems('k8s-1.20/base', TAKEN), finds: OBJECTS },
  {
    name: "Kubernetes 1.20, a node with docker's rules in the other backend",
    items: () => twoBackends(clusterItems('k8s-1.20/base', TAKEN)),
    // The dump is of a later moment, with the host port of a pod that is not in these lists.
    finds: [...OBJECTS, 'HOSTPORT-STALE node/kube-worker2 kube-worker2']
  },
  {
    name: 'Kubernetes 1.20 after a node restart',
    items: () => withDumps('stale-cni-after-node-restart', clusterItems('k8s-1.20/base', TAKEN)),
    finds: [...OBJECTS, ...NODES.map((node) => `HOSTPORT-STALE node/${node} ${node}`)]
  },
  { name: 'Kubernetes 1.36, iptables mode', items: () => clusterItems('k8s-1.36/iptables', TAKEN), finds: NEWER },
  { name: 'Kubernetes 1.36, nftables mode', items: () => clusterItems('k8s-1.36/nftables', TAKEN), finds: NEWER },
  // kube-proxy 1.22 writes chains for all endpoints of a Service with internalTrafficPolicy Local, and uses the node's own.
  {
    name: 'kube-proxy 1.22',
    items: () => kubeProxyItems('1.22', TAKEN),
    finds: [...NEWER, ...NODES.map((node) => `CHAIN-ORPHAN node/${node} ${node}`)]
  },
  { name: 'kube-proxy 1.28', items: () => kubeProxyItems('1.28', TAKEN), finds: NEWER },
  { name: 'kube-proxy 1.34', items: () => kubeProxyItems('1.34', TAKEN), finds: NEWER }
]

/** The nodes' dumps of another folder in the place of the capture's own. */
function withDumps(folder: string, items: CollectedItem[]): CollectedItem[] {
  return items.map((item) =>
    item.kind === 'iptables-save' && item.node !== undefined
      ? { ...item, content: readFileSync(`${capturesFolder}k8s-1.20/${folder}/${item.node}-iptables-save.txt`) }
      : item
  )
}

/** kube-worker2's two backends: kube-proxy's rules in legacy, docker's in nft. */
function twoBackends(items: CollectedItem[]): CollectedItem[] {
  const read = (name: string) => readFileSync(`${capturesFolder}k8s-1.20/mixed-flavours-kube-worker2/${name}`)
  return items.flatMap((item) =>
    item.kind === 'iptables-save' && item.node === 'kube-worker2'
      ? [
          {
            ...item,
            backend: 'nft',
            content: read('iptables-nft-save.stdout'),
            stderr: read('iptables-nft-save.stderr').toString('utf8')
          },
          { ...item, backend: 'legacy', content: read('iptables-legacy-save.stdout') }
        ]
      : item
  )
}

for (const { name, items, finds } of captures) {
  const declare = hasCaptures ? test : test.skip
  declare(`capture: ${name}`, async (t) => {
    t.deepEqual(summaries(await checkItems(items())), [...finds].sort())
  })
}

test('the first sample day is healthy but for what its cluster was built with', async (t) => {
  t.deepEqual(summaries(await checkItems(await sampleItems('2026-11-22T12-00-00Z'))), [...WEEK].sort())
})

test('on the second sample day kube-proxy of one node hangs', async (t) => {
  t.deepEqual(summaries(await checkItems(await sampleItems('2026-11-23T12-00-00Z'))), [...WEEK, ...HANGS].sort())
})

test('kube-proxy up to 1.18 names the chains of unnamed ports otherwise', async (t) => {
  const items = await sampleItems('2026-11-22T12-00-00Z')
  const older = items.map((item) => {
    if (item.kind !== 'iptables-save' || item.node === undefined) return item
    const text = item.content!.toString('utf8')
    const chains = [...text.matchAll(/-A (KUBE-SEP-\S+) .*"demo\/unnamed".* --to-destination ([\d.]+):(\d+)/g)].map(
      ([, chain, address, port]) =>
        [chain!, endpointChain(servicePortName('demo', 'unnamed', '', true), 'TCP', address!, Number(port))] as const
    )
    const hashes = [false, true].map((before) => servicePortHash(servicePortName('demo', 'unnamed', '', before), 'TCP'))
    t.true(chains.length > 0 && text.includes(hashes[0]!))
    return {
      ...item,
      content: Buffer.from([...chains, hashes].reduce((renamed, [now, then]) => renamed.replaceAll(now!, then!), text))
    }
  })
  t.deepEqual(summaries(await checkItems(older)), [...WEEK].sort())
})

test("nodes without kube-proxy's iptables rules are said to be unseen, not found clean", async (t) => {
  const items = await sampleItems('2026-11-22T12-00-00Z')
  const empty = items.map((item) =>
    item.kind === 'iptables-save' && item.node !== undefined ? { ...item, content: Buffer.from('') } : item
  )
  const results = await checkItems(empty)
  const missing = results.find(({ check }) => check.code === 'SEP-MISSING')!
  t.deepEqual(missing.findings, [])
  t.deepEqual(
    missing.gaps.map(({ subject }) => subject),
    NODES.map((node) => `kube-proxy of ${node}`)
  )
})

test('a snapshot of nothing finds nothing and says what it lacks', async (t) => {
  const results = await checkItems([])
  t.deepEqual(summaries(results), [])
  for (const { check, gaps } of results.filter(({ check }) => check.needs.length > 0)) {
    t.true(gaps.length > 0, check.code)
  }
})
