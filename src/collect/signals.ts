/**
 * Aborts with the first of `given`, for its reason. Not AbortSignal.any and AbortSignal.timeout: Node.js 20 to 26 may collect a source that
 * nothing else holds as garbage, and then what listens waits for ever (nodejs/node#57736, #65995).
 */
export function firstOf(given: readonly (AbortSignal | undefined)[]): AbortSignal {
  const controller = new AbortController()
  for (const signal of given) whenAborted(signal, (reason) => controller.abort(reason))
  return controller.signal
}

/** Calls `then` once, now or when it comes to that. Returns what takes that back. */
export function whenAborted(signal: AbortSignal | undefined, then: (reason: Error) => void): () => void {
  if (signal === undefined) return () => {}
  const listen = (): void => then(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)))
  if (signal.aborted) listen()
  else signal.addEventListener('abort', listen, { once: true })
  return () => signal.removeEventListener('abort', listen)
}
