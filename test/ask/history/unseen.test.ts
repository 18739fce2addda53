/** Snapshots that did not read something: nothing came or went there, and what changed meanwhile is told by the next that did. */

import test from 'ava'
import fc from 'fast-check'
import { find } from '../../../src/ask/history/find.ts'
import { type History, history } from '../../../src/ask/history/log.ts'
import { historyText } from '../../../src/report/history/text.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { facts } from '../../support/capture.ts'
import { memorySnapshot } from '../../support/snapshot.ts'
import { cluster, PLAIN } from '../diff/arbitrary-cluster.ts'
import { type Cluster, itemsOf, type Service } from '../diff/cluster.ts'

async function storeOf(days: readonly [day: number, its: Cluster][]): Promise<Store> {
  const store = openStore(':memory:')
  for (const [day, its] of days) {
    const at = new Date(Date.UTC(2026, 10, day))
    await importSnapshot(store, memorySnapshot(facts(at), itemsOf(its, PLAIN, at)), at)
  }
  return store
}

const life = (store: Store, object: string, node?: string): History =>
  history(store, find(store, object, { nearest: () => [], ...(node !== undefined && { node }) })[0]!)

const FAILURES = ['services', 'endpointslices', 'pods', 'nodes', 'n1', 'n2']

test('a snapshot in between that failed to read something changes nothing of what is told', async (t) => {
  await fc.assert(
    fc.asyncProperty(cluster, cluster, fc.subarray(FAILURES, { minLength: 1 }), async (first, last, failed) => {
      const whole = [
        { ...first, failed: [] },
        { ...last, failed: [] }
      ] as const
      const short = await storeOf([
        [1, whole[0]],
        [3, whole[1]]
      ])
      const long = await storeOf([
        [1, whole[0]],
        [2, { ...first, failed }],
        [3, whole[1]]
      ])
      for (const { name } of first.services) {
        const [told, wanted] = [life(long, `service/demo/${name}`), life(short, `service/demo/${name}`)]
        t.deepEqual(told.steps, wanted.steps)
        t.deepEqual(
          told.snapshots.filter((_, index) => index !== 1),
          wanted.snapshots
        )
        t.is(told.snapshots[1]!.isThere, failed.includes('services') ? null : true)
      }
    }),
    { numRuns: 40 }
  )
})

const web = (...endpoints: string[]): Service => ({
  name: 'web',
  clusterIp: '10.43.0.7',
  port: 80,
  nodePort: 30080,
  label: 'a',
  endpoints: endpoints.map((address) => ({ address, ready: true }))
})

const day = (services: Service[], failed: string[] = []): Cluster => ({
  services,
  nodes: ['n1', 'n2'].map((name) => ({ name, programmed: services, extraRules: [], policy: 'ACCEPT' })),
  pods: [],
  failed
})

const text = (its: History) => historyText(its, { rules: 'none', width: 100, ascii: false }).trimEnd().split('\n')

test('a life with its beginning, its end, and a day that was not seen', async (t) => {
  const store = await storeOf([
    [1, day([])],
    [2, day([web('10.42.0.1')])],
    [3, day([web('10.42.0.1', '10.42.0.2')], ['endpointslices', 'n2'])],
    [4, day([web('10.42.0.1', '10.42.0.2')])],
    [5, day([])]
  ])
  t.deepEqual(text(life(store, 'service/web')), [
    'service/demo/web',
    'in 3 of 5 snapshots, not in 2',
    'came between 2026-11-01T00-00-00Z and 2026-11-02T00-00-00Z',
    'gone between 2026-11-04T00-00-00Z and 2026-11-05T00-00-00Z',
    'ready endpoints  _▄?█_  0 to 2, now 0',
    '',
    '2026-11-05T00-00-00Z',
    '  removed: NodePort 10.43.0.7',
    '  port 80/TCP removed: http, to 8080, node port 30080',
    '  2 endpoints lost: 10.42.0.1:8080 (http) ready, 10.42.0.2:8080 (http) ready',
    '  packets to node port 30080/TCP: its endpoints → no rule on 2 of 2 nodes',
    '  packets to 10.43.0.7:80/TCP: its endpoints → no rule on 2 of 2 nodes',
    '  http 80/TCP goes to 2 → 0 endpoints on 2 of 2 nodes',
    '  rules changed with it on 2 of 2 nodes (−9 +0)',
    '',
    '2026-11-04T00-00-00Z',
    '  objects changed, rules of n1 did not: they were so before already',
    '  1 endpoint gained: 10.42.0.2:8080 (http) ready',
    '  http 80/TCP goes to 1 → 2 endpoints only on n2',
    '  rules changed with it only on n2 (−1 +4)',
    '',
    '2026-11-03T00-00-00Z',
    '  http 80/TCP goes to 1 → 2 endpoints on 1 of 1 nodes: + 10.42.0.2:8080',
    '  rules changed on 1 of 1 nodes (−1 +4); whether an object did is unknown',
    '',
    '2026-11-02T00-00-00Z',
    '  added: NodePort 10.43.0.7',
    '  port 80/TCP added: http, to 8080, node port 30080',
    '  1 endpoint gained: 10.42.0.1:8080 (http) ready',
    '  packets to node port 30080/TCP: no rule → its endpoints on 2 of 2 nodes',
    '  packets to 10.43.0.7:80/TCP: no rule → its endpoints on 2 of 2 nodes',
    '  http 80/TCP goes to 0 → 1 endpoint on 2 of 2 nodes',
    '  rules changed with it on 2 of 2 nodes (−0 +6)',
    '',
    'UNKNOWN  What some snapshots do not say',
    '  endpointslices: not told by 2026-11-03T00-00-00Z: refused',
    '  rules of n2: not told by 2026-11-03T00-00-00Z: refused'
  ])
})

test('a Service that was there before the oldest snapshot', async (t) => {
  const store = await storeOf([
    [1, day([web('10.42.0.1')], ['services'])],
    [2, day([web('10.42.0.1')])]
  ])
  const told = text(life(store, 'service/demo/web'))
  t.deepEqual(told.slice(1, 4), [
    'in 1 of 2 snapshots, 1 does not say',
    'there since 2026-11-02T00-00-00Z or longer: no earlier snapshot says that it was not',
    'there in the latest snapshot'
  ])
})

test("an address and port is the frontend of a Service, a node's with a node port too, or else an endpoint", async (t) => {
  const store = await storeOf([
    [1, day([web('10.42.0.1')])],
    [2, day([web('10.42.0.2')])]
  ])
  t.is(life(store, '10.43.0.7:80').object, '10.43.0.7:80 of service/demo/web')
  t.deepEqual(
    life(store, '10.42.0.1').snapshots.map(({ isThere }) => isThere),
    [true, false]
  )
  t.deepEqual(
    life(store, '10.42.0.2:8080').steps.map(({ snapshot, changes }) => [
      snapshot.slice(0, 10),
      changes.map(({ aspect, change, nodes }) => `${aspect} ${change} ${nodes.join(' ')}`.trim())
    ]),
    [['2026-11-02', ['endpoint added', 'object added n1 n2', 'rules changed n1 n2']]]
  )
})

const ERRORS: [object: string, message: string][] = [
  ['service/demo/wbe', 'log: no snapshot of the store has a service demo/wbe; nearest: demo/web'],
  [
    '10.9.9.9',
    "log: no snapshot of the store has an endpoint or pod with the address 10.9.9.9; for a Service's address name its port too"
  ],
  ['10.43.0.7:81', "log: no snapshot of the store has a Service's address and port, or an endpoint, 10.43.0.7:81"],
  [
    'web',
    'log: web is no object; say one of service/demo/web, pod/demo/web-1, node/kube-master, chain/KUBE-SERVICES, 10.42.0.7, 10.43.0.1:443'
  ]
]

for (const [object, message] of ERRORS) {
  test(`no object ${object}`, async (t) => {
    const store = await storeOf([[1, day([web('10.42.0.1')])]])
    t.throws(() => find(store, object, { nearest: (_, names) => [...names] }), { message })
  })
}
