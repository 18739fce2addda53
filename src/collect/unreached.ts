/** What was tried behind a target. */
export interface Silence {
  /** Pod or way: two that hang speak for their node, one does not. */
  readonly subject: string
  readonly error: string
  readonly seconds: number
}

/** A try that fails sooner costs nothing to make again. */
const SLOW_SECONDS = 5
const MOST_SLOW = 2

/** A connection to the node that was not made, as the API server tells it, or ssh. What else fails is of one container. */
const NOT_CONNECTED =
  /error dialing backend|no route to host|connection refused|connection timed out|i\/o timeout|tls handshake timeout|host is down|network is unreachable/i

interface Record {
  fast: number
  slow: number
  readonly hung: Set<string>
  spoke: boolean
  error: string | null
}

/**
 * The nodes that did not answer in this run: how it ended once is the answer to whoever asks next. One list of them for a run, so that
 * of four containers on a node that cannot be reached not each waits as long as the first.
 */
export class Unreached {
  readonly #tries: number
  readonly #records = new Map<string, Record>()

  /** `tries`: as many as one command gets. */
  constructor(tries: number) {
    this.#tries = tries
  }

  /** Why a target is not asked; null when it is. */
  reason(target: string): string | null {
    const error = this.#records.get(target)?.error ?? null
    return error === null ? null : `not reached, as before: ${error}`
  }

  answered(target: string): void {
    Object.assign(this.#record(target), { fast: 0, slow: 0, spoke: true, error: null })
  }

  /** A try came to nothing at all. */
  silent(target: string, { subject, error, seconds }: Silence): void {
    const record = this.#record(target)
    if (isHang(error)) record.hung.add(subject)
    else if (!NOT_CONNECTED.test(error)) return
    else if (seconds >= SLOW_SECONDS) record.slow++
    else record.fast++
    const hangs = !record.spoke && record.hung.size > 1
    if (record.fast >= this.#tries || record.slow >= MOST_SLOW || hangs) record.error = error
  }

  #record(target: string): Record {
    const known = this.#records.get(target)
    if (known !== undefined) return known
    const fresh = { fast: 0, slow: 0, hung: new Set<string>(), spoke: false, error: null }
    this.#records.set(target, fresh)
    return fresh
  }
}

/** Whether a command printed nothing until its time was over. */
export function isHang(error: string): boolean {
  return error.startsWith('no end within')
}
