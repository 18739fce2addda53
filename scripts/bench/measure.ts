import { spawnSync } from 'node:child_process'

export interface Measure {
  /** Seconds */
  readonly wall: number
  readonly cpu: number
  /** Peak resident memory in bytes; of snap only. */
  readonly memory?: number
  /** What the job counted: bytes, mostly. */
  readonly result?: number
}

/** Runs a tool and takes its time; the shell's `times` tells the seconds of processor time of what it ran. */
export function measureTool(
  command: readonly string[],
  { input, cwd }: { input?: string; cwd?: string } = {}
): Measure {
  const begun = performance.now()
  const run = spawnSync('bash', ['-c', '"$@" >/dev/null 2>&1; times', 'bash', ...command], {
    encoding: 'utf8',
    ...(input !== undefined && { input }),
    ...(cwd !== undefined && { cwd })
  })
  const wall = (performance.now() - begun) / 1000
  const [user, system] = Array.from(
    run.stdout
      .trim()
      .split('\n')
      .at(-1)!
      .matchAll(/(\d+)m([\d.]+)s/g),
    ([, m, s]) => Number(m) * 60 + Number(s)
  )
  return { wall, cpu: user! + system! }
}

/** Runs one of our jobs in a process of its own, which reports what it took. */
export function measureJob(job: string, args: readonly string[]): Measure {
  const run = spawnSync(process.execPath, [new URL('./job.js', import.meta.url).pathname, job, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 24
  })
  if (run.status !== 0) throw new Error(`${job} ended with ${run.status ?? run.signal}`)
  return JSON.parse(run.stdout.trim().split('\n').at(-1)!) as Measure
}

/** The fastest of some runs: the others were disturbed. */
export function best(runs: number, measure: () => Measure): Measure {
  const all = Array.from({ length: runs }, measure)
  return {
    ...all[0]!,
    wall: Math.min(...all.map(({ wall }) => wall)),
    cpu: Math.min(...all.map(({ cpu }) => cpu)),
    memory: Math.max(...all.map(({ memory }) => memory ?? 0))
  }
}
