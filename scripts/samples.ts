/**
 * Makes the samples in snapshots/ out of two days of the captured week (the captures stand beside the checkout where
 * snap is built): on the second, kube-proxy on kube-worker2 hangs while demo/web gets new pods.
 */
import { createSnapshot } from '../src/archive/writer.ts'
import { snapshotName } from '../src/collect/name.ts'
import { facts, weekItems } from '../test/support/capture.ts'

const days = [
  { day: 'week-1.20/day3', at: new Date('2026-11-22T12:00:00Z') },
  { day: 'week-1.20/day4', at: new Date('2026-11-23T12:00:00Z') }
]

for (const { day, at } of days) {
  const sink = await createSnapshot('snapshots', snapshotName(at))
  for (const item of weekItems(day, at)) await sink.add(item)
  await sink.finish(facts(at))
}
