import test from 'ava'
import { runAssertions } from '../../../src/ask/check/assert.ts'
import { loadAssertions } from '../../../src/ask/check/catalogue.ts'
import type { CollectedItem } from '../../../src/collect/item.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { facts } from '../../support/capture.ts'
import { sampleItems } from '../../support/sample.ts'
import { memorySnapshot } from '../../support/snapshot.ts'
import { summaries, TAKEN } from './checking.ts'
import { Capture, flush, type Loose } from './faults/capture.ts'

interface Opened {
  store: Store
  snapshot: string
}

async function opened(items: readonly CollectedItem[]): Promise<Opened> {
  const store = openStore(':memory:')
  const { snapshot } = await importSnapshot(store, memorySnapshot(facts(TAKEN), items), TAKEN)
  return { store, snapshot }
}

const sample = sampleItems('2026-11-22T12-00-00Z')

async function assertion(change: (capture: Capture) => void): Promise<{ found: string[]; gaps: string[] }> {
  const capture = new Capture(await sample)
  change(capture)
  const [before, after] = [await opened(await sample), await opened(capture.items)]
  const results = runAssertions({ before, after }, loadAssertions([]))
  before.store.close()
  after.store.close()
  return {
    found: summaries(results),
    gaps: [...new Set(results.flatMap(({ gaps }) => gaps.map(({ subject }) => subject)))]
  }
}

const named =
  (name: string) =>
  ({ metadata }: Loose) =>
    metadata.name !== name

const CASES: [name: string, change: (capture: Capture) => void, finds: string[]][] = [
  ['nothing changed', (capture) => capture.dump('kube-master', (text) => `${text}\n`), []],
  [
    'a Service lost an endpoint',
    (capture) => capture.endpoints('demo/np', (endpoints) => endpoints.slice(1)),
    ['ENDPOINT-LOST service/demo/np']
  ],
  ['a Service lost all', (capture) => capture.endpoints('demo/np', () => []), ['ENDPOINT-LOST service/demo/np']],
  [
    "a node's nat table was flushed",
    (capture) => capture.dump('kube-worker1', flush('nat')),
    ['RULES-HALVED node/kube-worker1 kube-worker1']
  ],
  [
    'a Service was deleted',
    (capture) => capture.list('services', (items) => items.filter(named('np'))),
    ['SERVICE-GONE service/demo/np']
  ],
  [
    'a node was taken out',
    (capture) => capture.list('nodes', (items) => items.filter(named('kube-worker2'))),
    ['NODE-GONE node/kube-worker2 kube-worker2']
  ],
  [
    'a node port changed',
    (capture) =>
      capture.object('services', 'demo/np', ({ spec }) => {
        spec.ports[0].nodePort = 30999
      }),
    ['FRONTEND-MOVED service/demo/np:http']
  ]
]

for (const [name, change, finds] of CASES) {
  test(name, async (t) => t.deepEqual((await assertion(change)).found, finds))
}

for (const kind of ['services', 'nodes', 'endpointslices', 'iptables-save'] as const) {
  test(`what was not listed is not gone: ${kind}`, async (t) => {
    const { found, gaps } = await assertion((capture) =>
      capture.remove((item) => item.kind === kind || (kind === 'endpointslices' && item.kind === 'endpoints'))
    )
    t.deepEqual(found, [])
    t.true(
      gaps.some((gap) => gap.endsWith('in 2026-11-22T12-00-00Z')),
      gaps.join()
    )
  })
}
