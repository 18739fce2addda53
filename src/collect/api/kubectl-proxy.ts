import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathsOf } from '../../kinds/kind.ts'
import { API_KINDS, API_NAMES } from '../../kinds/kinds.ts'
import { attemptText } from '../attempt.ts'
import { cleanLine } from '../clean-text.ts'
import { type Access, kubeconfigProblem, kubectl } from '../kubectl.ts'
import type { Api, ApiAnswer } from '../ports.ts'
import { run, startOnLeash } from '../run.ts'
import { whenAborted } from '../signals.ts'

/** No more is read of one answer: of a page of 500 objects it is far away. */
const MAX_BODY = 128 * 1024 * 1024
/** Reading a kubeconfig and opening a socket take a fraction of it. */
const START_MS = 30_000
/** A proxy that ends as often will end again. */
const MOST_STARTS = 5

/**
 * The lists and the version, and no other path: through this nobody gets at a Secret, whatever the credentials allow.
 * kubectl's proxy compares with the path alone.
 */
const PATHS = ['/version', ...API_NAMES.flatMap((name) => API_KINDS[name].lists.flatMap(pathsOf))]
  .map((path) => `^${path.replaceAll('.', '\\.')}$`)
  .concat('^/api/v1/namespaces/[^/]+/pods$')
  .join(',')

interface Proxy {
  readonly socket: string
  readonly end: () => Promise<void>
  /** What it said when it ended; null while it runs. */
  readonly ended: () => string | null
}

type Limits = Parameters<Api['get']>[1]

/**
 * The API through one `kubectl proxy`, on a socket that only this user can open: kubectl does the credentials and the encryption,
 * snap sees status, headers and body, and lists in pages. It is started with the first request, and again when it has ended. What keeps
 * it from starting (no kubectl, no kubeconfig, no such context) keeps it from starting for the whole run.
 */
export function apiThroughKubectl(access: Access): Api {
  let starting: Promise<Proxy | { readonly failure: string }> | undefined
  let starts = 0
  const agent = new Agent({ keepAlive: true })
  return {
    async get(path, limits) {
      if (starting === undefined) {
        starts++
        starting = start(access, limits)
      }
      const proxy = await starting
      if ('failure' in proxy) return { ...noAnswer(proxy.failure), lasting: true }
      const answer = await ask(proxy.socket, agent, path, limits)
      const ended = proxy.ended()
      if (ended === null) return answer
      if (starts < MOST_STARTS) starting = undefined
      await proxy.end()
      return answer.failure === null ? answer : { ...noAnswer(ended), lasting: starts >= MOST_STARTS }
    },
    async close() {
      agent.destroy()
      const proxy = await starting
      if (proxy !== undefined && 'end' in proxy) await proxy.end()
    }
  }
}

function noAnswer(failure: string, body: Buffer = Buffer.alloc(0)): ApiAnswer {
  return { status: null, body, retryAfterSeconds: null, failure }
}

async function start(access: Access, limits: Limits): Promise<Proxy | { readonly failure: string }> {
  const [timeoutMs, { signal }] = [Math.min(START_MS, limits.timeoutMs), limits]
  const server = await serverOf(access, { timeoutMs, ...(signal && { signal }) })
  if (typeof server === 'object') return server
  const folder = await mkdtemp(join(tmpdir(), 'snap-'))
  const socket = join(folder, 'api')
  const { child, end } = startOnLeash(
    kubectl(
      access,
      'proxy',
      `--unix-socket=${socket}`,
      `--accept-paths=${PATHS}`,
      '--reject-methods=^(POST|PUT|PATCH|DELETE|OPTIONS|CONNECT)$',
      ...(hasPath(server) ? ['--append-server-path'] : [])
    )
  )
  child.stdin!.end()
  let [said, stopped] = ['', null as string | null]
  child.stderr!.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-4000)))
  const exit = once(child, 'exit').then(() => (stopped = cleanLine(said) ?? 'kubectl proxy ended'))
  const ready = once(child.stdout!, 'data').then(() => null)
  const problem = await Promise.race([ready, exit, within(timeoutMs, signal)])
  // Whatever it says later is of no use, and is not to fill its pipe.
  child.stdout!.resume()
  const close = async (): Promise<void> => {
    end()
    await exit
    await rm(folder, { recursive: true, force: true })
  }
  if (problem === null) return { socket, end: close, ended: () => stopped }
  await close()
  return { failure: problem }
}

/**
 * The address of the server that kubectl would ask; empty where only kubectl knows it, in a pod with a service account. A server behind a
 * path, as Rancher's `https://host/k8s/clusters/c-1`, kubectl's proxy leaves out unless told; older ones cannot be told.
 */
async function serverOf(
  access: Access,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal }
): Promise<string | { readonly failure: string }> {
  const problem = kubeconfigProblem(access)
  if (problem !== null) return { failure: problem }
  const command = kubectl(access, 'config', 'view', '--minify', '--output=jsonpath={.clusters[0].cluster.server}')
  const { exitCode, error, text } = await attemptText({ run, now: () => new Date() }, command, options)
  if (error === null) return text
  return exitCode !== null && isInPod(access) ? '' : { failure: error }
}

function isInPod({ kubeconfig, context }: Access): boolean {
  return (
    kubeconfig === undefined &&
    context === undefined &&
    process.env.KUBERNETES_SERVICE_HOST !== undefined &&
    existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token')
  )
}

function hasPath(server: string): boolean {
  return URL.canParse(server) && new URL(server).pathname !== '/'
}

/** Says why no more is waited for. */
function within(ms: number, signal: AbortSignal | undefined): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(`kubectl proxy did not start within ${ms / 1000} s`), ms).unref()
    whenAborted(signal, ({ message }) => resolve(message))
  })
}

function ask(socketPath: string, agent: Agent, path: string, { timeoutMs, signal }: Limits): Promise<ApiAnswer> {
  return new Promise<ApiAnswer>((resolve) => {
    const fail = ({ message }: Error): void => resolve(noAnswer(message))
    let answered = false
    const sent = request(
      { socketPath, path, agent, headers: { host: 'localhost', accept: 'application/json' } },
      (response) => {
        answered = true
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk)
          size += chunk.length
          if (size > MAX_BODY) response.destroy(new Error(`more than ${MAX_BODY} bytes in one answer`))
        })
        response.on('error', fail)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? null,
            body: Buffer.concat(chunks),
            retryAfterSeconds: retryAfter(response.headers['retry-after']),
            failure: null
          })
        )
      }
    )
    const giveUp = (reason: Error): void => {
      fail(reason)
      sent.destroy(reason)
    }
    const timer = setTimeout(() => giveUp(new Error(`no end within ${timeoutMs / 1000} s`)), timeoutMs)
    const forget = whenAborted(signal, giveUp)
    sent.on('error', fail)
    sent.on('close', () => {
      // Node ends a request that is answered with 101 without a response and without an error.
      if (!answered) fail(new Error('the connection was closed without an answer'))
      clearTimeout(timer)
      forget()
    })
    sent.end()
  })
}

/** Seconds, or the seconds to a date (RFC 9110, 10.2.3). */
export function retryAfter(header: string | undefined): number | null {
  if (header === undefined) return null
  if (/^\d+$/.test(header)) return Number(header)
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1000))
}
