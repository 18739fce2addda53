/** The captured week: the life of each object is what the diffs of the days say of it. */
import test from 'ava'
import type { Change } from '../../../src/ask/diff/change.ts'
import { diffSnapshots } from '../../../src/ask/diff/diff.ts'
import type { Followed } from '../../../src/ask/history/followed.ts'
import { followChain } from '../../../src/ask/history/kinds/chain.ts'
import { followFrontend, ownersOfFrontend } from '../../../src/ask/history/kinds/frontend.ts'
import { followNode } from '../../../src/ask/history/kinds/node.ts'
import { followPod } from '../../../src/ask/history/kinds/pod.ts'
import { followService } from '../../../src/ask/history/kinds/service.ts'
import { type History, history } from '../../../src/ask/history/log.ts'
import type { Store } from '../../../src/store/open.ts'
import { hasCaptures } from '../../support/capture.ts'
import { dayName, weekStore } from '../../support/week.ts'

const whenCaptured = hasCaptures ? test : test.skip

interface Week {
  readonly store: Store
  /** What day 2 … 7 changed. */
  readonly days: readonly (readonly Change[])[]
}

let loaded: Promise<Week> | undefined

function week(): Promise<Week> {
  return (loaded ??= weekStore().then((store) => ({
    store,
    days: [2, 3, 4, 5, 6, 7].map(
      (day) => diffSnapshots(store, { id: day - 1, name: dayName(day - 1) }, { id: day, name: dayName(day) }).changes
    )
  })))
}

/** Changes without the order in which they were found. */
function plain(changes: readonly Change[]): string[] {
  return changes
    .map(({ rules, nodes, ...change }) =>
      JSON.stringify({
        ...change,
        nodes: [...nodes].sort(),
        rules: rules?.map(({ sign, table, line }) => `${sign}${table} ${line}`).sort()
      })
    )
    .sort()
}

function ofDay({ steps }: History, day: number): readonly Change[] {
  return steps.find(({ snapshot }) => snapshot === dayName(day))?.changes ?? []
}

function names(store: Store, sql: string): string[] {
  return store.prepare(sql).pluck().all() as string[]
}

const split = (name: string) => name.split('/') as [string, string]

const SAME: readonly {
  what: string
  names: string
  section: string
  follow(store: Store, name: string): Followed
  isTold?(change: Change): boolean
}[] = [
  {
    what: 'Service',
    names: "SELECT DISTINCT namespace || '/' || service FROM services",
    section: 'service',
    follow: (store, name) => followService(store, ...split(name))
  },
  {
    what: 'pod',
    names: "SELECT DISTINCT namespace || '/' || pod FROM pods",
    section: 'pod',
    follow: (store, name) => followPod(store, ...split(name)),
    // The rules of nodes for a pod's host ports are not told with the pod.
    isTold: ({ aspect, nodes }) => aspect !== 'rules' || nodes.length === 0
  },
  {
    what: 'node',
    names: 'SELECT DISTINCT node FROM nodes',
    section: 'node',
    follow: (store, name) => followNode(store, name),
    isTold: ({ name }) => !/^ipv[46] rules$/.test(name)
  }
]

for (const { what, names: sql, section, follow, isTold = () => true } of SAME) {
  whenCaptured(`each ${what}: what the diffs of the days say`, async (t) => {
    const { store, days } = await week()
    for (const name of names(store, sql)) {
      const life = history(store, follow(store, name))
      days.forEach((changes, index) => {
        const said = ofDay(life, index + 2).filter((change) => change.section === section && change.object === name)
        const wanted = changes.filter((change) => change.section === section && change.object === name)
        t.deepEqual(plain(said.filter(isTold)), plain(wanted.filter(isTold)), `${name}, day ${index + 2}`)
      })
    }
  })
}

whenCaptured('a chain: first the rules that day 7 lost', async (t) => {
  const { store } = await week()
  const life = history(store, followChain(store, 'KUBE-SVC-XRY76EGRC3BSCIIJ'))
  t.deepEqual(
    life.steps.map(({ snapshot }) => snapshot),
    [7, 5, 4, 2, 1].map(dayName)
  )
  const [change] = life.steps[0]!.changes
  t.deepEqual([change!.nodes, change!.before, change!.after], [['kube-master'], 1, 0])
  t.deepEqual(life.series, [
    { name: 'rules (nat)', nodes: ['kube-master'], values: [5, 8, 8, 8, 8, 8, 7] },
    { name: 'rules (nat)', nodes: ['kube-worker1', 'kube-worker2'], values: [5, 8, 8, 8, 8, 8, 8] }
  ])
})

for (const status of ['complete', 'partial']) {
  whenCaptured(`a frontend that day 3 replaced, and the one that came for it: lists ${status}`, async (t) => {
    const store = await weekStore()
    store
      .prepare("UPDATE _part SET status = ? WHERE subject IN ('services', 'endpointslices', 'endpoints')")
      .run(status)
    const life = (address: string) =>
      history(store, followFrontend(store, ownersOfFrontend(store, address, 80)[0]!, `${address}:80`))
    const [old, now] = ['198.51.100.30', '198.51.100.99'].map(life)
    t.deepEqual(
      old!.snapshots.map(({ isThere }) => isThere),
      [true, true, false, false, false, false, false]
    )
    t.deepEqual(
      now!.snapshots.map(({ isThere }) => isThere),
      [false, false, true, true, true, true, true]
    )
    t.is(old!.steps[0]!.snapshot, dayName(3))
    t.is(now!.steps.at(-1)!.snapshot, dayName(3))
  })
}

whenCaptured('a node port at the address of a node is there while the Service has that node port', async (t) => {
  const { store } = await week()
  const address = store
    .prepare("SELECT address FROM node_addresses WHERE type = 'InternalIP' LIMIT 1")
    .pluck()
    .get() as string
  const [owner] = ownersOfFrontend(store, address, 30080)
  t.deepEqual(
    history(store, followFrontend(store, owner!, `${address}:30080`)).snapshots.map(({ isThere }) => isThere),
    [true, true, false, false, false, false, false]
  )
})
