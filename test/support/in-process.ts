import { run } from '../../src/cli/run.ts'
import type { CommandResult } from './cli.ts'

/** Runs a command line in this process: cheap, but one at a time, in the folder that the process stands in. */
export async function snapHere(args: readonly string[]): Promise<CommandResult> {
  const said = { stdout: '', stderr: '' }
  const restore = (['stdout', 'stderr'] as const).map((stream) => {
    const { write } = process[stream]
    process[stream].write = ((chunk: string | Uint8Array) => {
      said[stream] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
      return true
    }) as typeof write
    return () => (process[stream].write = write)
  })
  try {
    process.exitCode = undefined
    return { status: await run([...args]), ...said }
  } finally {
    process.exitCode = undefined
    for (const each of restore) each()
  }
}
