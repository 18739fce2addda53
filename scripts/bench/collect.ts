import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { G, type Size } from './services.ts'

// node dist/scripts/bench/collect.js [--nodes 10,100,1000] [--services 10000] [--concurrency 4]: what a collection through exec takes, and
// that its memory does not grow with the nodes. Beside it what kubectl alone takes for the same execs, their output thrown away.
const { values } = parseArgs({
  options: { nodes: { type: 'string', default: '10,100,1000' }, services: { type: 'string', default: String(G.services) }, concurrency: { type: 'string', default: '4' } }
})
const size: Size = { ...G, services: Number(values.services) }

console.log(`| nodes | a node's dump | archive | seconds | CPU seconds of snap and its kubectls | peak memory of snap | kubectl alone: seconds | CPU seconds |`)
console.log('|---|---|---|---|---|---|---|---|')
for (const nodes of values.nodes.split(',')) console.log(await measured(Number(nodes)))

async function measured(nodes: number): Promise<string> {
  const folder = mkdtempSync(join(process.env['TMPDIR'] ?? '/tmp', 'snap-bench-'))
  const config = join(folder, 'kubeconfig')
  const server = spawn(process.execPath, [new URL('./simulated-nodes.js', import.meta.url).pathname, String(nodes), JSON.stringify(size), config], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    await once(server.stdout, 'data')
    return row(nodes, folder, config)
  } finally {
    await ended(server)
    rmSync(folder, { recursive: true })
  }
}

function row(nodes: number, folder: string, config: string): string {
  const snap = timed(folder, [
    process.execPath, '--max-old-space-size=96', 'dist/bin/snap.js', 'collect', '--transport', 'daemonset', '--pods', 'none', '--archive', join(folder, 'snapshots'),
    '--kubeconfig', config, '--concurrency', values.concurrency, '--cluster', 'bench'
  ])
  const execs = Array.from({ length: nodes }, (_, index) => `snap-node-${index}`).join('\n')
  const kubectl = timed(folder, ['xargs', '-P', values.concurrency, '-I', '{}', 'sh', '-c', `kubectl --kubeconfig=${config} exec -n snap -i {} -- sh -s < /dev/null > /dev/null`], execs)
  const dump = spawnSync('sh', ['-c', `zcat ${folder}/snapshots/*/nodes/node-0/iptables-save.txt.gz | wc -c`], { encoding: 'utf8' }).stdout.trim()
  const archive = spawnSync('du', ['-sb', join(folder, 'snapshots')], { encoding: 'utf8' }).stdout.split('\t')[0]
  const megabytes = (bytes: unknown): string => `${(Number(bytes) / 1e6).toFixed(1)} MB`
  return `| ${nodes} | ${megabytes(dump)} | ${megabytes(archive)} | ${snap.wall.toFixed(1)} | ${snap.cpu.toFixed(1)} | ${megabytes(snap.memory)} | ${kubectl.wall.toFixed(1)} | ${kubectl.cpu.toFixed(1)} |`
}

/** Of a command and its children; the memory is that of the largest of them. */
function timed(home: string, command: readonly string[], input = ''): { wall: number, cpu: number, memory: number } {
  const begun = performance.now()
  const run = spawnSync('/usr/bin/time', ['-f', '%U %S %M', ...command], { encoding: 'utf8', input, env: { ...process.env, HOME: home }, maxBuffer: 2 ** 28 })
  const wall = (performance.now() - begun) / 1000
  const last = run.stderr.trimEnd().split('\n').at(-1)!
  if (run.status !== 0) throw new Error(`${command.slice(0, 4).join(' ')} ended with ${run.status}: ${run.stderr.slice(0, 500)}`)
  const [user = 0, system = 0, kilobytes = 0] = last.split(' ').map(Number)
  return { wall, cpu: user + system, memory: kilobytes * 1024 }
}

async function ended(server: ChildProcess): Promise<void> {
  const exit = once(server, 'exit')
  server.stdin!.end()
  server.kill()
  await exit
}
