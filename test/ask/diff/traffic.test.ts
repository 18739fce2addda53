/** What counters prove: at least so many, never that there were none. */
import test from 'ava'
import type { FrontendTraffic } from '../../../src/ask/diff/frontend-traffic.ts'
import { traffic } from '../../../src/ask/diff/traffic.ts'
import { trafficLines } from '../../../src/report/diff/traffic-text.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore } from '../../../src/store/open.ts'
import { facts } from '../../support/capture.ts'
import { memorySnapshot } from '../../support/snapshot.ts'
import { PLAIN } from './arbitrary-cluster.ts'
import { type Cluster, itemsOf, type Service } from './cluster.ts'

const web: Service = {
  name: 'web',
  clusterIp: '10.43.0.7',
  port: 80,
  nodePort: 30080,
  label: 'a',
  endpoints: [{ address: '10.42.0.1', ready: true }]
}

const cluster = (services: Service[], failed: string[] = []): Cluster => ({
  services: [web],
  nodes: ['n1', 'n2'].map((name) => ({ name, programmed: services, extraRules: [], policy: 'ACCEPT' })),
  pods: [],
  failed
})

async function between(
  before: { counters: number; its?: Cluster; plain?: true },
  after: { counters: number; its?: Cluster; plain?: true }
): Promise<FrontendTraffic[]> {
  const store = openStore(':memory:')
  for (const [index, { counters, its = cluster([web]), plain }] of [before, after].entries()) {
    const at = new Date(Date.UTC(2026, 10, 1 + index))
    const items = itemsOf(its, { ...PLAIN, counters }, at)
    // iptables-save without -c.
    const shown = plain
      ? items.map((item) =>
          item.kind === 'iptables-save'
            ? { ...item, content: Buffer.from(String(item.content).replaceAll(/^\[\d+:\d+\] /gm, '')) }
            : item
        )
      : items
    await importSnapshot(store, memorySnapshot(facts(at), shown), at)
  }
  return traffic(store, { id: 1, name: 'day1' }, { id: 2, name: 'day2' }, {})
}

const numbers = (all: readonly FrontendTraffic[]) =>
  all
    .filter(({ frontend }) => frontend === '10.43.0.7:80/TCP')
    .map(({ node, before, after, atLeast, isReset }) => [node, before, after, atLeast, isReset])

const CASES: [what: string, sides: Parameters<typeof between>, n1: unknown[]][] = [
  ['a counter that grew', [{ counters: 3 }, { counters: 8 }], ['n1', 3, 8, 5, false]],
  ['one that fell was reset, and counted since', [{ counters: 8 }, { counters: 3 }], ['n1', 8, 3, 3, true]],
  ['one that stands still', [{ counters: 3 }, { counters: 3 }], ['n1', 3, 3, 0, false]],
  ['none at all', [{ counters: 0 }, { counters: 0 }], ['n1', 0, 0, 0, false]],
  [
    'a frontend that is new counts from 0',
    [{ counters: 3, its: cluster([]) }, { counters: 4 }],
    ['n1', null, 4, 4, false]
  ],
  ['a frontend that is gone', [{ counters: 3 }, { counters: 4, its: cluster([]) }], ['n1', 3, null, null, false]],
  ['a dump without counters', [{ counters: 3 }, { counters: 4, plain: true }], ['n1', 3, null, null, false]],
  [
    'a node that was not read',
    [{ counters: 3 }, { counters: 4, its: cluster([web], ['n1']) }],
    ['n1', 3, null, null, false]
  ]
]

for (const [what, sides, n1] of CASES) {
  test(what, async (t) => t.deepEqual(numbers(await between(...sides))[0], n1))
}

test('told: used frontends first, then those of which nothing was counted, then what is not known', async (t) => {
  t.deepEqual(trafficLines(await between({ counters: 3 }, { counters: 8, its: cluster([web], ['n2']) })), [
    'demo/web 10.43.0.7:80/TCP: at least 5 packets (5 on n1)',
    'demo/web node port 30080/TCP: at least 5 packets (5 on n1)',
    'not known on n2: no counters, or no rule for the frontend, in one of the snapshots'
  ])
  t.deepEqual(trafficLines(await between({ counters: 8 }, { counters: 3 })).slice(0, 1), [
    'demo/web 10.43.0.7:80/TCP: at least 6 packets (3 on n1, counted from 0 again, 3 on n2, counted from 0 again)'
  ])
  t.deepEqual(trafficLines(await between({ counters: 0 }, { counters: 0 })), [
    'none counted for 2 frontends (which does not prove that there were none): demo/web node port 30080/TCP, demo/web 10.43.0.7:80/TCP'
  ])
})
