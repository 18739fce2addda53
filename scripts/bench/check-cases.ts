import { join } from 'node:path'
import type { Case, Outcome, Setting } from './case.ts'
import { best, measureJob } from './measure.ts'

const NODES = 3
const SECONDS = 20

/** `snap check` of a whole cluster: objects and the rules of three nodes. */
export const checkCases: readonly Case[] = [
  {
    name: 'check',
    what: 'all checks on a healthy cluster of 3 nodes',
    against: '20 s',
    floor: 1,
    aim: 0.25,
    run: (setting) => checked(setting, 'cluster', 0)
  },
  {
    name: 'check-fault',
    what: 'the same with one DNAT of 100,000 wrong on one node, found',
    against: '20 s',
    floor: 1,
    aim: 0.25,
    run: (setting) => checked(setting, 'fault', 1)
  }
]

/** Throws where errors and warnings are not of as many objects as expected. */
function checked({ folder, size }: Setting, job: 'cluster' | 'fault', expected: number): Outcome {
  const store = join(folder, `check-${job}.db`)
  measureJob(
    job,
    job === 'cluster' ? [store, JSON.stringify(size), '1', String(NODES)] : [store, JSON.stringify(size), String(NODES)]
  )
  const { wall, result, memory } = best(3, () => measureJob('checks', [store]))
  if (result !== expected) throw new Error(`${result} objects have errors or warnings, expected ${expected}`)
  return { ours: wall, theirs: SECONDS, unit: 's', memory: memory! }
}
