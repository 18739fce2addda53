import { statSync } from 'node:fs'
import { openSnapshot } from '../../src/archive/open.ts'
import { diffSnapshots } from '../../src/ask/diff/diff.ts'
import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import { openStore, openStoreForReading, type Store } from '../../src/store/open.ts'
import { dumpText } from './dump.ts'
import { Days, type Size } from './services.ts'
import { dumps, memorySnapshot, writeInput } from './snapshots.ts'

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
    const [before, after] = database.prepare('SELECT id, name FROM _snapshot ORDER BY started_at').all() as [{ id: number; name: string }, { id: number; name: string }]
    const begun = performance.now()
    const diff = diffSnapshots(database, before, after)
    const wall = (performance.now() - begun) / 1000
    database.close()
    return { wall, result: JSON.stringify(diff).length }
  },

  /** `input FOLDER SIZE DAY NODE COUNTERS SHUFFLE`: a dump and its snapshot. */
  async input(folder, size, day, node, counters, shuffle) {
    const cluster = new Days(JSON.parse(size!) as Size)
    for (let today = 0; today < Number(day); today++) cluster.next()
    const text = dumpText(cluster.services, {
      node: Number(node), seed: Number(day) * 1000 + Number(node), counters: counters as 'none' | 'zero' | 'all', shuffle: shuffle === 'true'
    })
    await writeInput(folder!, text, Number(day), Number(node))
    return { wall: 0 }
  },

  /** `days STORE SIZE DAYS REPLACED SHUFFLE`: bytes of growth a day after the first. */
  async days(file, size, days, replaced, shuffle) {
    const options = { churn: { part: 0.01, replaced: Number(replaced) }, shuffle: shuffle === 'true' }
    return growth(file!, dumps(JSON.parse(size!) as Size, Number(days), options), (day) => memorySnapshot(day, 1))
  },

  /** `nodes STORE SIZE NODES`: bytes of growth a node after the first. */
  async nodes(file, size, nodes) {
    const { services } = new Days(JSON.parse(size!) as Size)
    const texts = (function* () {
      for (let node = 0; node < Number(nodes); node++) yield dumpText(services, { node, seed: node })
    })()
    return growth(file!, texts, (node) => memorySnapshot(0, node))
  }
}

async function growth(
  file: string, texts: Iterable<string>, describe: (index: number) => (text: string) => Parameters<typeof importSnapshot>[1]
): Promise<{ wall: number; result: number }> {
  const begun = performance.now()
  const store = openStore(file)
  let first = 0
  let index = 0
  for (const text of texts) {
    await importSnapshot(store, describe(index)(text), new Date(0))
    if (index++ === 0) first = sizeOf(store)
  }
  const grown = sizeOf(store) - first
  store.close()
  return { wall: (performance.now() - begun) / 1000, result: grown / (index - 1) }
}

function sizeOf(store: Store): number {
  return Number(store.pragma('page_count', { simple: true })) * Number(store.pragma('page_size', { simple: true }))
}

const [name, ...args] = process.argv.slice(2)
const measured = await jobs[name!]!(...args)
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
console.log(JSON.stringify({ ...measured, cpu: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS * 1024 }))
