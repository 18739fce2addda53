/**
 * The tests' own Kubernetes API server, on 127.0.0.1: discovery, chunked lists of given objects and exec into pods,
 * as much as the real kubectl needs. Exec speaks what kubectl speaks: WebSocket since 1.31, before that SPDY/3.1.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { discovery, GROUPS, type Resource } from './discovery.ts'
import { type Disturb, type Disturbance, disturbed } from './disturb.ts'
import type { ExecCall, ExecHandler } from './exec.ts'
import { acceptSpdy } from './spdy.ts'
import { acceptWebSocket } from './websocket.ts'

export interface ApiObject {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: { readonly [name: string]: string }
  }
  readonly [field: string]: unknown
}

export interface ApiServerOptions {
  /** By plural: `pods`, `endpointslices`. */
  readonly objects: { readonly [plural: string]: readonly ApiObject[] }
  readonly exec?: ExecHandler
  /** Answers instead of the lists: an HTTP status and a message by plural. */
  readonly refuse?: { readonly [plural: string]: { readonly code: number; readonly message: string } }
  /** The API is behind this path, as Rancher's clusters are: `/k8s/clusters/c-1`. */
  readonly prefix?: string
  /** What goes wrong with which request. */
  readonly disturb?: Disturb
  /** Objects a list gives at a time, whatever kubectl asks for. */
  readonly chunk?: number
  /** Refuses WebSocket, as servers before 1.31 do, so that kubectl falls back to SPDY. */
  readonly spdyOnly?: boolean
}

export interface ApiServer {
  readonly url: string
  /** `GET /api/v1/pods?limit=500`, in their order. */
  readonly requests: string[]
  /** How exec was spoken: `websocket`, `spdy`. */
  readonly spoken: Set<string>
  close(): Promise<void>
}

export async function startApiServer(given: ApiServerOptions): Promise<ApiServer> {
  const requests: string[] = []
  const spoken = new Set<string>()
  const open = new Set<Duplex>()
  const objects = Object.fromEntries(Object.entries(given.objects).map(([plural, all]) => [plural, [...all]]))
  const options = { ...given, objects }
  const counts = new Map<string, number>()
  const disturbanceOf = ({ url: address = '', method = '' }: IncomingMessage): Disturbance | undefined => {
    const url = new URL(address, 'http://x')
    const count = counts.get(url.pathname) ?? 0
    counts.set(url.pathname, count + 1)
    return given.disturb?.(url, count, method)
  }
  const withinPrefix = (request: IncomingMessage): void => {
    const { prefix = '' } = given
    request.url = request.url!.startsWith(`${prefix}/`) ? request.url!.slice(prefix.length) : '/elsewhere'
  }
  const server = createServer((request, response) => {
    withinPrefix(request)
    requests.push(`${request.method} ${request.url}`)
    const url = new URL(request.url!, 'http://x')
    const whole = (): Buffer => {
      const found = resourceAt(url.pathname)!
      return Buffer.from(
        JSON.stringify(page(found, objects[found.resource.plural] ?? [], url.searchParams, given.chunk))
      )
    }
    if (disturbed(disturbanceOf(request), request, request.socket, whole)) return
    if (request.method === 'POST' || request.method === 'DELETE') return void change(objects, request, url, response)
    answer(options, url, response)
  })
  server.on('connection', (socket) => open.add(socket.on('close', () => open.delete(socket))))
  server.on('upgrade', (request, socket, head) => {
    withinPrefix(request)
    requests.push(`${request.method} ${request.url}`)
    socket.on('error', () => {})
    if (disturbed(disturbanceOf(request), request, socket, () => Buffer.alloc(0))) return
    upgrade(options, request, socket, head, spoken)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${given.prefix ?? ''}`,
    requests,
    spoken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      })
  }
}

function answer(options: ApiServerOptions, url: URL, response: ServerResponse): void {
  const known = discovery(url.pathname)
  if (known !== undefined) return send(response, 200, known)
  const found = resourceAt(url.pathname)
  if (found === undefined) return send(response, 404, status(404, 'the server could not find the requested resource'))
  const refusal = options.refuse?.[found.resource.plural]
  if (refusal !== undefined) return send(response, refusal.code, status(refusal.code, refusal.message))
  const objects = (options.objects[found.resource.plural] ?? []).filter(
    ({ metadata }) => found.namespace === undefined || metadata.namespace === found.namespace
  )
  if (found.name === undefined) return send(response, 200, page(found, objects, url.searchParams, options.chunk))
  const object = objects.find(({ metadata }) => metadata.name === found.name)
  if (object === undefined)
    return send(response, 404, status(404, `${found.resource.plural} "${found.name}" not found`))
  send(response, 200, { apiVersion: found.groupVersion, kind: found.resource.kind, ...object })
}

/** Pods are made running and are gone at once: there is no kubelet here. */
async function change(
  objects: { readonly [plural: string]: ApiObject[] },
  request: IncomingMessage,
  url: URL,
  response: ServerResponse
): Promise<void> {
  const found = resourceAt(url.pathname)
  const all = found && objects[found.resource.plural]
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  if (found === undefined || all === undefined)
    return send(response, 404, status(404, 'the server could not find the requested resource'))
  if (request.method === 'DELETE') {
    const at = all.findIndex(({ metadata }) => metadata.name === found.name && metadata.namespace === found.namespace)
    const [gone] = at < 0 ? [] : all.splice(at, 1)
    return gone === undefined
      ? send(response, 404, status(404, `${found.resource.plural} "${found.name}" not found`))
      : send(response, 200, gone)
  }
  const pod = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ApiObject
  const made = { ...pod, status: { phase: 'Running', containerStatuses: [{ name: 'snap', state: { running: {} } }] } }
  all.push(made)
  send(response, 201, made)
}

interface Found {
  readonly groupVersion: string
  readonly resource: Resource
  readonly namespace?: string
  readonly name?: string
}

/** `/api/v1/namespaces/demo/pods/web-1`, `/apis/apps/v1/daemonsets`. */
function resourceAt(path: string): Found | undefined {
  const group = GROUPS.find(({ root }) => path.startsWith(`${root}/`))
  const words = path.slice(1 + (group?.root.length ?? 0)).split('/')
  const namespaced = words[0] === 'namespaces' && words.length > 2
  const [plural, name, ...rest] = namespaced ? words.slice(2) : words
  const resource = group?.resources.find((one) => one.plural === plural)
  if (group === undefined || resource === undefined || rest.length > 0) return undefined
  return {
    groupVersion: group.groupVersion,
    resource,
    ...(namespaced ? { namespace: words[1]! } : {}),
    ...(name === undefined ? {} : { name })
  }
}

/** Raw lists: `PodList`, whose items do not name their kind. */
function page(
  { groupVersion, resource }: Found,
  objects: readonly ApiObject[],
  query: URLSearchParams,
  chunk?: number
): object {
  const wanted = (query.get('labelSelector') ?? '')
    .split(',')
    .filter((term) => term !== '')
    .map((term) => term.split(/==?/))
  const named = /^metadata\.name=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1]
  const fitting = objects.filter(
    ({ metadata }) =>
      wanted.every(([label, value]) => metadata.labels?.[label!] === value) &&
      (named === undefined || metadata.name === named)
  )
  const from = Number(query.get('continue') ?? 0)
  const to = from + Math.min(chunk ?? Infinity, Number(query.get('limit')) || Infinity)
  const items = fitting.slice(from, to).map(({ apiVersion: _apiVersion, kind: _kind, ...object }) => object)
  const metadata = {
    resourceVersion: '1',
    ...(to < fitting.length ? { continue: String(to), remainingItemCount: fitting.length - to } : {})
  }
  return { apiVersion: groupVersion, kind: `${resource.kind}List`, metadata, items }
}

function upgrade(
  options: ApiServerOptions,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  spoken: Set<string>
): void {
  const url = new URL(request.url!, 'http://x')
  const call = execCall(url)
  const known =
    call !== undefined &&
    options.objects['pods']?.some(({ metadata }) => metadata.name === call.pod && metadata.namespace === call.namespace)
  if (call === undefined || !known || options.exec === undefined) return refuse(socket, 404, 'pod not found')
  const protocol = request.headers.upgrade?.toLowerCase()
  if (protocol === 'websocket' && options.spdyOnly !== true) {
    spoken.add('websocket')
    acceptWebSocket(request, socket, head, call, options.exec)
  } else if (protocol === 'spdy/3.1') {
    spoken.add('spdy')
    acceptSpdy(socket, head, call, options.exec)
  } else refuse(socket, 400, 'unable to upgrade: unsupported protocol')
}

function execCall(url: URL): Omit<ExecCall, 'stdin'> | undefined {
  const [, namespace, pod] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/exec$/.exec(url.pathname) ?? []
  if (namespace === undefined || pod === undefined) return undefined
  return { namespace, pod, container: url.searchParams.get('container'), command: url.searchParams.getAll('command') }
}

function refuse(socket: Duplex, code: number, message: string): void {
  const body = JSON.stringify(status(code, message))
  socket.end(
    `HTTP/1.1 ${code} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  )
}

function status(code: number, message: string): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: code === 404 ? 'NotFound' : code === 403 ? 'Forbidden' : 'InternalError',
    code
  }
}

function send(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
