/** What holds for any two snapshots. */
import test from 'ava'
import fc from 'fast-check'
import type { Diff } from '../../../src/ask/diff/change.ts'
import { diffSnapshots } from '../../../src/ask/diff/diff.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore } from '../../../src/store/open.ts'
import { facts } from '../../support/capture.ts'
import { memorySnapshot } from '../../support/snapshot.ts'
import { cluster, look, PLAIN } from './arbitrary-cluster.ts'
import { type Cluster, itemsOf, type Look } from './cluster.ts'
import { plain, reversed } from './reversed.ts'

async function diffs(...looks: [Cluster, Look][]): Promise<(before: number, after: number) => Diff> {
  const store = openStore(':memory:')
  for (const [index, [its, view]] of looks.entries()) {
    const at = new Date(Date.UTC(2026, 10, 1 + index))
    await importSnapshot(store, memorySnapshot(facts(at), itemsOf(its, view, at)), at)
  }
  return (before, after) =>
    diffSnapshots(store, { id: before, name: `day${before}` }, { id: after, name: `day${after}` })
}

test('the same cluster seen again is no different: order, counters and resourceVersion are no changes', async (t) => {
  await fc.assert(
    fc.asyncProperty(cluster, look, async (its, view) => {
      const diff = await diffs([its, PLAIN], [its, view])
      t.deepEqual(diff(1, 2).changes, [])
      t.deepEqual(diff(1, 1), { before: 'day1', after: 'day1', changes: [], unknown: [] })
    }),
    { numRuns: 60 }
  )
})

test('backwards is the same read backwards', async (t) => {
  await fc.assert(
    fc.asyncProperty(cluster, cluster, look, async (first, second, view) => {
      const diff = await diffs([first, PLAIN], [second, view])
      t.deepEqual(plain(diff(2, 1)), reversed(diff(1, 2)))
    }),
    { numRuns: 80 }
  )
})

test('other snapshots in between and the way rows are stored change nothing', async (t) => {
  await fc.assert(
    fc.asyncProperty(cluster, cluster, cluster, async (first, between, last) => {
      const long = await diffs([first, PLAIN], [between, PLAIN], [last, PLAIN])
      const short = await diffs([first, PLAIN], [last, PLAIN])
      t.deepEqual(plain({ ...long(1, 3), after: 'day2' }), plain(short(1, 2)))
    }),
    { numRuns: 60 }
  )
})

test('what one snapshot could not see is unknown there, and never came or went', async (t) => {
  await fc.assert(
    fc.asyncProperty(cluster, fc.constantFrom('services', 'endpointslices', 'pods', 'n1'), async (its, failed) => {
      const diff = (await diffs([{ ...its, failed: [] }, PLAIN], [{ ...its, failed: [failed] }, PLAIN]))(1, 2)
      t.deepEqual(diff.changes, [])
      const subject = failed === 'n1' ? 'rules of n1' : failed === 'endpointslices' ? 'endpoints' : failed
      const wanted = failed === 'n1' && !its.nodes.some(({ name }) => name === 'n1') ? [] : ['after']
      t.deepEqual(
        diff.unknown.filter((each) => each.subject === subject && each.reason === 'refused').map(({ side }) => side),
        subject === 'endpoints' ? [] : wanted
      )
      t.true(subject !== 'endpoints' || diff.unknown.some((each) => each.subject === 'endpoints'))
    }),
    { numRuns: 60 }
  )
})
