import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { openSnapshot } from '../../../src/archive/open.ts'
import { fillNamed } from '../../../src/ask/computed.ts'
import { fsck } from '../../../src/store/fsck/fsck.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { pruneStore } from '../../../src/store/prune.ts'
import { arbitraryDump } from '../../support/arbitrary-dump.ts'
import { root } from '../../support/cli.ts'
import { dayName, differences, dumpSnapshot, type NodeDump, publicViews, storeOf } from '../../support/dump-snapshot.ts'
import { naiveViews } from '../../support/naive-views.ts'

/** Some days of one or two nodes. */
const days = fc
  .array(fc.array(arbitraryDump, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 4 })
  .map((all) => all.map((texts) => texts.map((text, node): NodeDump => ({ node: `node-${node}`, text }))))

test('the views show what a program without a store would compute', async (t) => {
  await fc.assert(
    fc.asyncProperty(days, async (all) => {
      const store = await storeOf(all.map((dumps, day) => dumpSnapshot(day, dumps)))
      const shown = publicViews(store, undefined, ['chains', 'rules']).sort()
      store.close()
      t.deepEqual(differences(shown, naiveViews(all)), [])
    }),
    { numRuns: 150 }
  )
})

test('the views are the same whatever the order of import', async (t) => {
  await fc.assert(
    fc.asyncProperty(days, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), async (all, random) => {
      const snapshots = all.map((dumps, day) => dumpSnapshot(day, dumps))
      const shuffled = [...snapshots].sort(() => (random.next().value as number) - 0.5)
      const [inOrder, outOfOrder] = [await storeOf(snapshots), await storeOf(shuffled)]
      t.deepEqual(differences(publicViews(outOfOrder), publicViews(inOrder)), [])
      t.deepEqual(fsck(outOfOrder), [])
      inOrder.close()
      outOfOrder.close()
    }),
    { numRuns: 60 }
  )
})

test('real snapshots too, with all that is computed from them, in every order', async (t) => {
  const samples = await Promise.all(
    ['2026-11-22T12-00-00Z', '2026-11-23T12-00-00Z'].map((name) => openSnapshot(join(root, 'snapshots', name)))
  )
  const days = dumpSnapshot(0, [
    { node: 'a', text: EMPTY },
    { node: 'b', text: EMPTY }
  ])
  const shown = await Promise.all(
    permutations([...samples, { ...days, manifest: { ...days.manifest, cluster: samples[0]!.manifest.cluster } }]).map(
      async (order) => {
        const store = await storeOf(order)
        const views = publicViews(store)
        const names = store.prepare('SELECT snapshot FROM snapshots ORDER BY taken_at').pluck().all() as string[]
        fillNamed(store, () => names, COMPUTED.join())
        const computed = publicViews(store, undefined, COMPUTED)
        store.close()
        return [...views, ...computed]
      }
    )
  )
  for (const other of shown.slice(1)) t.deepEqual(differences(other, shown[0]!), [])
})

const EMPTY = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n'
const COMPUTED = ['flows', 'intent', 'deviations', 'proxies']

function permutations<T>(values: readonly T[]): T[][] {
  return values.length < 2
    ? [[...values]]
    : values.flatMap((value, at) => permutations(values.toSpliced(at, 1)).map((rest) => [value, ...rest]))
}

test('importing again changes nothing', async (t) => {
  await fc.assert(
    fc.asyncProperty(days, async (all) => {
      const snapshots = all.map((dumps, day) => dumpSnapshot(day, dumps))
      const store = await storeOf(snapshots)
      const before = publicViews(store)
      for (const snapshot of snapshots) t.is((await importSnapshot(store, snapshot, new Date(1))).outcome, 'known')
      t.deepEqual(differences(publicViews(store), before), [])
      store.close()
    }),
    { numRuns: 30 }
  )
})

test('pruning any snapshots leaves the others as they were, the store in order, and imports that follow right', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      days,
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      arbitraryDump,
      async (all, removed, next) => {
        const snapshots = all.map((dumps, day) => dumpSnapshot(day, dumps))
        const store = await storeOf(snapshots)
        const left = snapshots.filter((_, day) => !removed[day]).map(({ name }) => name)
        const before = publicViews(store, left)
        pruneStore(
          store,
          snapshots.filter((_, day) => removed[day]).map(({ name }) => name)
        )
        t.deepEqual(differences(publicViews(store), before), [])
        t.deepEqual(fsck(store), [])
        const dumps = [{ node: 'node-0', text: next }]
        await importSnapshot(store, dumpSnapshot(7, dumps), new Date(0))
        const expected = naiveViews([[], [], [], [], [], [], [], dumps])
        t.deepEqual(differences(publicViews(store, [dayName(7)], ['chains', 'rules']), expected), [])
        t.deepEqual(fsck(store), [])
        store.close()
      }
    ),
    { numRuns: 100 }
  )
})

test('pruning all leaves no row but the cluster', async (t) => {
  const store = await storeOf([
    dumpSnapshot(0, [{ node: 'a', text: '*nat\n:KUBE-SERVICES - [0:0]\n-A KUBE-SERVICES -j ACCEPT\nCOMMIT\n' }])
  ])
  pruneStore(store, [dayName(0)])
  const tables = store.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[]
  const filled = tables.filter((table) => store.prepare(`SELECT 1 FROM ${table}`).get())
  t.deepEqual(filled, ['_cluster'])
  t.deepEqual(publicViews(store), [])
  store.close()
})
