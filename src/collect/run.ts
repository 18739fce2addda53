import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { type ReadOutput, type Run, type RunOptions, type RunResult, UNEXPECTED_OUTPUT } from './ports.ts'
import { findProgram } from './program.ts'

const MAX_STDERR = 64 * 1024
const KILL_AFTER_MS = 2000
/** ssh's ControlPersist leaves a process behind that holds stderr open. */
const PIPES_AFTER_MS = 1000

/**
 * The process and its children are a group of their own, which ends with snap: fd 3 is a pipe from here, and when it closes, also because
 * snap was killed, the shell's other child ends the whole group. `exec` leaves the argv's own process in the shell's place.
 */
const LEASH = '{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 & exec "$@" 3<&-'

export interface Started {
  readonly child: ChildProcess
  /** Ends it and all its children, gently first. */
  end(): void
}

/** Starts an argv that does not outlive snap. */
export function startOnLeash(argv: readonly string[]): Started {
  const child = spawn('sh', ['-c', LEASH, 'sh', ...argv], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
    shell: false
  })
  child.on('exit', () => (child.stdio[3] as Readable | null)?.destroy())
  // A program that ends without reading its input is no failure of ours.
  child.stdin!.on('error', () => {})
  child.stdio[3]!.on('error', () => {})
  return { child, end: () => endGroup(child) }
}

function endGroup(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return
  kill(child, 'SIGTERM')
  setTimeout(() => kill(child, 'SIGKILL'), KILL_AFTER_MS).unref()
}

function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // It is gone already.
  }
}

export const run: Run = async (argv, options, read) => {
  const problem = findProgram(argv[0]!)
  if (problem !== null) return { exitCode: null, stderr: '', failure: problem }
  if (options.signal?.aborted === true) return { exitCode: null, stderr: '', failure: reason(options.signal) }
  const started = startOnLeash(argv)
  started.child.stdin!.end(options.stdin ?? '')
  return attend(started, options, read)
}

async function attend(
  { child, end }: Started,
  { timeoutMs, signal }: RunOptions,
  read: ReadOutput
): Promise<RunResult> {
  const [stdout, stderr] = [child.stdout!, child.stderr!]
  let failure: string | null = null
  const stop = (why: string): void => {
    failure ??= why
    end()
    // What is still in the pipe then is as lost as what was not printed any more.
    void exited.then(() => stdout.destroy())
  }
  const timer = setTimeout(() => stop(`no end within ${timeoutMs / 1000} s`), timeoutMs)
  const onAbort = (): void => stop(reason(signal!))
  signal?.addEventListener('abort', onAbort, { once: true })
  const exited = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on('exit', (code, by) => resolve([code, by]))
  )
  void exited.then(() => delay(PIPES_AFTER_MS, undefined, { ref: false })).then(() => stderr.destroy())
  const messages = bounded(stderr)
  try {
    await read(pieces(stdout))
    if (!stdout.readableEnded) stop(UNEXPECTED_OUTPUT)
    const [exitCode, by] = await exited
    return {
      exitCode: failure === null ? exitCode : null,
      stderr: await messages,
      failure: failure ?? (by === null ? null : `ended by ${by}`)
    }
  } catch (error) {
    end()
    await exited
    throw error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/** What is read until a pipe ends or is closed; that it was closed early is told by how the process ended. */
async function* pieces(pipe: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of pipe) yield chunk as Buffer
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}

async function bounded(pipe: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of pieces(pipe)) {
    if (size < MAX_STDERR) chunks.push(chunk)
    size += chunk.length
  }
  return Buffer.concat(chunks).subarray(0, MAX_STDERR).toString('utf8')
}

function reason(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : String(signal.reason)
}
