import { cleanLine, cleanText } from './clean-text.ts'
import type { ItemFacts } from './item.ts'
import type { Ports, RunOptions, RunResult } from './ports.ts'

/** One command that was run, with what every item tells of its command. */
export interface Attempt {
  readonly facts: Pick<ItemFacts, 'command' | 'startedAt' | 'endedAt' | 'exitCode' | 'stderr' | 'error'>
  readonly result: RunResult
}

export async function attempt(ports: Pick<Ports, 'run' | 'now'>, command: readonly string[], options: RunOptions): Promise<Attempt> {
  const startedAt = ports.now().toISOString()
  const result = await ports.run(command, options)
  const endedAt = ports.now().toISOString()
  const { exitCode, stderr } = result
  return { facts: { command, startedAt, endedAt, exitCode, stderr: cleanText(stderr), error: errorOf(result, command[0]!) }, result }
}

function errorOf({ exitCode, stderr, failure }: Omit<RunResult, 'stdout'>, program: string): string | null {
  if (exitCode === 0) return null
  const said = cleanLine(stderr)
  if (failure !== null) return said === null ? cleanLine(failure) : `${cleanLine(failure)}: ${said}`
  return said ?? `${program} failed with exit code ${exitCode}`
}
