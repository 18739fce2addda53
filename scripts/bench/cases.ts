import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Case, Outcome, Setting } from './case.ts'
import { checkCases } from './check-cases.ts'
import { collection } from './collection.ts'
import { dumpText } from './dump.ts'
import { gitGrowth } from './git-growth.ts'
import { htmlCases } from './html-cases.ts'
import { best, type Measure, measureJob, measureTool } from './measure.ts'
import { Days } from './services.ts'

/** Times each thing is done; the fastest counts, on both sides. */
const RUNS = 3

export const cases: readonly Case[] = [
  {
    name: 'first',
    what: 'first import of one node',
    against: '`sqlite3 .import` of the same lines into one text column',
    floor: 4,
    aim: 2,
    run: (setting) =>
      seconds(
        first(setting),
        best(RUNS, () => sqliteImport(setting))
      )
  },
  {
    name: 'first-cpu',
    what: 'the same, CPU seconds',
    against: '`iptables-legacy-restore --test` of the same file',
    floor: 0.6,
    aim: 0.25,
    run: (setting) => cpu(first(setting), restore(setting))
  },
  {
    name: 'known',
    what: 'second node or day with identical rules',
    against: '`sha256sum` of the file',
    floor: 6,
    aim: 2,
    run: (setting) =>
      seconds(
        after(setting, input(setting, 0, 1)),
        best(RUNS, () => measureTool(['sha256sum', text(setting, 0, 1)]))
      )
  },
  {
    name: 'changed',
    what: 'a day with 1% of the services changed, one endpoint each',
    against: 'the first import',
    floor: 0.35,
    aim: 0.15,
    run: (setting) => seconds(after(setting, input(setting, 1, 0)), first(setting))
  },
  {
    name: 'counted',
    what: 'identical rules, every rule with counters above 0',
    against: '`sha256sum` of the file',
    run: (setting) =>
      seconds(
        after(setting, input(setting, 0, 2, 'all')),
        best(RUNS, () => measureTool(['sha256sum', text(setting, 0, 2)]))
      )
  },
  {
    name: 'shuffled',
    what: 'identical rules, KUBE-SERVICES in another order',
    against: '`sha256sum` of the file',
    run: (setting) =>
      seconds(
        after(setting, input(setting, 0, 3, 'none', true)),
        best(RUNS, () => measureTool(['sha256sum', text(setting, 0, 3)]))
      )
  },
  {
    name: 'diff',
    what: 'diff of two such days',
    against: 'GNU `diff` of the two text files',
    floor: 1,
    aim: 0.1,
    run: (setting) => {
      const store = fresh(setting, 'diff')
      for (const snapshot of [input(setting, 0, 0), input(setting, 1, 0)]) measureJob('import', [store, snapshot])
      return seconds(
        best(RUNS, () => measureJob('diff', [store])),
        best(RUNS, () => measureTool(['diff', text(setting, 0, 0), text(setting, 1, 0)]))
      )
    }
  },
  {
    name: 'log',
    what: 'log and blame of a chain over all days',
    against: '50 ms',
    run: (setting) => {
      grown(setting, 1)
      return seconds(
        best(RUNS, () => measureJob('log', [join(setting.folder, 'days.db')])),
        { wall: 0.05, cpu: 0.05 }
      )
    }
  },
  {
    name: 'trace',
    what: '`snap trace` of one cluster IP, the whole process with its start',
    against: '400 ms',
    floor: 1,
    aim: 0.5,
    run: (setting) => {
      const store = fresh(setting, 'trace')
      measureJob('import', [store, input(setting, 0, 0)])
      const trace = best(RUNS, () =>
        measureTool([
          process.execPath,
          'dist/bin/snap.js',
          'trace',
          '10.32.0.3:80',
          '--node',
          'node-0',
          '--store',
          store
        ])
      )
      return seconds(trace, { wall: 0.4, cpu: 0.4 })
    }
  },
  {
    name: 'flows',
    what: 'the flow matrix of three nodes with equal rules',
    against: '10 s',
    floor: 1,
    aim: 0.3,
    run: (setting) => seconds(flows(setting, 3, false), { wall: 10, cpu: 10 })
  },
  {
    name: 'flows-node',
    what: 'a further node with equal rules (of ten more)',
    against: 'the matrix of three',
    floor: 0.01,
    aim: 0.001,
    run: (setting) => further(flows(setting, 13, false), flows(setting, 3, false))
  },
  {
    name: 'flows-own',
    what: 'a further node that shares all but its own chains (of ten more)',
    against: 'the matrix of three such nodes',
    run: (setting) => further(flows(setting, 13, true), flows(setting, 3, true))
  },
  {
    name: 'growth',
    what: 'growth of the store a day, 1% of the services changed',
    against: 'the dump gzipped',
    floor: 0.05,
    aim: 0.01,
    run: (setting) => ({ ...grown(setting, 1), theirs: gzipSync(dumpText(new Days(setting.size).services)).length })
  },
  {
    name: 'growth-git',
    what: 'the same',
    against: 'growth of a git repository of the dumps after `git gc`',
    floor: 15,
    aim: 4,
    run: (setting) => ({ ...grown(setting, 1), theirs: gitGrowth(setting.size, setting.days, 1) })
  },
  {
    name: 'growth-all',
    what: 'the same, all ten endpoints of those services replaced',
    against: 'the dump gzipped',
    run: (setting) => ({ ...grown(setting, 10), theirs: gzipSync(dumpText(new Days(setting.size).services)).length })
  },
  {
    name: 'growth-shuffled',
    what: 'the same, one endpoint, KUBE-SERVICES in another order each day',
    against: 'the dump gzipped',
    run: (setting) => ({
      ...grown(setting, 1, true),
      theirs: gzipSync(dumpText(new Days(setting.size).services)).length
    })
  },
  {
    name: 'nodes',
    what: 'growth of the store a further node that shares all but its own chains',
    against: 'the first node',
    floor: 0.01,
    aim: 0.001,
    run: (setting) => {
      const store = fresh(setting, 'nodes')
      const grown = measureJob('nodes', [store, JSON.stringify(setting.size), String(setting.nodes)])
      return {
        ours: grown.result!,
        theirs: statSync(store).size - grown.result! * (setting.nodes - 1),
        unit: 'bytes',
        memory: grown.memory!
      }
    }
  },
  {
    name: 'collect',
    what: 'a collection through exec, with its kubectls',
    against: 'kubectl alone, the same execs and their output thrown away',
    run: async ({ nodes, size }) => {
      const { snap, kubectl } = await collection(nodes, size, 4)
      return cpu(snap, kubectl)
    }
  },
  ...checkCases,
  ...htmlCases
]

function seconds(ours: Measure, theirs: Measure): Outcome {
  return { ours: ours.wall, theirs: theirs.wall, unit: 's', memory: ours.memory! }
}

function cpu(ours: Measure, theirs: Measure): Outcome {
  return { ours: ours.cpu, theirs: theirs.cpu, unit: 's CPU', memory: ours.memory! }
}

/** What has been made or measured already in this run. */
const done = new Map<string, unknown>()

function once<T>(key: string, make: () => T): T {
  if (!done.has(key)) done.set(key, make())
  return done.get(key) as T
}

/** The path of a snapshot. */
function input(setting: Setting, day: number, node: number, counters = 'none', shuffle = false): string {
  return once(`input ${day} ${node}`, () => {
    measureJob('input', [
      setting.folder,
      JSON.stringify(setting.size),
      String(day),
      String(node),
      counters,
      String(shuffle)
    ])
    const taken = new Date(Date.UTC(2026, 0, 1 + day, 0, 0, node)).toISOString().slice(0, 19).replaceAll(':', '-')
    return join(setting.folder, 'snapshots', `${taken}Z`)
  })
}

function text({ folder }: Setting, day: number, node: number): string {
  return join(folder, `day${day}-node${node}.txt`)
}

function fresh({ folder }: Setting, name: string): string {
  const store = join(folder, `${name}.db`)
  for (const suffix of ['', '-wal', '-shm']) rmSync(store + suffix, { force: true })
  return store
}

function first(setting: Setting): Measure {
  const snapshot = input(setting, 0, 0)
  return once('first', () => best(RUNS, () => measureJob('import', [fresh(setting, 'store'), snapshot])))
}

/** Import into a store that holds day 0 of node 0. */
function after(setting: Setting, snapshot: string): Measure {
  const before = input(setting, 0, 0)
  return best(RUNS, () => {
    const store = fresh(setting, 'store')
    measureJob('import', [store, before])
    return measureJob('import', [store, snapshot])
  })
}

function flows(setting: Setting, nodes: number, own: boolean): Measure {
  return once(`flows ${nodes} ${own}`, () => {
    const store = fresh(setting, `flows-${nodes}-${own}`)
    measureJob('matrix', [store, JSON.stringify(setting.size), String(nodes), String(own)])
    return best(RUNS, () => measureJob('flows', [store]))
  })
}

/** Of ten nodes more, each. */
function further(more: Measure, fewer: Measure): Outcome {
  return { ours: (more.cpu - fewer.cpu) / 10, theirs: fewer.cpu, unit: 's CPU', memory: more.memory! }
}

function sqliteImport(setting: Setting): Measure {
  const store = fresh(setting, 'lines')
  const commands = join(setting.folder, 'import.sql')
  writeFileSync(
    commands,
    `create table lines (line text);\n.mode ascii\n.separator "\\037" "\\n"\n.import ${text(setting, 0, 0)} lines\n`
  )
  return measureTool(['sqlite3', store, `.read ${commands}`])
}

function restore(setting: Setting): Measure {
  input(setting, 0, 0)
  return measureTool(['unshare', '--net', 'iptables-legacy-restore', '--test', text(setting, 0, 0)])
}

function grown(setting: Setting, replaced: number, shuffle = false): Omit<Outcome, 'theirs'> {
  const { result, memory } = once(`growth ${replaced} ${shuffle}`, () =>
    measureJob('days', [
      fresh(setting, 'days'),
      JSON.stringify(setting.size),
      String(setting.days),
      String(replaced),
      String(shuffle)
    ])
  )
  return { ours: result!, unit: 'bytes', memory: memory! }
}
