import { run } from '../../src/cli/run.ts'
import type { CommandResult } from './cli.ts'

/**
 * Runs a command line within this process: a hundred of them take a second. Standard output is this process's own while it runs, so one at a
 * time; paths are to be absolute.
 */
export async function snapInside(args: readonly string[]): Promise<CommandResult> {
  const said = { stdout: '', stderr: '' }
  const kept = { stdout: process.stdout.write, stderr: process.stderr.write }
  for (const name of ['stdout', 'stderr'] as const)
    process[name].write = ((text: string | Uint8Array) => {
      said[name] += typeof text === 'string' ? text : Buffer.from(text).toString('utf8')
      return true
    }) as typeof process.stdout.write
  process.exitCode = undefined
  try {
    return { status: await run([...args]), ...said }
  } finally {
    process.exitCode = undefined
    Object.assign(process.stdout, { write: kept.stdout })
    Object.assign(process.stderr, { write: kept.stderr })
  }
}
