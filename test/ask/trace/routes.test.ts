/** The route that a packet takes decides where it goes, not whose address it has. */
import test from 'ava'
import type { CollectedItem } from '../../../src/collect/item.ts'
import { snap } from '../../support/cli.ts'
import { storeOfSample } from '../../support/sample.ts'

interface Route {
  readonly dst: string
  readonly gateway?: string
  readonly dev?: string
  readonly type?: string
}

const withRoutes = (node: string, change: (routes: Route[]) => Route[]) =>
  storeOfSample((items) =>
    items.map((item): CollectedItem => {
      if (item.kind !== 'ip-route' || item.node !== node) return item
      const routes = JSON.parse(item.content!.toString('utf8')) as Route[]
      return { ...item, content: Buffer.from(JSON.stringify(change(routes))) }
    })
  )

const to = (network: string) => (routes: Route[]) => routes.filter(({ dst }) => dst !== network)
const instead = (network: string, route: Partial<Route>) => (routes: Route[]) => [
  ...to(network)(routes),
  { dst: network, ...route }
]

/** A packet from kube-master to a pod of kube-worker1, 10.42.1.54. */
const CASES: readonly (readonly [
  name: string,
  node: string,
  change: (routes: Route[]) => Route[],
  verdict: string,
  why: RegExp
])[] = [
  ['as they are', 'kube-master', (routes) => routes, 'accepted', /reaches pod demo\/web-\S+ on kube-worker1/],
  [
    'the route to its network is gone',
    'kube-master',
    to('10.42.1.0/24'),
    'unknown',
    /leaves kube-master by its route to the gateway 141\.75\.148\.254 on eth0, which is no node/
  ],
  [
    'a gateway that no node has',
    'kube-master',
    instead('10.42.1.0/24', { gateway: '141.75.148.9', dev: 'eth0' }),
    'unknown',
    /gateway 141\.75\.148\.9 on eth0, which is no node/
  ],
  [
    'by another node',
    'kube-master',
    instead('10.42.1.0/24', { gateway: '141.75.148.140', dev: 'eth0' }),
    'accepted',
    /reaches pod demo\/web-\S+ on kube-worker1/
  ],
  [
    'a route that drops',
    'kube-master',
    instead('10.42.1.0/24', { type: 'blackhole' }),
    'dropped',
    /a route of type blackhole/
  ],
  [
    'the bridge is down at the node of the pod',
    'kube-worker1',
    to('10.42.1.0/24'),
    'unknown',
    /leaves kube-worker1 by its route to the gateway/
  ]
]

for (const [name, node, change, verdict, why] of CASES) {
  test(`${name}: ${verdict}`, async (t) => {
    const folder = await withRoutes(node, change)
    const { stdout } = await snap(folder, ['trace', '10.42.1.54:8080', '--from', 'node/kube-master', '-o', 'json'])
    const { outcomes } = JSON.parse(stdout) as { outcomes: { verdict: string; why: string; pod: string | null }[] }
    t.deepEqual(
      outcomes.map((outcome) => outcome.verdict),
      [verdict]
    )
    t.regex(outcomes[0]!.why, why)
    t.is(outcomes[0]!.pod === null, verdict !== 'accepted')
  })
}

test('a node sends to a pod of its own from the address of the bridge, to others from its own', async (t) => {
  const folder = await storeOfSample((items) => items)
  const from = async (destination: string) =>
    (
      JSON.parse((await snap(folder, ['trace', destination, '--from', 'node/kube-worker1', '-o', 'json'])).stdout) as {
        from: string
      }
    ).from
  t.is(await from('10.42.1.54:8080'), '10.42.1.1')
  t.is(await from('10.42.0.184:8080'), '141.75.148.139')
  t.is(await from('10.43.154.73:80'), '141.75.148.139')
})
