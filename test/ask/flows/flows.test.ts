import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { openSnapshot } from '../../../src/archive/open.ts'
import { fillFlows } from '../../../src/ask/flows/fill.ts'
import { flowRows } from '../../../src/ask/flows/rows.ts'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import { trace } from '../../../src/ask/trace/trace.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { root } from '../../support/cli.ts'
import { memorySnapshot } from '../../support/snapshot.ts'

const DAY1 = '2026-11-22T12-00-00Z'
const DAY2 = '2026-11-23T12-00-00Z'

async function filled(snapshots: readonly string[], scope?: string): Promise<Store> {
  const store = openStore(':memory:')
  for (const name of [DAY1, DAY2])
    await importSnapshot(store, await openSnapshot(join(root, 'snapshots', name)), new Date(0))
  if (scope) scopeTo(store, scope)
  fillFlows(store, snapshots)
  return store
}

test('every node has flows to every frontend, from each kind of sender', async (t) => {
  const store = await filled([DAY1], DAY1)
  const missing = store
    .prepare(
      `SELECT n.node, f.service, f.kind, s.value AS sender FROM nodes n, frontends f, json_each('["pod","node","outside"]') s
     WHERE NOT EXISTS (SELECT 1 FROM flows w WHERE w.node = n.node AND w.namespace = f.namespace AND w.service = f.service AND w.port_name = f.port_name
       AND w.kind = f.kind AND w.address = f.address AND w.sender = s.value)`
    )
    .all()
  t.deepEqual(missing, [])
})

test('asked for once more, the flows stand as they are', async (t) => {
  const store = await filled([DAY1], DAY1)
  const count = () => store.prepare('SELECT count(*) FROM flows').pluck().get() as number
  const before = count()
  t.notThrows(() => fillFlows(store, [DAY1]))
  t.is(count(), before)
})

test('the shares of a frontend add up to 1, for one sender and under each condition', async (t) => {
  const store = await filled([DAY1], DAY1)
  const wrong = store
    .prepare(
      `SELECT node, service, kind, address, port, sender, condition, sum(share) AS total FROM flows
     GROUP BY node, family, namespace, service, port_name, protocol, kind, address, port, sender, condition HAVING abs(total - 1) > 1e-9`
    )
    .all() as { condition: string }[]
  t.deepEqual(
    wrong.filter(({ condition }) => condition === ''),
    []
  )
})

test('a flow says what trace says', async (t) => {
  const store = await filled([DAY2], DAY2)
  const frontends = store
    .prepare("SELECT DISTINCT address, port, protocol FROM frontends WHERE kind = 'cluster-ip'")
    .all() as { address: string; port: number; protocol: string }[]
  t.true(frontends.length > 20)
  for (const { address, port, protocol } of frontends) {
    for (const node of ['kube-master', 'kube-worker2']) {
      const told = store
        .prepare(
          "SELECT DISTINCT destination FROM flows WHERE node = ? AND sender = 'outside' AND address = ? AND port = ? AND protocol = ? ORDER BY 1"
        )
        .pluck()
        .all(node, address, port, protocol)
      const { nodes } = trace(store, DAY2, {
        destination: `${address}:${port}`,
        protocol: protocol.toLowerCase() as 'tcp',
        node,
        from: 'external'
      })
      const addresses = [...new Set(nodes[0]!.ways.map(({ arrival }) => arrival.address))].sort()
      t.deepEqual(told, addresses, `${address}:${port} on ${node}`)
    }
  }
})

test('on the second day only kube-worker2 sends elsewhere', async (t) => {
  const store = await filled([DAY2], DAY2)
  const destinations = store
    .prepare(
      "SELECT node, group_concat(destination) AS destinations FROM (SELECT * FROM flows WHERE service = 'web' AND namespace = 'demo' AND sender = 'outside' AND kind = 'cluster-ip' ORDER BY destination) GROUP BY node"
    )
    .all() as { node: string; destinations: string }[]
  const [master, worker1, worker2] = destinations
  t.is(master!.destinations, worker1!.destinations)
  t.not(master!.destinations, worker2!.destinations)
})

test('without a snapshot named, each has its own flows, and the views are left as they were', async (t) => {
  const store = await filled([DAY1, DAY2])
  const counts = store.prepare('SELECT snapshot, count(*) > 1000 AS many FROM flows GROUP BY 1').raw().all()
  t.deepEqual(counts, [
    [DAY1, 1],
    [DAY2, 1]
  ])
  t.is(store.prepare('SELECT count(DISTINCT snapshot) FROM services').pluck().get(), 2)
})

test('nothing is written to the store', async (t) => {
  const store = openStore(':memory:')
  await importSnapshot(store, await openSnapshot(join(root, 'snapshots', DAY1)), new Date(0))
  const before = store.serialize()
  fillFlows(store, [DAY1])
  t.true((store.prepare('SELECT count(*) FROM flows').pluck().get() as number) > 1000)
  t.true(before.equals(store.serialize()))
})

test('snap flows tells a flow once, with the nodes where it is so, as the table has it', async (t) => {
  const store = await filled([DAY2], DAY2)
  const { columns, rows, remarks } = flowRows(store, {})
  t.deepEqual(remarks, [])
  const at = (name: string) => columns.indexOf(name)
  const spread = rows.flatMap((row) =>
    (row[at('nodes')] as string)
      .split(' ')
      .flatMap((node) =>
        ((row[at('destinations')] as string | null)?.split(' ') ?? [null]).map((destination) => [
          node,
          ...row.with(at('destinations'), destination).slice(0, -1)
        ])
      )
  )
  const table = store
    .prepare(`SELECT node, ${columns.slice(0, -1).join(', ').replace('destinations', 'destination')} FROM flows`)
    .raw()
    .all() as unknown[][]
  const sorted = (all: readonly unknown[][]) =>
    all
      .map((row) => JSON.stringify(row.map((cell) => (typeof cell === 'number' ? Number(cell.toFixed(9)) : cell))))
      .sort()
  t.deepEqual(sorted(spread), sorted(table))
  t.is(new Set(rows.map((row) => JSON.stringify(row.slice(0, -1)))).size, rows.length)
  const web = flowRows(store, { node: 'kube-worker2', service: 'demo/web' }).rows
  t.true(web.length > 0 && web.every((row) => row[at('service')] === 'web' && row[at('nodes')] === 'kube-worker2'))
  t.throws(() => flowRows(store, { service: 'demo/nothing' }), { message: /no Service demo\/nothing/ })
})

test('flows of a pasted text say what is taken for granted, and deny nothing that it does not show', async (t) => {
  const at = '2021-02-03T10:00:00.000Z'
  const item = {
    kind: 'text' as const,
    node: 'kube-master',
    command: [],
    startedAt: at,
    endedAt: at,
    exitCode: null,
    error: null,
    stderr: null
  }
  const content = readFileSync(join(root, 'snapshots/traefik-incident.txt'))
  const store = openStore(':memory:')
  const { snapshot } = await importSnapshot(
    store,
    memorySnapshot({ cluster: { name: 'pasted', uid: null }, tool: 'test', startedAt: at, endedAt: at }, [
      { ...item, content }
    ]),
    new Date(at)
  )
  fillFlows(store, [snapshot])
  const rows = store
    .prepare(
      "SELECT DISTINCT destination, condition, masqueraded FROM flows WHERE verdict = 'accepted' AND port = 8087 AND kind = 'load-balancer-ip' AND node = 'kube-master'"
    )
    .all()
  t.deepEqual(rows, [
    {
      destination: '10.42.2.245:8087',
      condition: 'what the pasted text does not show is as kube-proxy writes it',
      masqueraded: null
    }
  ])
})
