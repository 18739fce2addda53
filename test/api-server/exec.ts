export interface ExecCall {
  readonly namespace: string
  readonly pod: string
  readonly container: string | null
  readonly command: readonly string[]
  /** All of it, once the client has closed it. */
  readonly stdin: Buffer
}

export interface ExecAnswer {
  readonly stdout?: Buffer | string
  readonly stderr?: Buffer | string
  readonly exitCode?: number
  /** The command was not started: `failed to exec in container: … executable file not found in $PATH`. */
  readonly failure?: string
  /** The command ends, with its code, only then: what it printed comes before. */
  readonly then?: Promise<unknown>
}

export type ExecHandler = (call: ExecCall) => ExecAnswer | Promise<ExecAnswer>

/** The Status that ends an exec, on its error channel (v4.channel.k8s.io and later). */
export function execStatus({ exitCode = 0, failure }: ExecAnswer): Buffer {
  if (failure !== undefined)
    return json({
      status: 'Failure',
      reason: 'InternalError',
      message: `Internal error occurred: ${failure}`,
      code: 500
    })
  if (exitCode === 0) return json({ status: 'Success' })
  const message = `command terminated with non-zero exit code: exit status ${exitCode}`
  return json({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message,
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] }
  })
}

function json(status: object): Buffer {
  return Buffer.from(JSON.stringify({ metadata: {}, ...status }))
}

/** Yields whole messages of `length(head)` bytes from what arrives in pieces. */
export async function* frames(
  chunks: AsyncIterable<Buffer>,
  head: Buffer,
  length: (buffer: Buffer) => number | undefined
): AsyncGenerator<Buffer> {
  let pending = head
  const complete = function* (): Generator<Buffer> {
    for (let size = length(pending); size !== undefined && pending.length >= size; size = length(pending)) {
      yield pending.subarray(0, size)
      pending = pending.subarray(size)
    }
  }
  yield* complete()
  for await (const chunk of chunks) {
    pending = Buffer.concat([pending, chunk])
    yield* complete()
  }
}
