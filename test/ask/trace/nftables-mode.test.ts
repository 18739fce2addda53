/** The captured cluster in nftables mode: its iptables hold host ports and nothing of a Service. */
import { join } from 'node:path'
import test from 'ava'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import { type TraceRequest, trace } from '../../../src/ask/trace/trace.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { clusterItems } from '../../support/base-capture.ts'
import { captures, facts, hasCaptures } from '../../support/capture.ts'
import { snap, temporaryFolder } from '../../support/cli.ts'
import { memorySnapshot } from '../../support/snapshot.ts'

const TAKEN = new Date('2026-11-22T12:00:00Z')
const FOLDER = 'k8s-1.36/nftables'
const declare = hasCaptures ? test : test.skip

/** The capture with what was read of nft, and without, as from a node where nobody asked for it. */
async function captured(withNft: boolean): Promise<{ store: Store; snapshot: string }> {
  const items = clusterItems(FOLDER, TAKEN).filter(({ kind }) => withNft || kind !== 'nft-ruleset')
  const store = openStore(':memory:')
  const { snapshot } = await importSnapshot(store, memorySnapshot(facts(TAKEN), items), TAKEN)
  scopeTo(store, snapshot)
  return { store, snapshot }
}

const REQUESTS: readonly (readonly [name: string, request: TraceRequest])[] = [
  ['a cluster IP', { destination: 'service/kube-system/kube-dns:dns', protocol: 'udp' }],
  ['a port that the Service has not', { destination: '10.43.0.10:5432' }],
  ['a cluster IP that nobody has', { destination: '10.43.250.250:80' }],
  ['a load balancer IP, which a host port has too', { destination: 'http://kube-master:8087' }]
]

for (const withNft of [true, false]) {
  for (const [name, request] of REQUESTS) {
    declare(`${name}, ${withNft ? 'with' : 'without'} the nft ruleset: unknown on every node`, async (t) => {
      const { store, snapshot } = await captured(withNft)
      const { nodes } = trace(store, snapshot, request)
      t.true(nodes.length > 0)
      for (const { ways } of nodes) t.deepEqual([...new Set(ways.map(({ arrival }) => arrival.verdict))], ['unknown'])
    })
  }
}

declare('a dump of such a node alone says unknown, with the reason', async (t) => {
  const folder = await temporaryFolder()
  for (const node of ['kube-master', 'kube-worker1', 'kube-worker2']) {
    for (const destination of ['10.43.0.10:53', '141.75.148.138:8087', '10.42.2.7:80']) {
      const file = join(captures, FOLDER, node, 'iptables-save-c.txt')
      const { stdout } = await snap(folder, ['trace', destination, '--dump', file, '-o', 'json'])
      t.deepEqual(
        [...new Set([...stdout.matchAll(/"verdict": "(\w+)"/g)].map(([, told]) => told))],
        ['unknown'],
        stdout
      )
      t.regex(stdout, /do not hold kube-proxy's rules/)
    }
  }
})
