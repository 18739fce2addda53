import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Measure } from './measure.ts'
import type { Size } from './services.ts'

/** A collection from simulated nodes through exec, and beside it what kubectl alone takes for the same execs, their output thrown away. */
export interface Collection {
  /** The memory is snap's alone, the seconds those of its kubectls too. */
  readonly snap: Measured
  readonly kubectl: Measured
  /** Bytes of one node's dump, and of the snapshot. */
  readonly dump: number
  readonly archive: number
}

type Measured = Required<Omit<Measure, 'result'>>

/** Each of the nodes answers with the rules of a cluster of this size. */
export async function collection(nodes: number, size: Size, concurrency: number): Promise<Collection> {
  const folder = mkdtempSync(join(process.env['TMPDIR'] ?? '/tmp', 'snap-bench-'))
  const config = join(folder, 'kubeconfig')
  const server = spawn(
    process.execPath,
    [new URL('./simulated-nodes.js', import.meta.url).pathname, String(nodes), JSON.stringify(size), config],
    { stdio: ['pipe', 'pipe', 'inherit'] }
  )
  try {
    await once(server.stdout, 'data')
    return measured(nodes, concurrency, folder, config)
  } finally {
    await ended(server)
    rmSync(folder, { recursive: true })
  }
}

/** With room for what snap needs and hardly more: given more, V8 puts off collecting garbage, and the peak says nothing. */
const ROOM = ['--max-old-space-size=96', '--max-semi-space-size=2']

function measured(nodes: number, concurrency: number, folder: string, config: string): Collection {
  const snap = timed(folder, [
    process.execPath,
    ...ROOM,
    'dist/bin/snap.js',
    'collect',
    '--transport',
    'daemonset',
    '--pods',
    'none',
    '--archive',
    join(folder, 'snapshots'),
    '--kubeconfig',
    config,
    '--concurrency',
    String(concurrency),
    '--cluster',
    'bench'
  ])
  const execs = Array.from({ length: nodes }, (_, index) => `snap-node-${index}`).join('\n')
  const kubectl = timed(
    folder,
    [
      'xargs',
      '-P',
      String(concurrency),
      '-I',
      '{}',
      'sh',
      '-c',
      `kubectl --kubeconfig=${config} exec -n snap -i {} -- sh -s < /dev/null > /dev/null`
    ],
    execs
  )
  const dump = spawnSync('sh', ['-c', `zcat ${folder}/snapshots/*/nodes/node-0/iptables-save.txt.gz | wc -c`], {
    encoding: 'utf8'
  }).stdout
  const archive = spawnSync('du', ['-sb', join(folder, 'snapshots')], { encoding: 'utf8' }).stdout.split('\t')[0]
  return { snap, kubectl, dump: Number(dump), archive: Number(archive) }
}

/** Of a command and its children; the memory is that of the largest of them. */
function timed(home: string, command: readonly string[], input = ''): Measured {
  const begun = performance.now()
  const run = spawnSync('/usr/bin/time', ['-f', '%U %S %M', ...command], {
    encoding: 'utf8',
    input,
    env: { ...process.env, HOME: home },
    maxBuffer: 2 ** 28
  })
  const wall = (performance.now() - begun) / 1000
  const last = run.stderr.trimEnd().split('\n').at(-1)!
  if (run.status !== 0)
    throw new Error(`${command.slice(0, 4).join(' ')} ended with ${run.status}: ${run.stderr.slice(0, 500)}`)
  const [user = 0, system = 0, kilobytes = 0] = last.split(' ').map(Number)
  return { wall, cpu: user + system, memory: kilobytes * 1024 }
}

async function ended(server: ChildProcess): Promise<void> {
  const exit = once(server, 'exit')
  server.stdin!.end()
  server.kill()
  await exit
}
