import type { Ports } from './ports.ts'

export interface RetryOptions {
  /** Tries after the first. */
  readonly retries: number
  readonly signal?: AbortSignal
}

/** What came of one try. */
export interface Try<T> {
  readonly value: T
  /** Whether another try may come to something else. */
  readonly again: boolean
  /** What the server asks to wait; 0 where it does not. */
  readonly afterSeconds?: number
}

const FIRST_MS = 1000
const LONGEST_MS = 30_000
/** A server that asks for more is not waited for: the next collection comes sooner. */
export const LONGEST_ASKED_SECONDS = 300

/** Tries until it need not or may not be tried again, and returns what the last try gave. */
export async function retrying<T>(
  ports: Pick<Ports, 'wait' | 'random'>,
  { retries, signal }: RetryOptions,
  once: (count: number) => Promise<Try<T>>
): Promise<T> {
  for (let count = 0; ; count++) {
    const { value, again, afterSeconds = 0 } = await once(count)
    const isOver = (): boolean => signal?.aborted === true
    if (!again || count >= retries || isOver() || afterSeconds > LONGEST_ASKED_SECONDS) return value
    await ports.wait(Math.max(backoffMs(count, ports.random()), afterSeconds * 1000), signal)
    if (isOver()) return value
  }
}

/** Doubles with each try; the upper half of it is left to chance, so that many who failed at once do not come back at once. */
export function backoffMs(count: number, random: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** count)
  return longest / 2 + (longest / 2) * random
}

/** What passes: the network's and the servers' own trouble. Whatever is not known to pass is taken to stay. */
const PASSING = new RegExp(
  [
    'connection (was )?reset',
    'connection refused',
    'connection timed out',
    'connection closed',
    'connection lost',
    'broken pipe',
    '\\bEOF\\b',
    'i/o timeout',
    'tls handshake timeout',
    'no end within',
    'ended early',
    'nothing was printed',
    'too many requests',
    'temporarily unavailable',
    'unexpected disconnect',
    'error dialing backend',
    'stream error',
    'http2: ',
    'etcdserver: ',
    'request timed out',
    'ServiceUnavailable',
    'InternalError',
    'the server is currently unable',
    'ECONNRESET',
    'ECONNREFUSED',
    'EPIPE',
    'ETIMEDOUT',
    'socket hang up',
    'context deadline exceeded',
    'error sending request',
    'an error on the server',
    'internal error occurred',
    'ended by SIG'
  ].join('|'),
  'i'
)
const STAYING =
  /not found|forbidden|unauthorized|permission denied|host key verification|no such|not this node|cannot be run|unknown (user|flag|host)|x509|certificate/i

export function mayPass(error: string | null): boolean {
  return error !== null && PASSING.test(error) && !STAYING.test(error)
}
