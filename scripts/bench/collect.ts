import { parseArgs } from 'node:util'
import { collection } from './collection.ts'
import { G } from './services.ts'

// node dist/scripts/bench/collect.js [--nodes 10,100,1000] [--services 10000] [--concurrency 4]: what a collection through exec takes, and
// that its memory does not grow with the nodes.
const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '10,100,1000' },
    services: { type: 'string', default: String(G.services) },
    concurrency: { type: 'string', default: '4' }
  }
})

console.log(
  `| nodes | a node's dump | archive | seconds | CPU seconds of snap and its kubectls | peak memory of snap | kubectl alone: seconds | CPU seconds |`
)
console.log('|---|---|---|---|---|---|---|---|')
for (const nodes of values.nodes.split(',')) console.log(await row(Number(nodes)))

async function row(nodes: number): Promise<string> {
  const { snap, kubectl, dump, archive } = await collection(
    nodes,
    { ...G, services: Number(values.services) },
    Number(values.concurrency)
  )
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
  return `| ${nodes} | ${megabytes(dump)} | ${megabytes(archive)} | ${snap.wall.toFixed(1)} | ${snap.cpu.toFixed(1)} | ${megabytes(snap.memory)} | ${kubectl.wall.toFixed(1)} | ${kubectl.cpu.toFixed(1)} |`
}
