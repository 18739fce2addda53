import { spawn } from 'node:child_process'
import type { Run, RunResult } from './ports.ts'

/** A longer text does not fit a JavaScript string. */
const MAX_STDOUT = 511 * 1024 * 1024
const MAX_STDERR = 64 * 1024
const KILL_AFTER_MS = 2000

export const run: Run = (argv, { timeoutMs, stdin }) => new Promise((resolve) => {
  const [program, ...args] = argv
  const child = spawn(program!, args, { stdio: 'pipe', shell: false })
  const [stdout, stderr] = [new Collected(MAX_STDOUT), new Collected(MAX_STDERR)]
  let failure: string | null = null
  const end = (reason: string): void => {
    failure ??= reason
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref()
  }
  const timer = setTimeout(() => end(`no end within ${timeoutMs / 1000} s`), timeoutMs)
  const settle = (result: Omit<RunResult, 'stdout' | 'stderr'>): void => {
    clearTimeout(timer)
    resolve({ ...result, stdout: stdout.bytes(), stderr: stderr.bytes().toString('utf8') })
  }

  child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk) || end(`more than ${MAX_STDOUT} bytes of output`))
  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk))
  // A program that ends without reading its input is no failure of ours.
  child.stdin.on('error', () => {})
  child.stdin.end(stdin ?? '')
  child.on('error', (error: NodeJS.ErrnoException) => settle({ exitCode: null, failure: startFailure(program!, error) }))
  child.on('exit', () => {
    // A grandchild may hold the pipes open after the one we timed is gone.
    if (failure !== null) for (const pipe of [child.stdout, child.stderr]) pipe.destroy()
  })
  child.on('close', (code, signal) => settle({
    exitCode: failure === null ? code : null,
    failure: failure ?? (signal === null ? null : `ended by ${signal}`)
  }))
})

function startFailure(program: string, error: NodeJS.ErrnoException): string {
  return error.code === 'ENOENT' ? `${program}: no such program` : `${program} cannot be run (${error.code ?? error.message})`
}

/** Bytes up to a bound; what is over it is dropped. */
class Collected {
  readonly #max: number
  readonly #chunks: Buffer[] = []
  #size = 0

  constructor(max: number) {
    this.#max = max
  }

  /** False when the bound is reached. */
  add(chunk: Buffer): boolean {
    const room = this.#max - this.#size
    if (room > 0) this.#chunks.push(chunk.subarray(0, room))
    this.#size += chunk.length
    return this.#size <= this.#max
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }
}
