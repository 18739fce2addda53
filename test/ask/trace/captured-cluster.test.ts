import test from 'ava'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import { Cluster } from '../../../src/ask/trace/cluster.ts'
import { trace } from '../../../src/ask/trace/trace.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { facts, hasCaptures, weekItems } from '../../support/capture.ts'
import { memorySnapshot } from '../../support/snapshot.ts'

/** Every frontend of every Service, on every node of the captured cluster, leads where the EndpointSlices say. */

const onCapture = hasCaptures ? test : test.skip

interface Frontend {
  namespace: string
  service: string
  portName: string
  protocol: string
  kind: string
  address: string
  port: number
  policy: string
  ranges: string
}

onCapture('every Service frontend on every node leads to what its EndpointSlices say', async (t) => {
  const at = new Date('2026-11-22T10:16:09Z')
  const store = openStore(':memory:')
  const { snapshot } = await importSnapshot(store, memorySnapshot(facts(at), weekItems('week-1.20/day1', at)), at)
  scopeTo(store, snapshot)
  const frontends = store
    .prepare(
      `SELECT f.namespace, f.service, f.port_name AS portName, f.protocol, f.kind, f.address, f.port, s.external_traffic_policy AS policy, s.load_balancer_source_ranges AS ranges
     FROM frontends f JOIN services s USING (namespace, service) WHERE instr(f.address, ':') = 0`
    )
    .all() as Frontend[]
  t.true(frontends.length > 80)
  for (const frontend of frontends) {
    for (const node of new Cluster(store).nodes()) checkFrontend(t, store, snapshot, frontend, node)
  }
})

function checkFrontend(
  t: { deepEqual: Function; is: Function },
  store: Store,
  snapshot: string,
  frontend: Frontend,
  node: string
): void {
  const external = frontend.kind !== 'cluster-ip'
  // Where only some sources are let in, an address of the first range asks.
  const client = (JSON.parse(frontend.ranges) as string[])[0]?.split('/')[0] ?? 'external'
  const address = frontend.kind === 'node-port' ? new Cluster(store).listedAddresses(node)[0]! : frontend.address
  const { nodes } = trace(store, snapshot, {
    destination: `${address}:${frontend.port}`,
    protocol: frontend.protocol.toLowerCase() as 'tcp',
    node,
    ...(external && { from: client })
  })
  const name = `${frontend.namespace}/${frontend.service}:${frontend.portName} ${frontend.kind} ${address}:${frontend.port}/${frontend.protocol} on ${node}`
  const wanted = endpoints(store, frontend, external && frontend.policy === 'Local' ? node : undefined)
  // kube-proxy up to 1.20 asks external IPs whether the packet came through a bridge, which no dump tells: the other case is a pod's.
  const ways = nodes[0]!.ways.filter(
    ({ conditions }) => !conditions.some(({ text, holds }) => holds && /physdev-is-in/.test(text))
  )
  // Where no endpoint may take it, kube-proxy up to 1.24 only marks the packet, and a forwarded one goes on to the frontend's own address.
  const reached = ways.filter(
    ({ arrival }) => /^(delivered|accepted)$/.test(arrival.verdict) && arrival.address !== `${address}:${frontend.port}`
  )
  t.deepEqual([...new Set(reached.map(({ arrival }) => arrival.address))].sort(), wanted.sort(), name)
  const newClient = ways.filter((way) =>
    way.conditions.every(({ newClient, holds }) => newClient === undefined || newClient === holds)
  )
  t.is(Number(newClient.reduce((sum, { share }) => sum + share, 0).toFixed(9)), 1, `shares of ${name}`)
}

function endpoints(
  store: Store,
  { namespace, service, portName, protocol }: Frontend,
  node: string | undefined
): string[] {
  const rows = store
    .prepare(
      `SELECT address || ':' || port FROM endpoints WHERE namespace = ? AND service = ? AND port_name = ? AND protocol = ? AND ready
     AND (? IS NULL OR node = ?)`
    )
    .pluck()
    .all(namespace, service, portName, protocol, node ?? null, node ?? null) as string[]
  return [...new Set(rows)]
}

onCapture('a node address that the load balancer does not list goes through svclb', async (t) => {
  const at = new Date('2026-11-22T10:16:09Z')
  const store = openStore(':memory:')
  const items = weekItems('week-1.20/day1', at).map((item) => {
    // Without kube-proxy's load balancer rules on kube-master a packet to its port 8087 meets the hostPort of svclb.
    if (item.kind !== 'iptables-save' || item.node !== 'kube-master') return item
    const text = item
      .content!.toString('utf8')
      .split('\n')
      .filter((line) => !/-A KUBE-SERVICES -d 141\.75\.148\.138\/32 .*--dport 8087/.test(line))
    return { ...item, content: Buffer.from(text.join('\n')) }
  })
  const { snapshot } = await importSnapshot(store, memorySnapshot(facts(at), items), at)
  scopeTo(store, snapshot)
  const { nodes } = trace(store, snapshot, { destination: 'http://kube-master:8087' })
  const [way] = nodes[0]!.ways
  t.deepEqual(
    way!.stages.map(({ place }) => place.replace(/svclb-traefik-\w+/, 'svclb-traefik')),
    ['node/kube-master', 'pod/traefik-ns/svclb-traefik', 'node/kube-master', 'node/kube-worker2']
  )
  t.like(way!.arrival, { verdict: 'delivered', address: '10.42.2.245:8888' })
  t.is(way!.masqueraded, true)
})
