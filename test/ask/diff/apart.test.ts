/** Which nodes' rules lead elsewhere than others', where no list of objects is whole, so that rules are all there is to compare. */
import test from 'ava'
import { diffSnapshots } from '../../../src/ask/diff/diff.ts'
import { eventsOf } from '../../../src/ask/diff/events.ts'
import { hasCaptures } from '../../support/capture.ts'
import { dayName, weekStore } from '../../support/week.ts'

const whenCaptured = hasCaptures ? test : test.skip

const DAYS: readonly [
  what: string,
  day: number,
  events: readonly [kind: string, nodes: readonly string[], services: number][]
][] = [
  ['all nodes follow', 1, []],
  ["kube-worker2's kube-proxy hangs while the others go on", 3, [['apart', ['kube-worker2'], 10]]],
  ['it goes on again', 4, [['caught-up', ['kube-worker2'], 10]]],
  ['a rule is deleted on kube-master alone', 6, [['apart', ['kube-master'], 1]]],
  ['that rule stands again', -7, [['caught-up', ['kube-master'], 1]]]
]

for (const [what, from, wanted] of DAYS) {
  whenCaptured(what, async (t) => {
    const store = await weekStore()
    store.exec("UPDATE _part SET status = 'partial' WHERE subject IN ('services', 'endpointslices', 'endpoints')")
    const [before, after] = [Math.abs(from), Math.abs(from) + Math.sign(from)]
    const events = eventsOf(
      diffSnapshots(store, { id: before, name: dayName(before) }, { id: after, name: dayName(after) })
    )
    const found = events.flatMap((event) =>
      event.kind === 'apart' || event.kind === 'caught-up' ? [[event.kind, event.nodes, event.services.length]] : []
    )
    t.deepEqual(
      found,
      wanted.map((event) => [...event])
    )
  })
}
