/** API servers that nobody would run, by the collector's own writer: each run ends, and what it wrote is imported. */
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { openSnapshot, type Snapshot } from '../../src/archive/open.ts'
import { createSnapshot } from '../../src/archive/writer.ts'
import { type Collected, collect } from '../../src/collect/collect.ts'
import type { CollectOptions } from '../../src/collect/options.ts'
import type { ApiAnswer, Run } from '../../src/collect/ports.ts'
import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import { openStore } from '../../src/store/open.ts'
import { DEFAULTS, objects, pieces, temporary, withAgents } from './cluster-fixture.ts'

type Answer = Partial<ApiAnswer> | object | string
/** What a path of a list is answered with; undefined: the list of the fixture. */
type Hostile = (path: string, query: URLSearchParams, count: number) => Answer | undefined

const KINDS = {
  nodes: 'Node',
  namespaces: 'Namespace',
  services: 'Service',
  endpoints: 'Endpoints',
  endpointslices: 'EndpointSlice',
  pods: 'Pod',
  daemonsets: 'DaemonSet',
  ingresses: 'Ingress'
}
type Plural = keyof typeof KINDS

function listOf(plural: Plural, items: readonly unknown[], more: object = {}): object {
  return { apiVersion: 'v1', kind: `${KINDS[plural]}List`, metadata: more, items }
}

interface Result {
  readonly collected: Collected
  readonly snapshot: Snapshot
  readonly requests: number
  readonly waits: number
}

async function collectFrom(
  t: ExecutionContext,
  hostile: Hostile,
  { options = {}, run, now = () => new Date() }: { options?: Partial<CollectOptions>; run?: Run; now?: () => Date } = {}
): Promise<Result> {
  const all = objects()
  const counts = new Map<string, number>()
  let [requests, waits] = [0, 0]
  const answer = (address: string): ApiAnswer => {
    const { pathname, searchParams } = new URL(address, 'http://x')
    const count = counts.get(pathname) ?? 0
    counts.set(pathname, count + 1)
    requests++
    const plural = pathname.split('/').at(-1) as Plural
    const usual =
      pathname === '/version'
        ? { major: '1', gitVersion: 'v1.30.1' }
        : plural in KINDS
          ? listOf(plural, all[plural])
          : { status: 404 }
    const given = hostile(pathname, searchParams, count) ?? usual
    const bare = { status: 200, body: Buffer.alloc(0), retryAfterSeconds: null, failure: null }
    if (typeof given === 'string') return { ...bare, body: Buffer.from(given) }
    return 'status' in given || 'body' in given || 'failure' in given
      ? { ...bare, ...given }
      : { ...bare, body: Buffer.from(JSON.stringify(given)) }
  }
  const folder = await temporary(t)
  const collected = await collect(
    { ...DEFAULTS, clusterName: 'lab', ...options },
    {
      run: run ?? (async () => ({ exitCode: null, stderr: '', failure: 'nothing is run here' })),
      api: { get: async (path) => answer(path), close: async () => {} },
      now,
      random: () => 0,
      say: () => {},
      wait: async () => void waits++,
      open: (name) => createSnapshot(join(folder, 'snapshots'), name)
    }
  )
  if (collected.path === null) throw new Error(`no snapshot: ${collected.errors[0]?.[0]}`)
  const snapshot = await openSnapshot(collected.path)
  const store = openStore(':memory:')
  await importSnapshot(store, snapshot, new Date(0))
  store.close()
  return { collected, snapshot, requests, waits }
}

const error = ({ snapshot }: Result, kind = 'services'): string | null =>
  snapshot.manifest.items.find((item) => item.kind === kind)!.error

const at =
  (plural: string, answer: (query: URLSearchParams, count: number) => Answer | undefined): Hostile =>
  (path, query, count) =>
    path.endsWith(`/${plural}`) ? answer(query, count) : undefined

const service = (metadata: unknown, more: object = {}) => ({ metadata, spec: { type: 'ClusterIP' }, ...more })
const web = service({ namespace: 'demo', name: 'web' })
const services = (...items: unknown[]) => at('services', () => listOf('services', items))
const deep = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)

const cases: [title: string, hostile: Hostile, error: RegExp | null][] = [
  [
    'a token that comes again',
    at('services', () => listOf('services', [web], { continue: 'x' })),
    /goes on with the list and brings nothing new.*after 1 objects.*listed twice/
  ],
  [
    'tokens without end',
    at('services', (_, count) => listOf('services', [], { continue: `x${count}` })),
    /brings nothing new/
  ],
  [
    'tokens without end, and the same object',
    at('services', (_, count) => listOf('services', [web], { continue: `x${count}` })),
    /brings nothing new/
  ],
  ['a token that is no text', at('services', () => listOf('services', [web], { continue: { a: 1 } })), null],
  [
    'a token with odd letters',
    at('services', (query) =>
      query.has('continue') ? listOf('services', []) : listOf('services', [web], { continue: '\u0000\n&limit=0#' })
    ),
    null
  ],
  [
    'expired each time',
    at('services', (query) => (query.has('continue') ? { status: 410 } : listOf('services', [web], { continue: 'x' }))),
    /410 Gone/
  ],
  [
    'an object on two pages',
    at('services', (query) => listOf('services', [web], query.has('continue') ? {} : { continue: 'x' })),
    /^left out: Service demo\/web \(listed twice\)$/
  ],
  ['an object twice on a page', services(web, web, web), /listed twice\), and 1 more$/],
  ['an object without metadata', services(web, { spec: {} }), /^left out: Service without a name \(no metadata\)$/],
  ['metadata that is a list', services(web, service([])), /no metadata/],
  [
    'a name of another kind',
    services(web, service({ namespace: 'demo', name: 5 })),
    /^left out: Service demo\/5 \(a name that Kubernetes does not allow\)$/
  ],
  ['a name that leads out', services(web, service({ namespace: '../..', name: '../../etc/passwd' })), /does not allow/],
  [
    'a name with a terminal escape',
    services(web, service({ namespace: 'demo', name: '\u001b[2J\u0000' })),
    /^left out: Service demo\/"\\u001b\[2J\\u0000"/
  ],
  ['a name that is an option', services(web, service({ namespace: 'demo', name: '--help' })), /does not allow/],
  ['a name of 100 kB', services(web, service({ namespace: 'demo', name: 'a'.repeat(100_000) })), /^.{0,200}$/],
  [
    'a name called __proto__',
    services(web, service({ namespace: '__proto__', name: 'constructor' })),
    /does not allow/
  ],
  [
    'a label called __proto__',
    services(web, JSON.parse('{"metadata":{"namespace":"demo","name":"a","labels":{"__proto__":"x"}}}')),
    /names a field __proto__/
  ],
  ['no namespace', services(web, service({ name: 'web' })), /a namespace that Kubernetes does not allow/],
  [
    'a label of 3 MB',
    services(web, service({ namespace: 'demo', name: 'a', labels: { a: 'x'.repeat(3_000_000) } })),
    /text of more than/
  ],
  ['lone surrogates', services(service({ namespace: 'demo', name: 'a', labels: { a: '\ud800' } })), null],
  [
    'numbers that no column takes',
    services({ ...web, spec: { ports: [{ port: 1e300, nodePort: 80.5, name: null }] } }),
    null
  ],
  [
    'fields of other types',
    services({ ...web, spec: { ports: 'x', selector: [1], clusterIPs: { a: 1 }, type: {} }, status: 5 }),
    null
  ],
  ['items that are no objects', services(web, null, 5, 'x', []), /Service without a name \(no object\), and 3 more/],
  ['deep nesting within a field that is dropped', services({ ...web, annotations: deep(5000) }), null],
  ['deep nesting within metadata', services(service({ namespace: 'demo', name: 'a', labels: deep(5000) })), null],
  [
    'a page of nothing but objects',
    at('services', () => `{"apiVersion":"v1","kind":"ServiceList","items":[${'{},'.repeat(5_100_000)}{}]}`),
    /more than 5000000 parts/
  ],
  [
    'JSON that ends early',
    at('services', () => '{"apiVersion":"v1","kind":"ServiceList","items":[{"met'),
    /ends early or is none/
  ],
  ['HTML', at('services', () => '<html><script>alert(1)</script>'), /ends early or is none/],
  [
    'another kind of list',
    at('services', () => ({ apiVersion: 'v1', kind: 'SecretList', items: [{ data: { a: 'c4n4ry' } }] })),
    /another kind of list than ServiceList/
  ],
  ['objects of another kind in the list', services({ ...web, kind: 'Secret', data: { a: 'c4n4ry' } }), null],
  ['a body that is a number', at('services', () => '5'), /no list/],
  ['null', at('services', () => 'null'), /no list/],
  ['NUL bytes', at('services', () => '\0'.repeat(1000)), /ends early or is none/],
  [
    'a redirect',
    at('services', () => ({ status: 302, body: Buffer.from('') })),
    /^302 from the API server: without a message$/
  ],
  ['204', at('services', () => ({ status: 204 })), /^204 from the API server/],
  [
    'a storm of 429',
    at('services', () => ({ status: 429, retryAfterSeconds: 1 })),
    /^429 Too Many Requests: without a message, and asked to wait 1 s$/
  ],
  ['Retry-After of a year', at('services', () => ({ status: 429, retryAfterSeconds: 31_536_000 })), /^429/],
  [
    'an error of 1 MB',
    at('services', () => ({ status: 500, body: Buffer.from('a-'.repeat(500_000)) })),
    /^500 Internal Server Error: .{0,4100}$/
  ],
  [
    'an error with a terminal escape',
    at('services', () => ({ status: 403, body: Buffer.from('{"message":"\\u001b[2J no\\u202e\\nsecond"}') })),
    /^403 Forbidden: second$/
  ],
  ['a version that is none', (path) => (path === '/version' ? { gitVersion: '\u001b[2J' } : undefined), null],
  [
    'a version that forges another',
    (path) => (path === '/version' ? '{"gitVersion":"v1"},"clientVersion":{"gitVersion":"x"}' : undefined),
    null
  ],
  [
    'a pod with a container that is an option',
    at('pods', () =>
      listOf('pods', [{ metadata: { namespace: 'demo', name: 'a' }, spec: { containers: [{ name: '--help' }] } }])
    ),
    null
  ],
  [
    'a node with a name that leads out',
    at('nodes', () =>
      listOf('nodes', [{ metadata: { name: '../a' } }, { metadata: {} }, { metadata: { name: 'Node' } }])
    ),
    null
  ]
]
for (const [title, hostile, expected] of cases) {
  test(`an API server with ${title}`, async (t) => {
    const result = await collectFrom(t, hostile, { options: { pods: 'all' } })
    if (expected === null) t.is(error(result), null)
    else t.regex(error(result)!, expected)
    t.true(result.requests < 60, `${result.requests} requests`)
    for (const item of result.snapshot.manifest.items) {
      t.true((item.error ?? '').length < 4200)
      if (item.path !== null) t.notRegex((await result.snapshot.read(item)).toString(), /c4n4ry|\u001b/)
    }
  })
}

test('what /version says besides versions is not kept', async (t) => {
  const { snapshot } = await collectFrom(t, (path) =>
    path === '/version'
      ? { major: '1', gitVersion: 'v1.30.1+k3s1', buildDate: 'c4n4ry', platform: 'a b', more: {} }
      : undefined
  )
  const item = snapshot.manifest.items.find(({ kind }) => kind === 'version')!
  t.is((await snapshot.read(item)).toString(), '{"serverVersion":{"major":"1","gitVersion":"v1.30.1+k3s1"}}\n')
})

test('a server that does not answer is waited for with one list, not with each', async (t) => {
  const answers = at('nodes', (_, count) => (count === 0 ? undefined : { status: null, failure: 'no end within 6 s' }))
  const { requests, waits } = await collectFrom(
    t,
    (path, ...rest) =>
      answers(path, ...rest) ?? (path.endsWith('/nodes') ? undefined : { status: null, failure: 'no end within 6 s' }),
    { options: { concurrency: 1, retries: 3 } }
  )
  t.true(requests < 3 * 13, String(requests))
  t.true(waits <= 9, String(waits))
})

const AGENTS: Partial<CollectOptions> = {
  transports: [{ kind: 'exec', pods: { namespace: 'kube-system', selector: 'app=agent' } }],
  pods: 'svclb',
  retries: 3,
  concurrency: 1
}
const agents = at('pods', (query) => {
  const { pods } = withAgents(objects())
  return listOf(
    'pods',
    query.has('labelSelector') ? pods.filter(({ metadata }) => metadata.name.startsWith('agent-')) : pods
  )
})

for (const [said, seconds, tries] of [
  ['error: error dialing backend: dial tcp 10.0.0.3:10250: i/o timeout', 30, 2],
  ['error: error dialing backend: dial tcp 10.0.0.3:10250: connect: connection refused', 0, 4]
] as const) {
  test(`a node whose kubelet is behind a filter is tried ${tries} times in all (${seconds} s each)`, async (t) => {
    let clock = Date.now()
    const pods = withAgents(objects()).pods as unknown as { metadata: { name: string }; spec: { nodeName: string } }[]
    const asked: string[] = []
    const run: Run = async (argv, _options, read) => {
      const pod = pods.find(({ metadata }) => argv.includes(metadata.name))!
      await read(pieces(''))
      if (pod.spec.nodeName !== 'kube-worker2') return { exitCode: 1, stderr: 'container not found', failure: null }
      asked.push(pod.metadata.name)
      clock += seconds * 1000
      return { exitCode: 1, stderr: said, failure: null }
    }
    const { snapshot } = await collectFrom(t, agents, { options: AGENTS, run, now: () => new Date(clock) })
    t.deepEqual(
      asked,
      Array.from({ length: tries }, () => 'agent-kube-worker2')
    )
    const svclb = pods.find(
      ({ metadata, spec }) => metadata.name.startsWith('svclb-') && spec.nodeName === 'kube-worker2'
    )!
    const items = snapshot.manifest.items.filter(({ pod }) => pod === svclb.metadata.name)
    t.is(items.length, 12)
    for (const item of items) t.is(item.error, `not reached, as before: ${said}`)
  })
}

test('a pod that hangs is given up after two tries, the other pods of its node are asked', async (t) => {
  const asked: string[] = []
  const run: Run = async (argv, _options, read) => {
    const pod = argv.find((word) => /^(svclb|agent)-/.test(word))!
    asked.push(pod)
    await read(pieces(''))
    return pod.startsWith('svclb-')
      ? { exitCode: null, stderr: '', failure: 'no end within 120 s' }
      : { exitCode: 1, stderr: 'container not found', failure: null }
  }
  await collectFrom(t, agents, { options: AGENTS, run })
  const [svclb, others] = [
    asked.filter((pod) => pod.startsWith('svclb-')),
    asked.filter((pod) => pod.startsWith('agent-'))
  ]
  t.is(svclb.length, 2 * new Set(svclb).size)
  t.is(new Set(others).size, 3)
})

/** Names, texts and fields that Kubernetes would not take, and some that it does. */
const name = fc.oneof(
  fc.constantFrom('web', 'a', 'b-1'),
  fc.string({ maxLength: 5 }),
  fc.constantFrom<unknown>(null, 5, '', '..', '__proto__')
)
const anything = fc.anything({ maxDepth: 3, withNullPrototype: false })
const object = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      metadata: fc.record(
        { name, namespace: fc.constantFrom('demo', 'other', 'Bad'), labels: fc.dictionary(fc.string(), anything) },
        { requiredKeys: ['name'] }
      ),
      spec: anything,
      status: anything
    })
  },
  { weight: 1, arbitrary: anything }
)
const pages = fc.array(fc.array(object, { maxLength: 6 }), { minLength: 1, maxLength: 4 })

test('what the collector writes of any lists, import takes', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...(Object.keys(KINDS) as Plural[])), pages, async (plural, given) => {
      const items = given.map((page) => JSON.parse(JSON.stringify(page) ?? '[]') as unknown[])
      const hostile = at(plural, (query) => {
        const page = Number(query.get('continue') ?? 0)
        return listOf(plural, items[page] ?? [], page + 1 < items.length ? { continue: String(page + 1) } : {})
      })
      await collectFrom(t, hostile, { options: { pods: 'all' } })
    }),
    { numRuns: 30 }
  )
  t.pass()
})
