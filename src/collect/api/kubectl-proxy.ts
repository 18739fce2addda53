import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathsOf } from '../../kinds/kind.ts'
import { API_KINDS, API_NAMES } from '../../kinds/kinds.ts'
import { attemptText } from '../attempt.ts'
import { cleanLine } from '../clean-text.ts'
import { type Access, kubectl } from '../kubectl.ts'
import type { Api, ApiAnswer } from '../ports.ts'
import { findProgram } from '../program.ts'
import { run, startOnLeash } from '../run.ts'
import { whenAborted } from '../signals.ts'

/** No more is read of one answer: of a page of 500 objects it is far away. */
const MAX_BODY = 256 * 1024 * 1024
const START_MS = 30_000

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

/**
 * The API through one `kubectl proxy`, on a socket that only this user can open: kubectl does the credentials and the encryption,
 * snap sees status, headers and body, and lists in pages. It is started with the first request, and again when it has ended.
 */
export function apiThroughKubectl(access: Access): Api {
  let starting: Promise<Proxy | { readonly failure: string }> | undefined
  const agent = new Agent({ keepAlive: true })
  return {
    async get(path, { timeoutMs, signal }) {
      const proxy = await (starting ??= start(access))
      if ('failure' in proxy) {
        starting = undefined
        return noAnswer(proxy.failure)
      }
      const answer = await ask(proxy.socket, agent, path, timeoutMs, signal)
      const ended = proxy.ended()
      if (ended === null) return answer
      starting = undefined
      await proxy.end()
      return answer.failure === null ? answer : noAnswer(ended)
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

async function start(access: Access): Promise<Proxy | { readonly failure: string }> {
  const problem = findProgram(access.kubectl)
  if (problem !== null) return { failure: problem }
  const folder = await mkdtemp(join(tmpdir(), 'snap-'))
  const socket = join(folder, 'api')
  const { child, end } = startOnLeash(
    kubectl(
      access,
      'proxy',
      `--unix-socket=${socket}`,
      `--accept-paths=${PATHS}`,
      '--reject-methods=^(POST|PUT|PATCH|DELETE|OPTIONS|CONNECT)$',
      ...((await hasPath(access)) ? ['--append-server-path'] : [])
    )
  )
  child.stdin!.end()
  let [said, stopped] = ['', null as string | null]
  child.stderr!.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-4000)))
  const exit = once(child, 'exit').then(() => (stopped = cleanLine(said) ?? 'kubectl proxy ended'))
  const ready = await Promise.race([once(child.stdout!, 'data').then(() => true), exit.then(() => false), late()])
  const close = async (): Promise<void> => {
    end()
    await exit
    await rm(folder, { recursive: true, force: true })
  }
  if (ready) return { socket, end: close, ended: () => stopped }
  await close()
  return { failure: stopped === null ? 'kubectl proxy did not start' : (cleanLine(said) ?? 'kubectl proxy ended') }
}

/** A server behind a path, as Rancher's `https://host/k8s/clusters/c-1`, which kubectl's proxy leaves out unless told. Older ones cannot be told. */
async function hasPath(access: Access): Promise<boolean> {
  const command = kubectl(access, 'config', 'view', '--minify', '--output=jsonpath={.clusters[0].cluster.server}')
  const { text } = await attemptText({ run, now: () => new Date() }, command, { timeoutMs: START_MS })
  return URL.canParse(text) && new URL(text).pathname !== '/'
}

function late(): Promise<false> {
  return new Promise((resolve) => void setTimeout(() => resolve(false), START_MS).unref())
}

function ask(
  socketPath: string,
  agent: Agent,
  path: string,
  timeoutMs: number,
  signal?: AbortSignal
): Promise<ApiAnswer> {
  return new Promise<ApiAnswer>((resolve) => {
    const fail = ({ message }: Error): void => resolve(noAnswer(message))
    const sent = request(
      { socketPath, path, agent, headers: { host: 'localhost', accept: 'application/json' } },
      (response) => {
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
