/** A pod that comes or goes between two lists is not taken for slices that do not follow. */
import test from 'ava'
import type { CollectedItem } from '../../../src/collect/item.ts'
import { snap } from '../../support/cli.ts'
import { storeOfSample } from '../../support/sample.ts'

interface Pod {
  readonly metadata: { readonly namespace: string, readonly labels?: { readonly app?: string }, readonly deletionTimestamp?: string }
  readonly status: { readonly conditions?: readonly { readonly type: string, readonly status: string }[] }
}

function isReadyWeb({ metadata, status }: Pod): boolean {
  return metadata.namespace === 'demo' && metadata.labels?.app === 'web' && metadata.deletionTimestamp === undefined &&
    status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true
}

/** The sample's slices were listed from 12:00:02 to 12:00:03, and after the nodes from 12:00:06. One of demo/web's pods is not in the list of pods. */
function withPodsListed(startedAt: string, endedAt: string): Promise<string> {
  const at = (time: string): string => `2026-11-22T${time}.000Z`
  return storeOfSample((items) => items.map((item): CollectedItem => {
    if (item.kind !== 'pods') return item
    const list = JSON.parse(item.content!.toString())
    list.items.splice(list.items.findIndex(isReadyWeb), 1)
    return { ...item, startedAt: at(startedAt), endedAt: at(endedAt), content: Buffer.from(JSON.stringify(list)) }
  }))
}

const UNSURE = 'the pods were not listed between two lists of EndpointSlices, and may have changed meanwhile'

const CASES: readonly (readonly [title: string, startedAt: string, endedAt: string, unsure: string])[] = [
  ['between the two lists of slices: proven', '12:00:03', '12:00:05', ''],
  ['before them', '12:00:00', '12:00:01', UNSURE],
  ['begun before the first ended', '12:00:02', '12:00:05', UNSURE],
  ['ended after the second began', '12:00:04', '12:00:07', UNSURE]
]
for (const [title, startedAt, endedAt, unsure] of CASES) {
  test(`pods listed ${title}`, async (t) => {
    const { stdout } = await snap(await withPodsListed(startedAt, endedAt), ['check', 'EP-OUTDATED', '-o', 'json'])
    const findings = JSON.parse(stdout) as { code: string, unsure: string }[]
    t.true(findings.length > 0)
    for (const finding of findings) t.like(finding, { code: 'EP-OUTDATED', unsure })
  })
}
