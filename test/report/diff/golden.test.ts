/**
 * The captured week, each pair of days: what is printed, word for word. The files were read by a person. After a change on purpose:
 * SNAP_WRITE_GOLDEN=1 npx ava dist/test/report/diff/golden.test.js, and read what changed in them.
 */
import test from 'ava'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { diffSnapshots } from '../../../src/ask/diff/diff.ts'
import { diffText } from '../../../src/report/diff/text.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import type { CollectedItem } from '../../../src/collect/item.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { clusterItems } from '../../support/base-capture.ts'
import { facts, hasCaptures, weekItems } from '../../support/capture.ts'
import { root } from '../../support/cli.ts'
import { memorySnapshot } from '../../support/snapshot.ts'
import { dayName, NEVER_COLLECTED, weekStore } from '../../support/week.ts'

const whenCaptured = hasCaptures ? test : test.skip

let week: Promise<Store> | undefined

async function printed(before: number, after: number): Promise<string> {
  const store = await (week ??= weekStore())
  return diffText(diffSnapshots(store, { id: before, name: dayName(before) }, { id: after, name: dayName(after) }), { rules: false })
}

function golden(name: string, text: string): string {
  const file = join(root, 'test/report/diff/golden', name)
  if (process.env.SNAP_WRITE_GOLDEN) writeFileSync(file, text)
  return readFileSync(file, 'utf8')
}

for (let day = 2; day <= 7; day++) {
  whenCaptured(`day ${day}`, async (t) => {
    const text = await printed(day - 1, day)
    t.is(text, golden(`day${day}.txt`, text))
  })
}

whenCaptured('the beginnings of all pairs of days', async (t) => {
  const heads: string[] = []
  for (let before = 1; before <= 7; before++) {
    // The headline, and the events where the diff is long.
    for (let after = 1; after <= 7; after++) heads.push((await printed(before, after)).split(/\n\n(?!IN SHORT)/)[0]!.trimEnd())
  }
  const text = `${heads.join('\n\n')}\n`
  t.is(text, golden('beginnings.txt', text))
})

/** What is told of two collections, a day apart. */
async function told(before: (at: Date) => CollectedItem[], after: (at: Date) => CollectedItem[]): Promise<string> {
  const store = openStore(':memory:')
  for (const [index, items] of [before, after].entries()) {
    const at = new Date(Date.UTC(2026, 10, 22 + index, 2))
    await importSnapshot(store, memorySnapshot(facts(at), items(at)), at)
  }
  return diffText(diffSnapshots(store, { id: 1, name: dayName(1) }, { id: 2, name: dayName(2) }), { rules: false })
}

whenCaptured('a snapshot taken in the middle of a change', async (t) => {
  const text = await told((at) => weekItems('week-1.20/day7', at), (at) => weekItems('in-flux-1.20', at))
  t.is(text, golden('in-flux.txt', text))
})

for (const cluster of ['k8s-1.20/base', 'k8s-1.36/iptables']) {
  whenCaptured(`${cluster} and the same a day later: nothing is told`, async (t) => {
    const items = (at: Date) => clusterItems(cluster, at)
    const unknown = diffText({ before: '', after: '', changes: [], unknown: NEVER_COLLECTED.filter(({ subject }) => !subject.startsWith('nft-tables')) }, { rules: false }).slice(' → : no difference in what both snapshots hold\n'.length)
    t.is(await told(items, items), `${dayName(1)} → ${dayName(2)}: no difference in what both snapshots hold\n${unknown}`)
  })
}

whenCaptured('kube-proxy in nftables mode and the same a day later: nothing is told, and where packets go is unknown', async (t) => {
  const items = (at: Date) => clusterItems('k8s-1.36/nftables', at)
  const text = await told(items, items)
  t.true(text.startsWith(`${dayName(1)} → ${dayName(2)}: no difference in what both snapshots hold\n\nUNKNOWN`), text)
  t.regex(text.replace(/\s+/g, ' '), /where packets to Services go, where packets to Services go \(IPv6\): unknown in both: no iptables of a node in this snapshot hold kube-proxy's rules/)
})
