import { spawn } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { openSnapshot } from '../../src/archive/open.ts'
import { diffSnapshots } from '../../src/ask/diff/diff.ts'
import { fillFlows } from '../../src/ask/flows/fill.ts'
import { blame } from '../../src/ask/history/blame.ts'
import { followChain } from '../../src/ask/history/kinds/chain.ts'
import { history } from '../../src/ask/history/log.ts'
import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import { openStore, openStoreForReading, type Store } from '../../src/store/open.ts'
import { dumpText } from './dump.ts'
import { Days, type Size } from './services.ts'
import { clusterSnapshot, memorySnapshot, writeInput } from './snapshots.ts'

/** What runs in a process of its own: `node job.js NAME ARGUMENTS`; the last line printed is a Measure. */
const jobs: Record<string, (...args: string[]) => Promise<{ wall: number; result?: number }>> = {
  /** One snapshot folder into a store. The time is from opening the snapshot to the store being closed. */
  async import(store, snapshot) {
    const begun = performance.now()
    const database = openStore(store!)
    await importSnapshot(database, await openSnapshot(snapshot!), new Date(0))
    database.close()
    return { wall: (performance.now() - begun) / 1000, result: statSync(store!).size }
  },

  /** What changed from the first of a store's two snapshots to the second, by the program's own code and nothing printed. */
  async diff(store) {
    const database = openStoreForReading(store!)
    const [before, after] = database.prepare('SELECT id, name FROM _snapshot ORDER BY started_at').all() as [
      { id: number; name: string },
      { id: number; name: string }
    ]
    const begun = performance.now()
    const diff = diffSnapshots(database, before, after)
    const wall = (performance.now() - begun) / 1000
    database.close()
    return { wall, result: JSON.stringify(diff).length }
  },

  /** The life of the nat chain of the store that changed most often, and since when its rules stand. */
  async log(store) {
    const database = openStoreForReading(store!)
    const chain = database
      .prepare(
        `SELECT n.chain FROM _chain c JOIN _chain_name n ON n.id = c.chain WHERE n.chain LIKE 'KUBE-SVC-%' GROUP BY c.chain ORDER BY count(*) DESC LIMIT 1`
      )
      .pluck()
      .get() as string
    const snapshot = database
      .prepare('SELECT name FROM _snapshot ORDER BY started_at DESC LIMIT 1')
      .pluck()
      .get() as string
    const begun = performance.now()
    const life = history(database, followChain(database, chain))
    const rules = blame(database, { snapshot, chain })
    const wall = (performance.now() - begun) / 1000
    database.close()
    return { wall, result: JSON.stringify([life, rules]).length }
  },

  /** `matrix STORE SIZE NODES OWN`: a store of one snapshot with Nodes, Services and rules, for the flows. */
  async matrix(store, size, nodes, own) {
    const database = openStore(store!)
    await importSnapshot(
      database,
      clusterSnapshot(JSON.parse(size!) as Size, Number(nodes), own === 'true'),
      new Date(0)
    )
    database.close()
    return { wall: 0 }
  },

  /** The flow matrix of a store's only snapshot, by the program's own code and nothing printed. */
  async flows(store) {
    const database = openStoreForReading(store!)
    const [snapshot] = database.prepare('SELECT snapshot FROM snapshots').pluck().all() as string[]
    const begun = performance.now()
    fillFlows(database, [snapshot!])
    const wall = (performance.now() - begun) / 1000
    const result = database.prepare('SELECT count(*) FROM flows').pluck().get() as number
    database.close()
    return { wall, result }
  },

  /** `input FOLDER SIZE DAY NODE COUNTERS SHUFFLE`: a dump and its snapshot. */
  async input(folder, size, day, node, counters, shuffle) {
    const cluster = new Days(JSON.parse(size!) as Size)
    for (let today = 0; today < Number(day); today++) cluster.next()
    const text = dumpText(cluster.services, {
      node: Number(node),
      seed: Number(day) * 1000 + Number(node),
      counters: counters as 'none' | 'zero' | 'all',
      shuffle: shuffle === 'true'
    })
    await writeInput(folder!, text, Number(day), Number(node))
    return { wall: 0 }
  },

  /** `texts FILE SIZE REPLACED SHUFFLE STEP`: at each line of input the next dump; a STEP is a `day` of node 1, or a `node` on day 0. */
  async texts(file, size, replaced, shuffle, step) {
    const cluster = new Days(JSON.parse(size!) as Size, { part: 0.01, replaced: Number(replaced) })
    let index = 0
    for await (const _ of createInterface({ input: process.stdin })) {
      if (step === 'day' && index > 0) cluster.next()
      const [day, node] = step === 'day' ? [index, 1] : [0, index]
      writeFileSync(file!, dumpText(cluster.services, { node, seed: day * 1000 + node, shuffle: shuffle === 'true' }))
      console.log(index++)
    }
    return { wall: 0 }
  },

  /** `days STORE SIZE DAYS REPLACED SHUFFLE`: bytes of growth a day after the first. */
  async days(store, size, days, replaced, shuffle) {
    return growth(store!, Number(days), (day) => memorySnapshot(day, 1), [size!, replaced!, shuffle!, 'day'])
  },

  /** `nodes STORE SIZE NODES`: bytes of growth a node after the first. */
  async nodes(store, size, nodes) {
    return growth(store!, Number(nodes), (node) => memorySnapshot(0, node), [size!, '1', 'false', 'node'])
  },

  /** `cluster STORE SIZE DAYS NODES`: daily snapshots of a whole cluster, objects and rules. */
  async cluster(store, size, days, nodes) {
    const database = openStore(store!)
    const { importDays } = await import('./cluster.ts')
    await importDays(database, JSON.parse(size!) as Size, Number(days), Number(nodes))
    database.close()
    return { wall: 0, result: statSync(store!).size }
  },

  /** `page STORE FILE`: the HTML report. */
  async page(store, file) {
    const { makePage } = await import('./html-job.ts')
    makePage(store!, file!)
    return { wall: 0 }
  },

  /** `fault STORE SIZE NODES`: a snapshot of a whole cluster with one wrong rule. */
  async fault(store, size, nodes) {
    const database = openStore(store!)
    const { importFault } = await import('./cluster.ts')
    await importFault(database, JSON.parse(size!) as Size, Number(nodes))
    database.close()
    return { wall: 0 }
  },

  /** `checks STORE`: all checks on the last snapshot; the number of objects that have errors or warnings. */
  async checks(store) {
    const { checkLast } = await import('./check-job.ts')
    const begun = performance.now()
    const objects = checkLast(store!)
    return { wall: (performance.now() - begun) / 1000, result: objects.size }
  },

  /** `open FILE`: the page in Chromium. */
  async open(file) {
    const { openPage } = await import('./html-job.ts')
    return { wall: await openPage(file!) }
  }
}

/** The dumps are made by another process, one after another into one file, so that the memory measured is that of import. */
async function growth(
  file: string,
  count: number,
  snapshotOf: (index: number) => ReturnType<typeof memorySnapshot>,
  texts: readonly string[]
): Promise<{ wall: number; result: number }> {
  const store = openStore(file)
  const writer = spawn(process.execPath, [process.argv[1]!, 'texts', `${file}.txt`, ...texts], {
    stdio: ['pipe', 'pipe', 'inherit']
  })
  const written = createInterface({ input: writer.stdout })[Symbol.asyncIterator]()
  let first = 0
  let wall = 0
  for (let index = 0; index < count; index++) {
    writer.stdin.write('\n')
    await written.next()
    const begun = performance.now()
    await importSnapshot(store, snapshotOf(index)(readFileSync(`${file}.txt`)), new Date(0))
    wall += (performance.now() - begun) / 1000
    if (index === 0) first = sizeOf(store)
    if (process.env.BENCH_PROGRESS)
      console.error(
        `${index}: ${sizeOf(store) - first} bytes, ${Math.round(process.memoryUsage.rss() / 1e6)} MB, ${wall.toFixed(1)} s`
      )
  }
  writer.stdin.end()
  const grown = sizeOf(store) - first
  store.close()
  return { wall, result: grown / (count - 1) }
}

function sizeOf(store: Store): number {
  return Number(store.pragma('page_count', { simple: true })) * Number(store.pragma('page_size', { simple: true }))
}

const [name, ...args] = process.argv.slice(2)
const measured = await jobs[name!]!(...args)
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
console.log(JSON.stringify({ ...measured, cpu: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS * 1024 }))
