import { cleanLine, cleanText } from './clean-text.ts'
import type { ItemFacts } from './item.ts'
import type { Ports, ReadOutput, RunOptions, RunResult } from './ports.ts'

/** One command that was run, with what every item tells of its command. */
export type Attempt = Pick<ItemFacts, 'command' | 'startedAt' | 'endedAt' | 'exitCode' | 'stderr' | 'error'>

export async function attempt(
  ports: Pick<Ports, 'run' | 'now'>,
  command: readonly string[],
  options: RunOptions,
  read: ReadOutput
): Promise<Attempt> {
  const startedAt = ports.now().toISOString()
  const result = await ports.run(command, options, read)
  const endedAt = ports.now().toISOString()
  const { exitCode, stderr } = result
  return { command, startedAt, endedAt, exitCode, stderr: cleanText(stderr), error: errorOf(result, command[0]!) }
}

/** For what prints little: its output as text, no more than a megabyte of it. */
export async function attemptText(
  ports: Pick<Ports, 'run' | 'now'>,
  command: readonly string[],
  options: RunOptions
): Promise<Attempt & { readonly text: string }> {
  const chunks: Buffer[] = []
  let size = 0
  const run = await attempt(ports, command, options, async (stdout) => {
    for await (const chunk of stdout) {
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_TEXT) return
    }
  })
  return { ...run, text: Buffer.concat(chunks).toString('utf8') }
}

const MAX_TEXT = 1024 * 1024

function errorOf({ exitCode, stderr, failure }: RunResult, program: string): string | null {
  if (exitCode === 0) return null
  const said = cleanLine(stderr)
  if (failure !== null) return said === null ? cleanLine(failure) : `${cleanLine(failure)}: ${said}`
  return said ?? `${program} failed with exit code ${exitCode}`
}
