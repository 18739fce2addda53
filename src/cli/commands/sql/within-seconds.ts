import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { UserError } from '../../../problem.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs snap with these words and this input as another process, which is ended when its time is over: SQLite cannot be interrupted from the
 * thread that it runs in. Its output is ours. Returns its exit status. Throws: UserError after so many seconds.
 */
export function withinSeconds(seconds: number, words: readonly string[], input: string): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...words], {
    stdio: ['pipe', 'inherit', 'inherit']
  })
  // It may end without reading its input.
  child.stdin!.on('error', () => {})
  child.stdin!.end(input)
  const onSignal = (by: NodeJS.Signals): void => {
    child.kill('SIGKILL')
    process.exit(128 + constants.signals[by])
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  let isOver = false
  const timer = setTimeout(() => {
    isOver = true
    child.kill('SIGKILL')
  }, seconds * 1000)
  return new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status, signal) => {
      if (isOver) reject(new UserError(`sql: no answer within ${seconds} s (--timeout)`))
      else if (signal !== null) reject(new UserError(`sql: ended by ${signal}`))
      else resolve(status ?? 2)
    })
  }).finally(() => {
    clearTimeout(timer)
    for (const signal of SIGNALS) process.off(signal, onSignal)
  })
}
