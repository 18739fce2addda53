import test from 'ava'
import type { CollectedItem, ItemKind } from '../../../src/collect/item.ts'
import { sampleItems } from '../../support/sample.ts'
import { checkItems, summaries } from './checking.ts'

/** What the snapshot lost must never look like something the cluster lacks: no finding may come of it but SNAP-INCOMPLETE. */
const LOST: ItemKind[][] = [
  ['nodes'],
  ['namespaces'],
  ['services'],
  ['endpoints'],
  ['endpointslices'],
  ['endpointslices-after'],
  ['pods'],
  ['daemonsets'],
  ['ingresses'],
  ['iptables-save'],
  ['ip6tables-save'],
  ['sockets-ss'],
  ['sockets-proc'],
  ['ip-address'],
  ['ip-route'],
  ['endpointslices', 'endpointslices-after'],
  ['endpoints', 'endpointslices', 'endpointslices-after'],
  ['nodes', 'ip-address'],
  ['pods', 'daemonsets']
]

const sample = sampleItems('2026-11-22T12-00-00Z')
const whole = sample.then(checkItems).then(summaries)

const LOSSES: { name: string; lose: (item: CollectedItem) => CollectedItem | null }[] = [
  { name: 'was never collected', lose: () => null },
  { name: 'failed', lose: (item) => ({ ...item, error: 'timed out', exitCode: null, content: null }) },
  {
    name: 'came back empty, with an error',
    lose: (item) => ({ ...item, error: 'timed out', exitCode: null, content: Buffer.alloc(0) })
  },
  {
    name: 'holds its first half, with an error',
    lose: (item) => ({ ...item, error: 'timed out', exitCode: null, content: half(item, 0) })
  },
  {
    name: 'holds its second half, with an error',
    lose: (item) => ({ ...item, error: 'timed out', exitCode: null, content: half(item, 1) })
  },
  {
    name: 'is cut in its middle',
    lose: (item) => ({ ...item, content: inALine(item.content!.subarray(0, item.content!.length / 2)) })
  }
]

for (const kinds of LOST) {
  for (const { name, lose } of LOSSES) {
    test(`${kinds.join(' and ')}: ${name}`, async (t) => {
      const items = (await sample).flatMap((item) =>
        kinds.includes(item.kind) && item.content !== null ? (lose(item) ?? []) : item
      )
      const found = summaries(await checkItems(items))
      const healthy = await whole
      t.deepEqual(
        found.filter((line) => !healthy.includes(line) && !line.startsWith('SNAP-INCOMPLETE')),
        []
      )
    })
  }
}

/** At the end of a line nothing but the manifest's hash would tell. */
function inALine(content: Buffer): Buffer {
  return content.at(-1) === 0x0a ? content.subarray(0, -1) : content
}

/** Half of the objects of a list, or of the lines of a text. */
function half(item: CollectedItem, which: 0 | 1): Buffer {
  const text = item.content!.toString('utf8')
  if (!text.startsWith('{')) {
    const lines = text.split('\n')
    const middle = lines.length >> 1
    return Buffer.from((which === 0 ? lines.slice(0, middle) : lines.slice(middle)).join('\n'))
  }
  const list = JSON.parse(text) as { items: unknown[] }
  return Buffer.from(JSON.stringify({ ...list, items: list.items.filter((_, index) => index % 2 === which) }))
}
