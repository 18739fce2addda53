import type { SnapshotSink } from './item.ts'

export interface RunOptions {
  /** After this the process is ended and `failure` says so. */
  readonly timeoutMs: number
  readonly stdin?: string
}

export interface RunResult {
  /** Null when the process did not end by itself. */
  readonly exitCode: number | null
  readonly stdout: Buffer
  readonly stderr: string
  /** Why there is no exit code: not found, timed out, ended by a signal, printed too much. One line; null otherwise. */
  readonly failure: string | null
}

/** Runs an argv as it stands, never through a shell. Does not throw: what went wrong is in the result. */
export type Run = (argv: readonly string[], options: RunOptions) => Promise<RunResult>

/** What collecting needs of the world. */
export interface Ports {
  readonly run: Run
  readonly now: () => Date
  /** Begins the snapshot of this name. */
  readonly open: (name: string) => Promise<SnapshotSink>
}
