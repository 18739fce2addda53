/** A cluster that is broken in every way that was ever seen: each run ends, keeps the rest, and says exactly what is missing. */
import { join } from 'node:path'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import type { Snapshot } from '../../src/archive/open.ts'
import type { ItemKind } from '../../src/collect/item.ts'
import type { CollectOptions } from '../../src/collect/options.ts'
import type { Disturb, Disturbance } from '../api-server/disturb.ts'
import type { ExecHandler } from '../api-server/exec.ts'
import { collectGarbage } from '../support/garbage.ts'
import {
  execIn,
  hasKubectl,
  nodePrograms,
  objects,
  type Taken,
  take,
  temporary,
  withAgents
} from './cluster-fixture.ts'

const test = (hasKubectl ? anyTest.serial : anyTest.serial.skip) as TestFn

const QUICK: Partial<CollectOptions> = {
  transports: [{ kind: 'exec', pods: { namespace: 'kube-system', selector: 'app=agent', container: 'shell' } }],
  timeoutMs: 6000,
  retries: 1,
  pageSize: 5
}
const NODE_KINDS: ItemKind[] = [
  'ip-address',
  'ip-route',
  'ip6tables-save',
  'iptables-save',
  'sockets-ss',
  'sysctls',
  'versions'
]

async function atNodes(t: ExecutionContext): Promise<ExecHandler> {
  const path = nodePrograms(join(await temporary(t), 'bin'))
  return (call) => execIn(path, call)
}

async function takeDisturbed(
  t: ExecutionContext,
  disturb: Disturb,
  options: Partial<CollectOptions> = {},
  exec?: ExecHandler
): Promise<Taken> {
  return take(t, {
    objects: withAgents(objects()),
    exec: exec ?? (await atNodes(t)),
    disturb,
    options: { ...QUICK, ...options }
  })
}

/** What is missing, one line each. */
function missing({ manifest }: Snapshot): string[] {
  return manifest.items
    .filter(({ error }) => error !== null)
    .map(({ kind, node, path, error }) => `${node ?? 'cluster'} ${kind} ${path === null ? '' : '(in part) '}${error}`)
}

function at(path: string, disturbance: Disturbance, when: (url: URL, count: number) => boolean = () => true): Disturb {
  return (url, count) => (url.pathname === path && when(url, count) ? disturbance : undefined)
}

const SERVICES = '/api/v1/services'
const lists: [title: string, disturbance: Disturbance, error: RegExp][] = [
  ['hangs', { kind: 'hang' }, /^cluster services no end within 6 s$/],
  ['is reset', { kind: 'reset' }, /^cluster services the API server was not reached: .*EOF/],
  [
    'answers 401',
    { kind: 'status', code: 401, message: 'Unauthorized' },
    /^cluster services 401 Unauthorized: Unauthorized$/
  ],
  [
    'answers 403',
    { kind: 'status', code: 403, message: 'services is forbidden: User "u" cannot list' },
    /^cluster services 403 Forbidden: services is forbidden: User "u" cannot list$/
  ],
  [
    'answers 500',
    { kind: 'status', code: 500, message: 'etcdserver: request timed out' },
    /^cluster services 500 Internal Server Error: etcdserver: request timed out$/
  ],
  [
    'answers 429',
    { kind: 'status', code: 429, message: 'slow down', retryAfter: '1' },
    /^cluster services 429 Too Many Requests: slow down, and asked to wait 1 s$/
  ],
  [
    'breaks off',
    { kind: 'truncate', bytes: 40 },
    /^cluster services (aborted|socket hang up|ECONNRESET|no end within 6 s)/
  ],
  ['drips', { kind: 'drip' }, /^cluster services no end within 6 s$/]
]
for (const [title, disturbance, error] of lists) {
  test(`a list that ${title} for good costs that list`, async (t) => {
    const { snapshot, server } = await takeDisturbed(t, at(SERVICES, disturbance))
    const found = missing(snapshot)
    t.is(found.length, 1, found.join('\n'))
    t.regex(found[0]!, error)
    const tries = server.requests.filter((request) => request.startsWith(`GET ${SERVICES}?`)).length
    // Go's own client asks again on a connection that was kept, without being told to.
    if (disturbance.kind === 'reset') t.true(tries >= 2)
    else t.is(tries, /40[13]/.test(title) ? 1 : 2, 'tried again only where it may help')
  })
  test(`a list that ${title} once is tried again and is whole`, async (t) => {
    const { snapshot } = await takeDisturbed(
      t,
      at(SERVICES, disturbance, (_, count) => count === 0)
    )
    t.deepEqual(missing(snapshot).length, /40[13]/.test(title) ? 1 : 0, missing(snapshot).join('\n'))
  })
}

test('a list that hangs is given up in time, also when garbage is collected', async (t) => {
  const cleaning = setInterval(collectGarbage, 100)
  t.teardown(() => clearInterval(cleaning))
  t.timeout(60_000)
  const { snapshot } = await takeDisturbed(
    t,
    at(SERVICES, { kind: 'hang' }, (_, count) => count === 0)
  )
  t.deepEqual(missing(snapshot), [])
})

test('Retry-After is waited for, as seconds and as a date', async (t) => {
  const waits: number[] = []
  for (const retryAfter of ['7', new Date(Date.now() + 250_000).toUTCString()]) {
    const { snapshot } = await take(t, {
      disturb: at(SERVICES, { kind: 'status', code: 429, message: 'slow down', retryAfter }, (_, count) => count === 0),
      options: { ...QUICK, transports: [] },
      wait: async (ms) => void waits.push(ms)
    })
    t.is(snapshot.manifest.items.find(({ kind }) => kind === 'services')!.error, null)
  }
  t.is(waits.length, 2)
  t.is(waits[0], 7000)
  t.true(waits[1]! > 60_000 && waits[1]! <= 250_000)
})

test('a list whose continue token has expired is restarted, and no object is there twice', async (t) => {
  const gone: Disturbance = { kind: 'status', code: 410, message: 'The provided continue parameter is too old' }
  let expired = false
  const { snapshot, server } = await takeDisturbed(
    t,
    at('/api/v1/pods', gone, (url) => url.searchParams.get('continue') === '10' && !expired && (expired = true))
  )
  t.deepEqual(missing(snapshot), [])
  t.is(server.requests.filter((request) => /^GET \/api\/v1\/pods\?limit=5$/.test(request)).length, 2)
  const item = snapshot.manifest.items.find(({ kind }) => kind === 'pods')!
  const names = JSON.parse((await snapshot.read(item)).toString()).items.map(
    (one: { metadata: { name: string } }) => one.metadata.name
  )
  t.deepEqual(
    names,
    withAgents(objects()).pods.map(({ metadata }) => metadata.name)
  )
})

test('a continued list that expires each time is told, with what came of it', async (t) => {
  const gone: Disturbance = { kind: 'status', code: 410, message: 'too old' }
  const { snapshot } = await takeDisturbed(
    t,
    at('/api/v1/pods', gone, (url) => url.searchParams.get('continue') === '10')
  )
  t.deepEqual(missing(snapshot), ['cluster pods (in part) 410 Gone: too old (after 10 objects)'])
  const item = snapshot.manifest.items.find(({ kind }) => kind === 'pods')!
  t.is(JSON.parse((await snapshot.read(item)).toString()).items.length, 10)
})

test('a page in the middle that fails for good leaves what came before it', async (t) => {
  const { snapshot } = await takeDisturbed(
    t,
    at(SERVICES, { kind: 'status', code: 500, message: 'no' }, (url) => url.searchParams.has('continue'))
  )
  t.deepEqual(missing(snapshot), ['cluster services (in part) 500 Internal Server Error: no (after 5 objects)'])
})

test('an API of an older version is asked where the newer is not there', async (t) => {
  const { snapshot, server } = await take(t, {
    objects: { ...objects(), ingresses: [{ metadata: { name: 'shop', namespace: 'demo' } }] },
    disturb: (url) =>
      url.pathname.startsWith('/apis/networking.k8s.io/v1/')
        ? { kind: 'status', code: 404, message: 'the server could not find the requested resource' }
        : undefined
  })
  t.true(server.requests.some((request) => request.startsWith('GET /apis/networking.k8s.io/v1beta1/ingresses?')))
  t.true(server.requests.some((request) => request.startsWith('GET /apis/extensions/v1beta1/ingresses?')))
  const item = snapshot.manifest.items.find(({ kind }) => kind === 'ingresses')!
  t.is(item.error, null)
  t.deepEqual(item.command, ['GET', '/apis/extensions/v1beta1/ingresses'])
  const { items } = JSON.parse((await snapshot.read(item)).toString()) as { items: { apiVersion: string }[] }
  t.deepEqual([...new Set(items.map(({ apiVersion }) => apiVersion))], ['extensions/v1beta1'])
})

test('an API that no version has is told as such', async (t) => {
  const { snapshot } = await takeDisturbed(t, (url) =>
    url.pathname.endsWith('/ingresses')
      ? { kind: 'status', code: 404, message: 'the server could not find the requested resource' }
      : undefined
  )
  t.deepEqual(missing(snapshot), ['cluster ingresses 404 Not Found: the server could not find the requested resource'])
})

const EXEC = '/api/v1/namespaces/kube-system/pods/agent-kube-worker2/exec'
const execs: [title: string, disturbance: Disturbance, error: RegExp][] = [
  ['hangs', { kind: 'hang' }, /^no end within 6 s/],
  ['is reset', { kind: 'reset' }, /EOF|reset/],
  [
    'is forbidden',
    { kind: 'status', code: 403, message: 'pods "agent-kube-worker2" is forbidden: cannot create pods/exec' },
    /forbidden/i
  ],
  [
    'finds the node gone',
    { kind: 'status', code: 500, message: 'error dialing backend: dial tcp 10.0.0.3:10250: connect: no route to host' },
    /error dialing backend/
  ]
]
for (const [title, disturbance, error] of execs) {
  test(`an exec that ${title} for good costs that node`, async (t) => {
    const { snapshot } = await takeDisturbed(t, at(EXEC, disturbance))
    const failed = snapshot.manifest.items.filter((item) => item.error !== null)
    t.deepEqual(
      failed.map(({ node, kind, path }) => [node, kind, path]),
      NODE_KINDS.map((kind) => ['kube-worker2', kind, null])
    )
    for (const item of failed) t.regex(item.error!, error)
  })
}

test('a node that is not Ready is tried once', async (t) => {
  const all = withAgents(objects())
  const nodes = all.nodes.map((node) =>
    node.metadata.name !== 'kube-worker2'
      ? node
      : { ...node, status: { ...(node['status'] as object), conditions: [{ type: 'Ready', status: 'Unknown' }] } }
  )
  const { snapshot, server } = await take(t, {
    objects: { ...all, nodes },
    exec: await atNodes(t),
    options: QUICK,
    disturb: at(EXEC, {
      kind: 'status',
      code: 500,
      message: 'error dialing backend: dial tcp 10.0.0.3:10250: i/o timeout'
    })
  })
  t.is(missing(snapshot).length, NODE_KINDS.length)
  // Each kubectl exec looks its pod up first.
  t.is(
    server.requests.filter((request) => request === 'GET /api/v1/namespaces/kube-system/pods/agent-kube-worker2')
      .length,
    1
  )
})

test('an exec that the server cannot make once is made again', async (t) => {
  const { snapshot } = await takeDisturbed(
    t,
    at(EXEC, { kind: 'status', code: 500, message: 'error dialing backend: EOF' }, (_, count) => count < 2)
  )
  t.deepEqual(missing(snapshot), [])
})

test('an exec that never ends keeps what came before, and is not asked for that again', async (t) => {
  const exec = await atNodes(t)
  const asked: string[] = []
  const stuck: ExecHandler = async (call) => {
    if (call.pod !== 'agent-kube-worker2') return exec(call)
    asked.push(call.command.slice(2).join(' '))
    const stdout = (await exec(call)).stdout as Buffer
    return { stdout: stdout.subarray(0, stdout.indexOf('run sockets-ss')), then: new Promise(() => {}) }
  }
  const { snapshot } = await takeDisturbed(t, () => undefined, {}, stuck)
  t.deepEqual(
    missing(snapshot).map((line) => line.replace(/no end within.*/, 'no end')),
    ['sockets-ss', 'sysctls', 'versions'].map((kind) => `kube-worker2 ${kind} no end`)
  )
  t.deepEqual(asked, ['iptables addresses sockets settings', 'sockets settings'])
})

test('a deadline ends all of it, and the snapshot says what was not read by then', async (t) => {
  const deadline = new AbortController()
  const exec = await atNodes(t)
  const slow: ExecHandler = (call) => {
    if (call.pod !== 'agent-kube-worker1') return exec(call)
    setTimeout(() => deadline.abort(new Error('not within the 9 s of --deadline')), 200)
    return new Promise(() => {})
  }
  const { snapshot } = await takeDisturbed(
    t,
    () => undefined,
    { concurrency: 1, timeoutMs: 60_000, deadline: deadline.signal },
    slow
  )
  const found = missing(snapshot)
  t.true(found.includes('kube-worker1 iptables-save not within the 9 s of --deadline'), found.join('\n'))
  t.true(found.includes('kube-worker2 iptables-save not within the 9 s of --deadline'))
  t.true(found.includes('cluster endpointslices-after not within the 9 s of --deadline'))
  t.is(
    snapshot.manifest.items.find(({ kind, node }) => kind === 'iptables-save' && node === 'kube-master')!.error,
    null
  )
})

test('an interruption leaves no snapshot, and nothing of one', async (t) => {
  const interrupt = new AbortController()
  const stuck: ExecHandler = () => {
    interrupt.abort(new Error('interrupted'))
    return new Promise(() => {})
  }
  await t.throwsAsync(
    takeDisturbed(t, () => undefined, { timeoutMs: 60_000, interrupt: interrupt.signal }, stuck),
    { message: 'interrupted' }
  )
})

test('a node without our pod is reached by the next transport, and it is said how each was', async (t) => {
  const exec = await atNodes(t)
  const all = withAgents(objects(), ['kube-master', 'kube-worker1'])
  const others = withAgents(objects(), ['kube-worker2'])
    .pods.slice(-1)
    .map((pod) => ({ ...pod, metadata: { ...pod.metadata, name: 'proxy-2', labels: { app: 'proxy' } } }))
  const { snapshot, said } = await take(t, {
    objects: { ...all, pods: [...all.pods, ...others] },
    exec,
    options: {
      ...QUICK,
      transports: [
        { kind: 'exec', pods: { namespace: null, selector: 'app=nowhere' } },
        { kind: 'exec', pods: { namespace: null, selector: 'app=agent' } },
        { kind: 'exec', pods: { namespace: 'kube-system', selector: 'app=proxy' } }
      ]
    }
  })
  t.deepEqual(missing(snapshot), [])
  t.deepEqual(said, [
    'nodes are reached by exec (2 pods of app=agent), exec (1 pod of app=proxy); not exec (no pod of app=nowhere)'
  ])
  const ways = snapshot.manifest.items
    .filter(({ kind, backend }) => kind === 'iptables-save' && backend === undefined)
    .map(({ node, via }) => `${node} ${via}`)
  t.deepEqual(ways, [
    'kube-master exec kube-system/agent-kube-master',
    'kube-worker1 exec kube-system/agent-kube-worker1',
    'kube-worker2 exec kube-system/proxy-2'
  ])
})

test('a pod made for it is removed, whether it answers or not', async (t) => {
  const exec = await atNodes(t)
  const { snapshot, server } = await take(t, {
    objects: withAgents(objects(), []),
    exec: (call) =>
      call.pod.startsWith('snap-kube-worker2-')
        ? { failure: 'exec: "sh": executable file not found in $PATH' }
        : exec(call),
    options: { ...QUICK, transports: [{ kind: 'debug', image: 'tools:1', namespace: 'kube-system' }] }
  })
  t.deepEqual(
    missing(snapshot).map((line) => line.split(' ').slice(0, 2).join(' ')),
    NODE_KINDS.map((kind) => `kube-worker2 ${kind}`)
  )
  t.regex(
    snapshot.manifest.items.find(({ node }) => node === 'kube-master')!.via!,
    /^debug kube-system\/snap-kube-master-[0-9a-z]{5}$/
  )
  t.is(server.requests.filter((request) => request.startsWith('POST /api/v1/namespaces/kube-system/pods?')).length, 3)
  t.is(
    server.requests.filter((request) => request.startsWith('DELETE /api/v1/namespaces/kube-system/pods/snap-')).length,
    3
  )
})

test('a pod made for it is removed when the run is interrupted', async (t) => {
  const interrupt = new AbortController()
  const [made, removed] = [[] as string[], [] as string[]]
  await t.throwsAsync(
    take(t, {
      objects: withAgents(objects(), []),
      exec: () => {
        interrupt.abort(new Error('interrupted'))
        return new Promise(() => {})
      },
      disturb: (url, _, method) => {
        if (method === 'POST' && url.pathname.endsWith('/pods')) made.push(url.pathname)
        if (method === 'DELETE') removed.push(url.pathname)
        return undefined
      },
      options: {
        ...QUICK,
        timeoutMs: 60_000,
        concurrency: 2,
        interrupt: interrupt.signal,
        transports: [{ kind: 'debug', image: 'tools:1', namespace: 'kube-system' }]
      }
    }),
    { message: 'interrupted' }
  )
  t.true(made.length >= 1 && made.length <= 2)
  t.true(new Set(removed).size >= made.length, 'also where it is not known whether the pod was made')
})

test('pods that a killed run left are removed by the next', async (t) => {
  const { hostname } = await import('node:os')
  const left = withAgents(objects(), ['kube-master'])
    .pods.slice(-1)
    .map((pod) => ({
      ...pod,
      metadata: {
        ...pod.metadata,
        name: 'snap-kube-master-aaaaa',
        labels: { 'app.kubernetes.io/name': 'snap-debug', 'snap-collector': hostname().toLowerCase() }
      }
    }))
  const all = objects()
  const { server } = await take(t, {
    objects: withAgents({ ...all, pods: [...all.pods, ...left] }, []),
    exec: await atNodes(t),
    options: { ...QUICK, transports: [{ kind: 'debug', image: 'tools:1', namespace: 'kube-system' }] }
  })
  t.true(
    server.requests.some((request) =>
      request.startsWith('DELETE /api/v1/namespaces/kube-system/pods/snap-kube-master-aaaaa')
    )
  )
})

test('an API behind a path, as Rancher has it', async (t) => {
  const { snapshot } = await take(t, {
    objects: withAgents(objects()),
    exec: await atNodes(t),
    prefix: '/k8s/clusters/c-1',
    options: QUICK
  })
  t.deepEqual(missing(snapshot), [])
})

test('no more is asked at a time than allowed, of the API and of the nodes', async (t) => {
  const exec = await atNodes(t)
  let [now, most] = [0, 0]
  const counted: ExecHandler = async (call) => {
    most = Math.max(most, ++now)
    const answer = await exec(call)
    now--
    return answer
  }
  t.deepEqual(missing((await takeDisturbed(t, () => undefined, { concurrency: 2, pods: 'all' }, counted)).snapshot), [])
  t.is(most, 2)
})

test('backends: the sockets of the pods that are endpoints of Services, and no others', async (t) => {
  const exec = await atNodes(t)
  const { snapshot } = await takeDisturbed(t, () => undefined, { pods: 'backends', transports: [] }, exec)
  const asked = new Set(
    snapshot.manifest.items.flatMap(({ pod, namespace }) => (pod === undefined ? [] : [`${namespace}/${pod}`]))
  )
  interface Slice {
    endpoints: { targetRef?: { kind: string; namespace: string; name: string } }[] | null
  }
  const backends = new Set(
    (objects().endpointslices as unknown as Slice[]).flatMap(({ endpoints }) =>
      (endpoints ?? []).flatMap(({ targetRef }) =>
        targetRef?.kind === 'Pod' ? [`${targetRef.namespace}/${targetRef.name}`] : []
      )
    )
  )
  t.true(asked.size > 5)
  for (const pod of asked) t.true(backends.has(pod) || /svclb|traefik/.test(pod), pod)
})

test("a command of one's own: its words stay words", async (t) => {
  const path = nodePrograms(join(await temporary(t), 'bin'))
  const all = withAgents(objects())
  const { snapshot } = await take(t, {
    objects: all,
    options: {
      ...QUICK,
      transports: [{ kind: 'command', argv: ['env', `PATH=${path}:/usr/bin:/bin`, 'NODE={node} $(id); {address}'] }]
    }
  })
  t.deepEqual(missing(snapshot), [])
  t.is(snapshot.manifest.items.find(({ node }) => node === 'kube-master')!.via, 'command env')
})
