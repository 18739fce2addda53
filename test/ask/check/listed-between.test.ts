/** A pod that comes or goes between two lists is not taken for slices that do not follow. */
import test from 'ava'
import type { CollectedItem } from '../../../src/collect/item.ts'
import { snap } from '../../support/cli.ts'
import { storeOfSample } from '../../support/sample.ts'

interface Pod {
  readonly metadata: {
    readonly namespace: string
    readonly name: string
    readonly labels?: { readonly app?: string }
    readonly deletionTimestamp?: string
  }
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

function isReadyWeb({ metadata, status }: Pod): boolean {
  return (
    metadata.namespace === 'demo' &&
    metadata.labels?.app === 'web' &&
    metadata.deletionTimestamp === undefined &&
    status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true
  )
}

/** The sample's slices were listed from 12:00:02 to 12:00:03, and after the nodes from 12:00:06. */
function withPodsListed(startedAt: string, endedAt: string, change: (pods: Pod[]) => Pod[]): Promise<string> {
  const at = (time: string): string => `2026-11-22T${time}.000Z`
  return storeOfSample((items) =>
    items.map((item): CollectedItem => {
      if (item.kind !== 'pods') return item
      const list = JSON.parse(item.content!.toString())
      return {
        ...item,
        startedAt: at(startedAt),
        endedAt: at(endedAt),
        content: Buffer.from(JSON.stringify({ ...list, items: change(list.items) }))
      }
    })
  )
}

const UNSURE = 'the pods were not listed between two lists of EndpointSlices, and may have changed meanwhile'

const CASES: readonly (readonly [title: string, startedAt: string, endedAt: string, unsure: string])[] = [
  ['between the two lists of slices: proven', '12:00:03', '12:00:05', ''],
  ['before them', '12:00:00', '12:00:01', UNSURE],
  ['begun before the first ended', '12:00:02', '12:00:05', UNSURE],
  ['ended after the second began', '12:00:04', '12:00:07', UNSURE]
]
/** What becomes of one of demo/web's pods, and the check that compares it with the slices. */
const CHANGES: readonly (readonly [code: string, change: (pod: Pod) => readonly Pod[]])[] = [
  ['EP-OUTDATED', () => []],
  ['IP-REUSE', (pod) => [{ ...pod, metadata: { ...pod.metadata, name: 'another' } }]]
]

for (const [code, change] of CHANGES) {
  for (const [title, startedAt, endedAt, unsure] of CASES) {
    test(`${code}, pods listed ${title}`, async (t) => {
      const changed = await withPodsListed(startedAt, endedAt, (pods) => {
        const at = pods.findIndex(isReadyWeb)
        return [...pods.slice(0, at), ...change(pods[at]!), ...pods.slice(at + 1)]
      })
      const { stdout } = await snap(changed, ['check', code, '-o', 'json'])
      const findings = JSON.parse(stdout) as { code: string; unsure: string }[]
      t.true(findings.length > 0)
      for (const finding of findings) t.like(finding, { code, unsure })
    })
  }
}

test('VIP-STALE says that a Service may have come meanwhile where the slices were not listed again', async (t) => {
  const withoutService = (again: boolean): Promise<string> =>
    storeOfSample((items) =>
      items.flatMap((item): CollectedItem[] => {
        if (item.kind === 'endpointslices-after' && !again) return []
        if (item.kind !== 'services') return [item]
        const list = JSON.parse(item.content!.toString()) as { items: Pod[] }
        return [
          {
            ...item,
            content: Buffer.from(
              JSON.stringify({
                ...list,
                items: list.items.filter(({ metadata: { namespace, name } }) => `${namespace}/${name}` !== 'demo/web')
              })
            )
          }
        ]
      })
    )
  for (const [again, unsure] of [
    [true, ''],
    [false, 'EndpointSlices were not listed again after the rules: a Service that came or went in between is not told']
  ] as const) {
    const { stdout } = await snap(await withoutService(again), ['check', 'VIP-STALE', '-o', 'json'])
    const findings = JSON.parse(stdout) as { code: string; unsure: string }[]
    t.true(findings.length > 0)
    for (const finding of findings) t.like(finding, { code: 'VIP-STALE', unsure })
  }
})
