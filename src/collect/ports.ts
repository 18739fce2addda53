import type { SnapshotSink } from './item.ts'

export interface RunOptions {
  /** After this the process is ended and `failure` says so. */
  readonly timeoutMs: number
  readonly stdin?: string
  /** Ends the process too; its reason is the failure. */
  readonly signal?: AbortSignal
}

/** The failure of a process that was ended because its reader returned before its end. */
export const UNEXPECTED_OUTPUT = 'ended, because its output was not what was expected'

/** Takes what a process prints, as it comes. Returns early when it has seen enough: the process is ended then. */
export type ReadOutput = (stdout: AsyncIterable<Buffer>) => Promise<void>

export interface RunResult {
  /** Null when the process did not end by itself. */
  readonly exitCode: number | null
  readonly stderr: string
  /** Why there is no exit code: not found, timed out, ended by a signal. One line; null otherwise. */
  readonly failure: string | null
}

/**
 * Runs an argv as it stands, never through a shell that would read its words. Throws only what `read` throws: what went wrong with
 * the process is in the result.
 */
export type Run = (argv: readonly string[], options: RunOptions, read: ReadOutput) => Promise<RunResult>

/** What the API server answered, or why it did not. */
export interface ApiAnswer {
  /** HTTP status; null when there was no answer. */
  readonly status: number | null
  readonly body: Buffer
  /** Seconds that the server asks to wait (Retry-After). */
  readonly retryAfterSeconds: number | null
  /** Why there was no answer, or not all of it. One line; null otherwise. */
  readonly failure: string | null
  /** Another try in this run comes to the same. */
  readonly lasting?: boolean
}

/** The cluster's API, for reading. */
export interface Api {
  /** `path`: `/api/v1/pods?limit=500`. Does not throw. */
  get(path: string, options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<ApiAnswer>
  close(): Promise<void>
}

/** What collecting needs of the world. */
export interface Ports {
  readonly run: Run
  readonly api: Api
  readonly now: () => Date
  /** Resolves after so long, or at once when the signal is given. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>
  /** 0 <= x < 1 */
  readonly random: () => number
  /** Begins the snapshot of this name; null where there is one already. */
  readonly open: (name: string) => Promise<SnapshotSink | null>
  /** What a person who watches would want to know. */
  readonly say: (line: string) => void
}
