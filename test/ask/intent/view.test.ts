import test from 'ava'
import { fillNamed } from '../../../src/ask/computed.ts'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore } from '../../../src/store/open.ts'
import { facts } from '../../support/capture.ts'
import { snap } from '../../support/cli.ts'
import { nodeItem, sampleItems, storeOfSample } from '../../support/sample.ts'
import { memorySnapshot } from '../../support/snapshot.ts'
import { TAKEN } from '../check/checking.ts'
import { Capture } from '../check/faults/capture.ts'

/** Rows of a query over the computed tables, of the first sample day after a change. */
async function ask<Row>(sql: string, change: (capture: Capture) => void = () => undefined): Promise<Row[]> {
  const capture = new Capture(await sampleItems('2026-11-22T12-00-00Z'))
  change(capture)
  const store = openStore(':memory:')
  try {
    const { snapshot } = await importSnapshot(store, memorySnapshot(facts(TAKEN), capture.items), TAKEN)
    scopeTo(store, snapshot)
    fillNamed(store, () => [snapshot], sql)
    return store.prepare(sql).all() as Row[]
  } finally {
    store.close()
  }
}

const of = (
  service: string,
  more = ''
) => `SELECT sender, destination, round(share, 3) AS share, verdict, masqueraded, alternative FROM intent
  WHERE namespace = 'demo' AND service = '${service}' AND kind = 'cluster-ip' AND node = 'kube-worker1' ${more} ORDER BY sender, destination`

interface Row {
  sender: string
  destination: string | null
  share: number
  verdict: string
  masqueraded: number | null
  alternative: number
}

test('a Service with endpoints: each sender is offered each of them, with an equal share', async (t) => {
  const rows = await ask<Row>(of('np'))
  t.deepEqual([...new Set(rows.map(({ sender }) => sender))], ['node', 'outside', 'pod'])
  for (const sender of ['node', 'outside', 'pod']) {
    const own = rows.filter((row) => row.sender === sender)
    t.is(own.length, 2)
    t.true(own.every(({ share, verdict, alternative }) => share === 0.5 && verdict === 'accepted' && alternative === 0))
  }
  t.deepEqual(
    [...new Set(rows.map(({ sender, masqueraded }) => `${sender} ${masqueraded}`))],
    ['node 1', 'outside 1', 'pod 0']
  )
})

test('a Service without endpoints is refused', async (t) => {
  t.deepEqual(
    [...new Set((await ask<Row>(of('noep'))).map(({ destination, verdict }) => `${destination} ${verdict}`))],
    ['null rejected']
  )
})

test('what the objects do not tell is unknown, with the reason', async (t) => {
  const rows = await ask<{ verdict: string; why: string }>(
    "SELECT DISTINCT verdict, why FROM intent WHERE namespace = 'demo' AND service = 'np'",
    (capture) => capture.remove(({ kind }) => kind === 'endpoints' || kind.startsWith('endpointslices'))
  )
  t.deepEqual(rows, [{ verdict: 'unknown', why: 'the endpoints were not listed whole' }])
})

test('a frontend that a Service of a policy Local has differs from node to node, others are alike', async (t) => {
  const offers = await ask<{ service: string; offers: number }>(`SELECT service, count(DISTINCT offer) AS offers FROM (
    SELECT service, node, group_concat(destination ORDER BY destination) AS offer FROM intent WHERE kind = 'node-port' AND sender = 'outside' AND service IN ('np', 'local-np') GROUP BY service, node) GROUP BY service ORDER BY service`)
  t.is(offers.find(({ service }) => service === 'np')!.offers, 1)
  t.true(offers.some(({ service }) => service === 'local-np'))
})

test("proxies: what each node's rules tell of its kube-proxy, and how many pods it takes for strangers", async (t) => {
  const sql =
    "SELECT node, mode, newest_minor, pod_network, pods > 0 AS has_pods, pods_outside FROM proxies WHERE family = 'ipv4' ORDER BY node"
  t.deepEqual(
    await ask(sql),
    ['kube-master', 'kube-worker1', 'kube-worker2'].map((node) => ({
      node,
      mode: 'iptables',
      newest_minor: 20,
      pod_network: '10.42.0.0/16',
      has_pods: 1,
      pods_outside: 0
    }))
  )
  const [master, worker] = await ask<Record<string, unknown>>(sql, (capture) => capture.dump('kube-worker1', () => ''))
  t.like(master, { mode: 'iptables' })
  t.like(worker, { mode: 'none', pod_network: null, pods_outside: null })
})

for (const [what, items, mode, by] of [
  ['its rules', [], 'iptables', 'rules'],
  ['kube-proxy, though rules were left behind', [['versions', 'kube-proxy mode: ipvs\n']], 'ipvs', 'kube-proxy'],
  [
    'its nft table',
    [
      ['iptables-save', ''],
      ['nft-ruleset', 'table ip kube-proxy {\n}\n']
    ],
    'nftables',
    'nft table'
  ],
  ['nothing: there are no rules', [['iptables-save', '']], 'none', 'rules'],
  [
    'kube-proxy, whose rules are gone',
    [
      ['iptables-save', ''],
      ['versions', 'kube-proxy mode: iptables\n']
    ],
    'none',
    'rules'
  ]
] as const) {
  test(`proxies: the mode is told by ${what}`, async (t) => {
    const folder = await storeOfSample((all) => [
      ...all.filter(({ kind, node }) => node !== 'kube-worker1' || !items.some(([told]) => told === kind)),
      ...items.map(([kind, text]) => nodeItem('kube-worker1', kind, text))
    ])
    const { stdout } = await snap(folder, [
      'sql',
      "SELECT mode, mode_known_by FROM proxies WHERE node = 'kube-worker1' AND family = 'ipv4'",
      '-o',
      'json'
    ])
    t.deepEqual(JSON.parse(stdout), [{ mode, mode_known_by: by }])
  })
}

test('deviations: nothing on a healthy node, and what a wrong rule does where there is one', async (t) => {
  const sql = 'SELECT DISTINCT node, object, sender, deviation, what FROM deviations ORDER BY sender'
  t.deepEqual(await ask(sql), [])
  const rows = await ask<{ node: string; object: string; deviation: string }>(sql, (capture) =>
    capture.dump('kube-worker1', (text) =>
      text.replace(/(-A KUBE-SEP-\S+ .*"demo\/np:http".* --to-destination )\S+/, '$110.42.9.9:8080')
    )
  )
  t.true(rows.length > 0)
  t.deepEqual([...new Set(rows.map(({ node, object }) => `${node} ${object}`))], ['kube-worker1 service/demo/np:http'])
  t.deepEqual([...new Set(rows.map(({ deviation }) => deviation))].sort(), ['extra', 'missing'])
})
