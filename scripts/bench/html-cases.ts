import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Case, Outcome, Setting } from './case.ts'
import { best, type Measure, measureJob } from './measure.ts'

/** The nodes of the cluster whose page is made. */
const NODES = 3

const FLOOR = { bytes: 15e6, seconds: 3 }

/** `snap report --html` of the whole cluster, objects and the rules of three nodes, one of them a day behind. */
export const htmlCases: readonly Case[] = [
  {
    name: 'html',
    what: 'HTML page of 3 nodes over all days',
    against: '15 MB',
    floor: 1,
    aim: 0.5,
    run: (setting) => outcome(made(setting), made(setting).result!, FLOOR.bytes, 'bytes')
  },
  {
    name: 'html-make',
    what: 'making it, checks and flows in it',
    against: 'the checks alone',
    run: (setting) =>
      outcome(made(setting), made(setting).cpu, measureJob('checks', [made(setting).store]).cpu, 's CPU')
  },
  {
    name: 'html-open',
    what: 'opening it in Chromium until it can be used',
    against: '3 s',
    floor: 1,
    aim: 0.5,
    run: (setting) => {
      if (!existsSync('/usr/bin/chromium')) throw new Error('html-open needs /usr/bin/chromium')
      const opened = best(3, () => measureJob('open', [made(setting).file]))
      return outcome(opened, opened.wall, FLOOR.seconds, 's')
    }
  }
]

function outcome({ memory }: Measure, ours: number, theirs: number, unit: Outcome['unit']): Outcome {
  return { ours, theirs, unit, memory: memory ?? 0 }
}

let page: (Measure & { readonly store: string; readonly file: string }) | undefined

function made({ folder, size, days }: Setting): NonNullable<typeof page> {
  if (page) return page
  const [store, file] = [join(folder, 'cluster.db'), join(folder, 'report.html')]
  measureJob('cluster', [store, JSON.stringify(size), String(days), String(NODES)])
  const measured = measureJob('page', [store, file])
  page = { ...measured, result: statSync(file).size, store, file }
  return page
}
