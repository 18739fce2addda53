/** Whatever stands in a field of an object or a line of a node's file: no command ends with a defect, and what is good stays. */

import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import type { CollectedItem } from '../../../src/collect/item.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore } from '../../../src/store/open.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { snapInside } from '../../support/inside.ts'
import { aChange, type Change, changed } from '../../support/odd-values.ts'
import { sampleItems } from '../../support/sample.ts'
import { memorySnapshot } from '../../support/snapshot.ts'

const FIRST = '2026-11-22T12-00-00Z'
const SECOND = '2026-11-22T13-00-00Z'
/** More where somebody looks for faults: SNAP_FUZZ=500. */
const RUNS = Number(process.env.SNAP_FUZZ ?? 2)

let items: CollectedItem[]
test.before(async () => {
  items = [...(await sampleItems(FIRST)), list('ingressroutes', [ROUTE])]
})

const list = (kind: 'ingressroutes', objects: readonly object[]): CollectedItem => ({
  kind,
  command: [],
  startedAt: '2026-11-22T12:00:00.000Z',
  endedAt: '2026-11-22T12:00:00.000Z',
  exitCode: 0,
  error: null,
  stderr: null,
  content: Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }))
})

const ROUTE = {
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'IngressRoute',
  metadata: { name: 'web', namespace: 'demo' },
  spec: {
    entryPoints: ['web'],
    routes: [
      {
        kind: 'Rule',
        match: 'Host(`demo.example.org`)',
        priority: 10,
        middlewares: [{ name: 'strip' }],
        services: [{ name: 'extip', port: 80, weight: 1 }]
      }
    ]
  }
}

/** The commands that read all there is. */
function commands(store: string, folder: string): string[][] {
  const on = ['--store', store]
  const get = ['services', 'endpoints', 'pods', 'nodes', 'ingresses', 'daemonsets', 'listeners'].map((kind) => [
    'get',
    kind
  ])
  return [
    ['check', '-o', 'json', ...on],
    ['diff', FIRST, SECOND, '--rules', ...on],
    ['report', '--html', join(folder, 'page.html'), ...on],
    ['report', '--csv', join(folder, 'audit'), ...on],
    ['trace', 'http://kube-master:8087', ...on],
    ['log', 'node/kube-master', ...on],
    ['log', 'service/demo/extip', '--rules', ...on],
    ['show', 'namespace', 'demo', ...on],
    ['fsck', ...on],
    ...get.map((words) => [...words, '-o', 'wide', ...on])
  ]
}

async function holds(t: ExecutionContext, of: readonly CollectedItem[]): Promise<void> {
  const folder = await temporaryFolder()
  const file = join(folder, 'snap.db')
  const store = openStore(file)
  try {
    for (const [hour, taken] of [
      ['12', items],
      ['13', of]
    ] as const) {
      const at = `2026-11-22T${hour}:00:00.000Z`
      const facts = { cluster: { name: 'lab', uid: null }, tool: 'snap', startedAt: at, endedAt: at }
      await importSnapshot(store, memorySnapshot(facts, taken), new Date(at))
    }
  } finally {
    store.close()
  }
  for (const args of commands(file, folder)) {
    const { status, stderr } = await snapInside(args)
    if (![0, 1, 3].includes(status)) throw new Error(`snap ${args.join(' ')}: ${status}: ${stderr}`)
  }
  t.pass()
}

/** Each list with changed copies of its objects behind the good ones. */
function withChanges(changes: readonly Change[], keepNames: boolean): CollectedItem[] {
  const lists = items.filter(({ content }) => content?.toString('utf8', 0, 1) === '{')
  return items.map((item) => {
    const at = lists.indexOf(item)
    if (at < 0) return item
    const document = JSON.parse(item.content!.toString('utf8')) as { items?: { metadata: { name: string } }[] }
    const objects = document.items
    if (!objects || objects.length === 0) return item
    const odd = changes
      .filter(({ place }) => place % lists.length === at)
      .map((change, count) => {
        const object = objects[change.place % objects.length]!
        const named = keepNames
          ? object
          : { ...object, metadata: { ...object.metadata, name: `${object.metadata.name}-${count}` } }
        return changed(named, { ...change, place: Math.floor(change.place / lists.length) })
      })
    return { ...item, content: Buffer.from(JSON.stringify({ ...document, items: [...objects, ...odd] })) }
  })
}

test.serial('each field of each object', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(aChange, { minLength: 30, maxLength: 60 }), fc.boolean(), (changes, keepNames) =>
      holds(t, withChanges(changes, keepNames))
    ),
    { numRuns: RUNS, endOnFailure: true, includeErrorInReport: true }
  )
})

/** Words of a text that programs on a node print, changed. */
function withOddWords(changes: readonly Change[]): CollectedItem[] {
  const texts = items.filter(({ content, node }) => content !== null && node !== undefined)
  return items.map((item) => {
    const at = texts.indexOf(item)
    if (at < 0) return item
    const words = item.content!.toString('utf8').split(/(\s)/)
    for (const { place, value, how } of changes.filter((change) => change.place % texts.length === at)) {
      const word = (Math.floor(place / texts.length) * 2) % words.length
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      if (how === 'remove') words.splice(word, 2)
      else if (how === 'double') words.splice(word, 0, words[word]!, ' ')
      else words[word] = how === 'add' ? `${words[word]}${text}` : text
    }
    return { ...item, content: Buffer.from(words.join('')) }
  })
}

test.serial("each word of each node's outputs", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(aChange, { minLength: 30, maxLength: 120 }), (changes) =>
      holds(t, withOddWords(changes))
    ),
    { numRuns: RUNS, endOnFailure: true, includeErrorInReport: true }
  )
})
