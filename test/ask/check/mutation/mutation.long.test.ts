import { existsSync } from 'node:fs'
import test from 'ava'
import { randomStream } from '../../../../scripts/bench/random.ts'
import type { CollectedItem } from '../../../../src/collect/item.ts'
import { clusterItems, kubeProxyItems } from '../../../support/base-capture.ts'
import { captures } from '../../../support/capture.ts'
import { sampleItems } from '../../../support/sample.ts'
import { TAKEN } from '../checking.ts'
import { changedObjects, type Judged, judge, newFindings } from './judge.ts'
import { mutate } from './mutate.ts'

/**
 * A rule of a healthy node is altered at random. Where packets to a Service go otherwise than before, by the evaluator, a finding must name
 * that Service or the node; where they do not, none may say that they do. SNAP_MUTATIONS: how many, of each capture.
 */
const COUNT = Number(process.env.SNAP_MUTATIONS ?? 6)
const NODE = 'kube-worker1'

const BASES: {
  name: string
  items: () => Promise<CollectedItem[]>
  kind: 'iptables-save' | 'ip6tables-save'
  here: boolean
}[] = [
  { name: 'kube-proxy 1.20', items: () => sampleItems('2026-11-22T12-00-00Z'), kind: 'iptables-save', here: true },
  {
    name: 'kube-proxy 1.22',
    items: async () => kubeProxyItems('1.22', TAKEN),
    kind: 'iptables-save',
    here: existsSync(captures)
  },
  {
    name: 'kube-proxy 1.36',
    items: async () => clusterItems('k8s-1.36/iptables', TAKEN),
    kind: 'iptables-save',
    here: existsSync(captures)
  },
  {
    name: 'kube-proxy 1.36, IPv6',
    items: async () => clusterItems('k8s-1.36/iptables', TAKEN),
    kind: 'ip6tables-save',
    here: existsSync(captures)
  }
]

for (const { name, items, kind, here } of BASES) {
  ;(here ? test : test.skip)(`${name}: what changes where packets go is found, and nothing else is`, async (t) => {
    const whole = await items()
    const healthy = await judge(whole, NODE)
    for (let seed = 1; seed <= COUNT; seed++) {
      const { mutation, broken } = mutated(whole, kind, seed)
      judged(t, `seed ${seed}: ${mutation}`, healthy, await judge(broken, NODE))
    }
  })
}

function mutated(
  items: readonly CollectedItem[],
  kind: string,
  seed: number
): { mutation: string; broken: CollectedItem[] } {
  const random = randomStream(seed * 7919)
  const dump = items.find((item) => item.kind === kind && item.node === NODE)!
  for (;;) {
    const mutation = mutate(dump.content!.toString('utf8'), random)
    if (mutation)
      return {
        mutation: mutation.name,
        broken: items.map((item) => (item === dump ? { ...item, content: Buffer.from(mutation.text) } : item))
      }
  }
}

function judged(t: { deepEqual: Function; true: Function }, name: string, healthy: Judged, broken: Judged): void {
  const objects = changedObjects(healthy, broken)
  const found = newFindings(healthy, broken)
  if (objects.length === 0) {
    t.deepEqual(
      found.filter(({ code }) => code.startsWith('FRONTEND-')),
      [],
      name
    )
    return
  }
  const named = found.filter(
    ({ severity, object }) =>
      severity !== 'info' &&
      (object === `node/${NODE}` || objects.some((each) => each === object || each.startsWith(`${object}:`)))
  )
  t.true(
    named.length > 0,
    `${name}\n${objects.join(', ')} changed; found: ${found.map(({ code, object }) => `${code} ${object}`).join(', ') || 'nothing'}`
  )
}
