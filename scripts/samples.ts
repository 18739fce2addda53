/**
 * Makes the samples in snapshots/ out of two days of the captured week (the captures stand beside the checkout where
 * snap is built): on the second, kube-proxy on kube-worker2 hangs while demo/web gets new pods. The captured days are
 * seconds apart; what happened between them is moved to the day between the samples, in objects and dumps alike.
 */
import { createSnapshot } from '../src/archive/writer.ts'
import { snapshotName } from '../src/collect/name.ts'
import { facts, weekItems } from '../test/support/capture.ts'

const days = [
  { day: 'week-1.20/day3', captured: new Date('2026-11-22T10:16:48Z'), at: new Date('2026-11-22T12:00:00Z') },
  { day: 'week-1.20/day4', captured: new Date('2026-11-22T10:17:08Z'), at: new Date('2026-11-23T12:00:00Z') }
] as const

/** Up to the end of the first capture by the first day's distance, later by the second's. */
function moved(time: Date): Date {
  const { captured, at } = time.getTime() <= days[0].captured.getTime() + 8000 ? days[0] : days[1]
  return new Date(time.getTime() + at.getTime() - captured.getTime())
}

/** The time stamps of API objects, and those that iptables-save writes into its comments. */
function moveTimes(content: Buffer): Buffer {
  const text = content
    .toString('latin1')
    .replace(/2026-11-22T\d\d:\d\d:\d\dZ/g, (stamp) => `${moved(new Date(stamp)).toISOString().slice(0, 19)}Z`)
    .replace(/(?<= on )\w{3} Nov 22 \d\d:\d\d:\d\d 2026$/gm, (stamp) => printedByC(moved(new Date(`${stamp} UTC`))))
  return Buffer.from(text, 'latin1')
}

/** `Sun Nov 22 12:00:03 2026`, as ctime(3) prints it. */
function printedByC(time: Date): string {
  const [weekday, day, month, year, clock] = time.toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${day} ${clock} ${year}`
}

for (const { day, at } of days) {
  const sink = await createSnapshot('snapshots', snapshotName(at))
  for (const item of weekItems(day, at)) await sink.add({ ...item, content: item.content && moveTimes(item.content) })
  await sink.finish(facts(at))
}
