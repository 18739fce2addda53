/** What can go wrong between kubectl and an API server. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

export type Disturbance =
  /** No answer, ever. */
  | { readonly kind: 'hang' }
  /** The connection is closed without a word. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'status'; readonly code: number; readonly message: string; readonly retryAfter?: string }
  /** The answer ends after some bytes of it. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** A byte now and then, never all. */
  | { readonly kind: 'drip' }

/** What becomes of a request; `count`: how often its path, without the query, was asked before. Undefined: nothing. */
export type Disturb = (url: URL, count: number, method: string) => Disturbance | undefined

/** Does it to a connection. Returns false where the request is to be answered as if nothing were. */
export function disturbed(
  disturbance: Disturbance | undefined,
  request: IncomingMessage,
  socket: Duplex,
  body: () => Buffer
): boolean {
  if (disturbance === undefined) return false
  if (disturbance.kind === 'hang') return true
  if (disturbance.kind === 'reset') socket.destroy()
  else if (disturbance.kind === 'status') socket.end(statusText(disturbance))
  else {
    const whole = body()
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${whole.length}\r\n\r\n`)
    if (disturbance.kind === 'truncate') socket.end(whole.subarray(0, disturbance.bytes))
    else drip(socket, whole)
  }
  request.resume()
  return true
}

function statusText({ code, message, retryAfter }: Disturbance & { kind: 'status' }): string {
  const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code })
  const header = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`
  return `HTTP/1.1 ${code} Disturbed\r\nContent-Type: application/json\r\n${header}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
}

function drip(socket: Duplex, whole: Buffer): void {
  let at = 0
  const timer = setInterval(() => socket.write(whole.subarray(at, ++at)), 100)
  socket.on('close', () => clearInterval(timer))
}
