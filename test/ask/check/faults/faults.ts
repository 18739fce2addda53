import { existsSync } from 'node:fs'
import test from 'ava'
import type { CollectedItem } from '../../../../src/collect/item.ts'
import { clusterItems } from '../../../support/base-capture.ts'
import { captures, weekItems } from '../../../support/capture.ts'
import { sampleItems } from '../../../support/sample.ts'
import { checkItems, summaries, TAKEN } from '../checking.ts'
import { Capture } from './capture.ts'

/** One thing that goes wrong, and all that the checks say of it which they do not say of the healthy capture. */
export interface Fault {
  readonly name: string
  readonly change: (capture: Capture) => void
  /** `SEP-STALE service/demo/web:http kube-worker2`; with `-` in front: a finding of the healthy capture that is gone. */
  readonly finds: readonly string[]
}

/** Where a fault is put: the project's own sample, or a capture that only its builders have. */
const BASES: Record<string, () => Promise<CollectedItem[]>> = {
  sample: () => sampleItems('2026-11-22T12-00-00Z'),
  'k8s-1.36/iptables': async () => clusterItems('k8s-1.36/iptables', TAKEN),
  'week-1.20/day1': async () => weekItems('week-1.20/day1', TAKEN)
}

/** Declares one test a fault. `code`: the check they are about. */
export function testFaults(code: string, faults: readonly Fault[], base: string = 'sample'): void {
  if (base === 'sample' && faults.filter(({ finds }) => finds.some((line) => line.startsWith(`${code} `))).length < 3) {
    throw new Error(`three faults that ${code} finds are the least`)
  }
  const declare = base === 'sample' || existsSync(`${captures}${base}`) ? test : test.skip
  for (const { name, change, finds } of faults) {
    declare(`${code}${base === 'sample' ? '' : ` (${base})`}: ${name}`, async (t) => {
      const capture = new Capture(await items(base))
      change(capture)
      const found = summaries(await checkItems(capture.items))
      const healthy = await healthyFindings(base)
      const added = found.filter((line) => !healthy.includes(line))
      const gone = healthy.filter((line) => !found.includes(line)).map((line) => `-${line}`)
      t.deepEqual([...added, ...gone].sort(), [...finds].sort())
    })
  }
}

const loaded = new Map<string, Promise<CollectedItem[]>>()
const healthy = new Map<string, Promise<string[]>>()

function items(base: string): Promise<CollectedItem[]> {
  if (!loaded.has(base)) loaded.set(base, BASES[base]!())
  return loaded.get(base)!
}

function healthyFindings(base: string): Promise<string[]> {
  if (!healthy.has(base)) healthy.set(base, items(base).then(checkItems).then(summaries))
  return healthy.get(base)!
}
