import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import type { ManifestItem } from '../../src/archive/manifest.ts'
import type { Snapshot } from '../../src/archive/open.ts'
import type { CollectOptions } from '../../src/collect/options.ts'
import type { Run } from '../../src/collect/ports.ts'
import { CLUSTER_ITEMS } from '../../src/kinds/items.ts'
import type { ExecHandler } from '../api-server/exec.ts'
import {
  collectOnly,
  execIn,
  hasKubectl,
  MARK,
  nodePrograms,
  objects,
  pieces,
  programs,
  TABLES,
  take,
  temporary,
  withAgents
} from './cluster-fixture.ts'

// Skipped, and counted as skipped, where there is no kubectl.
const test = (hasKubectl ? anyTest.serial : anyTest.serial.skip) as TestFn

const EXEC: Partial<CollectOptions> = {
  transports: [{ kind: 'exec', pods: { namespace: 'kube-system', selector: 'app=agent', container: 'shell' } }]
}

function find(snapshot: Snapshot, wanted: Partial<ManifestItem>): ManifestItem {
  const found = snapshot.manifest.items.filter(
    (item) =>
      Object.entries(wanted).every(([name, value]) => item[name as keyof ManifestItem] === value) &&
      (wanted.backend !== undefined || item.backend === undefined)
  )
  if (found.length !== 1) throw new Error(`${found.length} items of ${JSON.stringify(wanted)}`)
  return found[0]!
}

async function text(snapshot: Snapshot, wanted: Partial<ManifestItem>): Promise<string> {
  return (await snapshot.read(find(snapshot, wanted))).toString('utf8')
}

async function atNodes(t: ExecutionContext, other?: ExecHandler): Promise<ExecHandler> {
  const path = nodePrograms(join(await temporary(t), 'bin'))
  return (call) => (call.pod.startsWith('agent-') || other === undefined ? execIn(path, call) : other(call))
}

for (const spdyOnly of [false, true]) {
  test(`a whole cluster through the real kubectl${spdyOnly ? ', exec over SPDY/3.1' : ''}`, async (t) => {
    const all = withAgents(objects())
    const exec = await atNodes(t)
    const { collected, snapshot, server } = await take(t, {
      objects: all,
      exec,
      spdyOnly,
      chunk: 4,
      options: { ...EXEC, pods: 'traefik' }
    })

    t.deepEqual(
      snapshot.manifest.items.filter(({ error }) => error !== null),
      []
    )
    t.like(collected, { failed: 0, total: snapshot.manifest.items.length, name: snapshot.name })
    const kubeSystem = all.namespaces.find(({ metadata }) => metadata.name === 'kube-system')!
    t.deepEqual(snapshot.manifest.cluster, { name: 'lab', uid: (kubeSystem.metadata as { uid?: string }).uid! })
    t.is(snapshot.manifest.tool, 'snap test')

    for (const kind of [
      'nodes',
      'namespaces',
      'services',
      'endpoints',
      'endpointslices',
      'pods',
      'daemonsets',
      'ingresses'
    ] as const) {
      const names = JSON.parse(await text(snapshot, { kind })).items.map(
        (item: { metadata: { name: string } }) => item.metadata.name
      )
      t.deepEqual(
        names,
        all[kind].map(({ metadata }) => metadata.name),
        kind
      )
    }
    t.is(JSON.parse(await text(snapshot, { kind: 'version' })).serverVersion.gitVersion, 'v1.20.2')

    for (const {
      metadata: { name: node }
    } of all.nodes) {
      t.is(await text(snapshot, { kind: 'iptables-save', node }), TABLES)
      t.regex(find(snapshot, { kind: 'iptables-save', node }).stderr!, /^# Warning: iptables-legacy tables present/)
      t.is(await text(snapshot, { kind: 'iptables-save', node, backend: 'legacy' }), TABLES)
      t.is(await text(snapshot, { kind: 'ip6tables-save', node }), '')
      t.is(await text(snapshot, { kind: 'ip-address', node }), '[{"asked":"address"}]\n')
      t.is(await text(snapshot, { kind: 'ip-route', node }), '[{"asked":"route"}]\n')
      t.regex(await text(snapshot, { kind: 'sockets-ss', node }), /^Netid/)
    }
    const ofPods = snapshot.manifest.items.filter(({ pod }) => pod !== undefined)
    const svclb = all.pods.filter(({ metadata }) => metadata.name.startsWith('svclb-'))
    t.is(svclb.length, 3)
    for (const {
      metadata: { name: pod, namespace }
    } of svclb) {
      for (const container of ['lb-port-80', 'lb-port-443', 'lb-port-8080', 'lb-port-8087']) {
        t.is(await text(snapshot, { kind: 'iptables-save', namespace: namespace!, pod, container }), TABLES)
      }
    }
    t.deepEqual(
      ofPods.filter(({ pod }) => pod!.startsWith('traefik-')).map(({ kind }) => kind),
      ['sockets-ss']
    )

    const [before, after] = [
      find(snapshot, { kind: 'endpointslices' }),
      find(snapshot, { kind: 'endpointslices-after' })
    ]
    // What is in both lists was there while everything else was read.
    const others = snapshot.manifest.items.filter((item) => item !== before && item !== after)
    t.deepEqual(
      others
        .filter(({ startedAt, endedAt }) => startedAt < before.endedAt || endedAt > after.startedAt)
        .map(({ kind }) => kind),
      []
    )
    t.deepEqual(before.command, ['GET', '/apis/discovery.k8s.io/v1/endpointslices'])

    t.false(
      server.requests.some((request) => request.includes('/secrets')),
      'no Secret is read'
    )
    t.true(
      server.requests.some((request) => request.includes('continue=4')),
      'lists came in chunks'
    )
    if (spdyOnly) t.deepEqual([...server.spoken], ['spdy'])
  })
}

test('one node of four does not answer: its items have errors, the others are whole', async (t) => {
  const all = objects()
  const four = {
    ...all,
    nodes: [...all.nodes, { ...all.nodes[1]!, metadata: { ...all.nodes[1]!.metadata, name: 'kube-worker3' } }]
  }
  const exec = await atNodes(t)
  const broken: ExecHandler = (call) =>
    call.pod === 'agent-kube-worker2'
      ? { failure: 'exec: "sh": executable file not found in $PATH: unknown' }
      : exec(call)
  const { collected, snapshot } = await take(t, { objects: withAgents(four), exec: broken, options: EXEC })
  const failed = snapshot.manifest.items.filter(({ error }) => error !== null)
  t.deepEqual(
    failed.map(({ node, kind, path, error }) => ({ node, kind, path, error })),
    (['ip-address', 'ip-route', 'ip6tables-save', 'iptables-save', 'sockets-ss', 'sysctls', 'versions'] as const).map(
      (kind) => ({
        node: 'kube-worker2',
        kind,
        path: null,
        error: 'error: Internal error occurred: exec: "sh": executable file not found in $PATH: unknown'
      })
    )
  )
  t.is(collected.failed, 7)
  for (const node of ['kube-master', 'kube-worker1', 'kube-worker3'])
    t.is(await text(snapshot, { kind: 'iptables-save', node }), TABLES)
})

const unreachable: [
  title: string,
  agents: (all: ReturnType<typeof objects>) => ReturnType<typeof objects>,
  error: string
][] = [
  [
    'has no agent',
    (all) => withAgents(all, ['kube-master', 'kube-worker1']),
    'no pod of app=agent in kube-system on this node'
  ],
  [
    'has an agent with a network of its own',
    (all) => edit(withAgents(all), { spec: { nodeName: 'kube-worker2' } }),
    "the pod of app=agent in kube-system has a network of its own (no hostNetwork): its tables are not the node's"
  ],
  [
    'has an agent that is not running',
    (all) => edit(withAgents(all), { status: { phase: 'Pending' } }),
    'the pod of app=agent in kube-system on this node is not running'
  ]
]
function edit(all: ReturnType<typeof objects>, change: object): ReturnType<typeof objects> {
  return {
    ...all,
    pods: all.pods.map((pod) => (pod.metadata.name === 'agent-kube-worker2' ? { ...pod, ...change } : pod))
  }
}
for (const [title, agents, error] of unreachable) {
  test(`a node that ${title} is told why it was not read`, async (t) => {
    const { snapshot } = await take(t, { objects: agents(objects()), exec: await atNodes(t), options: EXEC })
    t.is(find(snapshot, { kind: 'iptables-save', node: 'kube-worker2' }).error, error)
    t.is(find(snapshot, { kind: 'iptables-save', node: 'kube-worker1' }).error, null)
  })
}

test("an answer of another machine is not taken for the node's", async (t) => {
  const all = withAgents(objects())
  const nodes = all.nodes.map((node, index) =>
    index === 0 ? { ...node, status: { nodeInfo: { bootID: '11111111-2222-3333-4444-555555555555' } } } : node
  )
  const { snapshot } = await take(t, { objects: { ...all, nodes }, exec: await atNodes(t), options: EXEC })
  const item = find(snapshot, { kind: 'iptables-save', node: 'kube-master' })
  t.regex(item.error!, /^not this node: .* answered, booted as .*, not 11111111-2222-3333-4444-555555555555$/)
  t.is(item.path, null)
  t.is(find(snapshot, { kind: 'iptables-save', node: 'kube-worker1' }).error, null)
})

test('an answer that ends early keeps what is whole and says what is not', async (t) => {
  const exec = await atNodes(t)
  const cut: ExecHandler = async (call) => {
    const answer = await exec(call)
    const stdout = answer.stdout as Buffer
    return { ...answer, stdout: stdout.subarray(0, stdout.indexOf('COMMIT', stdout.indexOf('COMMIT') + 1)) }
  }
  const { snapshot } = await take(t, { objects: withAgents(objects()), exec: cut, options: EXEC })
  const node = 'kube-master'
  t.is(await text(snapshot, { kind: 'iptables-save', node }), TABLES)
  t.is(find(snapshot, { kind: 'iptables-save', node }).error, null)
  const half = find(snapshot, { kind: 'iptables-save', node, backend: 'legacy' })
  t.like(half, { error: 'the output ended early', exitCode: null })
  t.is((await snapshot.read(half)).toString(), TABLES.slice(0, TABLES.indexOf('COMMIT')))
  t.like(find(snapshot, { kind: 'sockets-ss', node }), { error: 'the output ended early', path: null })
})

test('a list that is forbidden is an item with an error; what needs it is left, the rest is whole', async (t) => {
  const message =
    'endpointslices.discovery.k8s.io is forbidden: User "reader" cannot list resource "endpointslices" in API group "discovery.k8s.io" at the cluster scope'
  const { snapshot, collected } = await take(t, { refuse: { endpointslices: { code: 403, message } } })
  for (const kind of ['endpointslices', 'endpointslices-after'] as const) {
    const item = find(snapshot, { kind })
    t.is(item.path, null)
    t.regex(item.error!, /^403 Forbidden: endpointslices\.discovery\.k8s\.io is forbidden: User "reader" cannot list/)
    t.is(item.exitCode, null)
  }
  t.is(find(snapshot, { kind: 'services' }).error, null)
  t.is(collected.failed, 2 + 3 * 7)
  t.is(
    find(snapshot, { kind: 'iptables-save', node: 'kube-master' }).error,
    'no way to the nodes was chosen (exec, debug, ssh, command or local)'
  )
})

test('an image whose ss and netstat refuse is asked by /proc', async (t) => {
  const root = await temporary(t)
  const path = programs(join(root, 'bin'), {
    ss: 'echo "ss: refused" >&2; exit 1',
    netstat: 'echo "netstat: invalid option" >&2; exit 1'
  })
  const { snapshot } = await take(t, { exec: (call) => execIn(path, call), options: { pods: 'traefik' } })
  const pod = 'traefik-59cfdc49c7-dmm58'
  const item = find(snapshot, { pod, kind: 'sockets-proc' })
  t.is(item.error, null)
  t.regex((await snapshot.read(item)).toString(), /^ +sl +local_address/)
  t.deepEqual(
    snapshot.manifest.items.filter((one) => one.pod === pod).map(({ kind }) => kind),
    ['sockets-proc']
  )
})

test('a container that is gone: an item with what kubectl said', async (t) => {
  const { snapshot } = await take(t, {
    exec: () => ({ failure: 'container not found ("lb-port-80")' }),
    options: { pods: 'svclb' }
  })
  const item = find(snapshot, { pod: 'svclb-traefik-h5xcg', container: 'lb-port-80', kind: 'iptables-save' })
  t.like(item, { path: null, error: 'error: Internal error occurred: container not found ("lb-port-80")' })
})

test('ssh gets an argv of its own, the script by stdin', async (t) => {
  const path = nodePrograms(join(await temporary(t), 'bin'))
  const asked: (readonly string[])[] = []
  const ssh =
    (real: Run): Run =>
    (argv, options, read) => {
      if (argv[0] !== 'ssh') return real(argv, options, read)
      asked.push(argv)
      const at = argv.indexOf('--')
      return argv[at + 1] === 'kube-worker2'
        ? real(
            ['sh', '-c', 'echo "ssh: connect to host kube-worker2 port 22: Connection refused" >&2; exit 255'],
            options,
            read
          )
        : real(['env', `PATH=${path}:/usr/bin:/bin`, ...argv.slice(at + 2)], options, read)
    }
  const { snapshot } = await take(t, {
    objects: withAgents(objects()),
    run: ssh,
    options: { transports: [{ kind: 'ssh', ssh: { user: 'root', identity: 'key' } }] }
  })
  t.deepEqual(asked[0], [
    'ssh',
    '-T',
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=15',
    '-o',
    'ServerAliveInterval=15',
    '-l',
    'root',
    '-i',
    'key',
    '--',
    'kube-master',
    'sh',
    '-s',
    'iptables',
    'addresses',
    'sockets',
    'settings'
  ])
  t.is(await text(snapshot, { kind: 'iptables-save', node: 'kube-worker1' }), TABLES)
  t.is(
    find(snapshot, { kind: 'iptables-save', node: 'kube-worker2' }).error,
    'ssh: connect to host kube-worker2 port 22: Connection refused'
  )
})

test('a cluster that does not answer: no snapshot, since it would know nothing, and every reason', async (t) => {
  const { collected } = await collectOnly(t, { options: { context: 'other', timeoutMs: 20_000, retries: 0 } })
  t.is(collected.path, null)
  t.is(collected.failed, collected.total)
  for (const [error] of collected.errors) t.regex(error, /^the API server was not reached: .*refused$/)
})

test('a cluster that does not answer, from one of its nodes: what that says is kept', async (t) => {
  const path = nodePrograms(join(await temporary(t), 'bin'))
  const { snapshot } = await take(t, {
    options: { context: 'other', timeoutMs: 20_000, retries: 0, transports: [{ kind: 'local', node: 'here' }] },
    run: (real) => (argv, options, read) =>
      real(argv[0] === 'sh' ? ['env', `PATH=${path}:/usr/bin:/bin`, ...argv] : argv, options, read)
  })
  t.deepEqual(snapshot.manifest.cluster, { name: 'elsewhere', uid: null })
  t.is(await text(snapshot, { kind: 'iptables-save', node: 'here' }), TABLES)
  t.regex(find(snapshot, { kind: 'services' }).error!, /refused/)
})

anyTest('without kubectl every item says so', async (t) => {
  const { snapshot, collected } = await take(t, {
    options: { kubectl: './no-such-kubectl', clusterName: 'mine', transports: [{ kind: 'local', node: 'here' }] },
    run: (real) => async (argv, options, read) => {
      if (argv[0] !== 'sh') return real(argv, options, read)
      await read(
        pieces(
          `snap-node 2 ${MARK}\nhost h\nboot b\nstart 2026-11-22T10:16:09Z\nrun iptables-save - iptables-save -c\n\n${MARK} messages\n\n${MARK} exit 0\nend x\n`
        )
      )
      return { exitCode: 0, stderr: '', failure: null }
    }
  })
  t.is(snapshot.manifest.cluster.name, 'mine')
  t.is(find(snapshot, { kind: 'services' }).error, './no-such-kubectl: no such program')
  t.is(find(snapshot, { kind: 'services' }).exitCode, null)
  t.is(await text(snapshot, { kind: 'iptables-save', node: 'here' }), '')
  t.is(find(snapshot, { kind: 'ip-route', node: 'here' }).error, 'not in the output')
  t.is(collected.failed, CLUSTER_ITEMS.length + 6)
})

const ROUTES = [
  {
    metadata: { namespace: 'demo', name: 'shop' },
    spec: {
      entryPoints: ['web'],
      routes: [{ kind: 'Rule', match: 'Host(`shop`)', services: [{ name: 'web', port: 80 }] }]
    }
  }
]

test('the routes of Traefik are one list, of all its kinds and groups', async (t) => {
  const { snapshot } = await take(t, { objects: { ...objects(), ingressroutes: ROUTES, ingressrouteudps: ROUTES } })
  const { items } = JSON.parse(await text(snapshot, { kind: 'ingressroutes' })) as {
    items: { apiVersion: string; kind: string }[]
  }
  // The tests' server gives the same to both groups.
  t.deepEqual(
    items.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
    [
      'traefik.io/v1alpha1 IngressRoute',
      'traefik.io/v1alpha1 IngressRouteUDP',
      'traefik.containo.us/v1alpha1 IngressRoute',
      'traefik.containo.us/v1alpha1 IngressRouteUDP'
    ]
  )
})

const ROUTE_KINDS = ['ingressroutes', 'ingressroutetcps', 'ingressrouteudps']
const refusedRoutes = (code: number, message: string) =>
  Object.fromEntries(ROUTE_KINDS.map((plural) => [plural, { code, message }]))

test('a cluster without Traefik has no routes, and that is known', async (t) => {
  const { snapshot } = await take(t, { refuse: refusedRoutes(404, 'the server could not find the requested resource') })
  t.is(find(snapshot, { kind: 'ingressroutes' }).error, null)
  t.is(await text(snapshot, { kind: 'ingressroutes' }), '{"apiVersion":"v1","kind":"List","items":[]}\n')
})

test('of the Gateway API each kind is a list of its own; one that the server does not know is empty, and that is known', async (t) => {
  const route = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'shop', namespace: 'demo', uid: 'u' },
    spec: { rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] }
  }
  const { snapshot } = await take(t, { objects: { ...objects(), httproutes: [route] } })
  t.true((await text(snapshot, { kind: 'httproutes' })).includes('"backendRefs":[{"name":"web","port":80}]'))
  for (const kind of [
    'gatewayclasses',
    'gateways',
    'grpcroutes',
    'tlsroutes',
    'tcproutes',
    'udproutes',
    'referencegrants'
  ] as const) {
    t.is(find(snapshot, { kind }).error, null, kind)
    t.is(await text(snapshot, { kind }), '{"apiVersion":"v1","kind":"List","items":[]}\n', kind)
  }
})

test('where the routes may not be listed, they are not known', async (t) => {
  const { snapshot } = await take(t, { refuse: refusedRoutes(403, 'forbidden here') })
  t.like(find(snapshot, { kind: 'ingressroutes' }), { path: null })
  t.regex(find(snapshot, { kind: 'ingressroutes' }).error!, /forbidden here/)
})

test('no secret reaches the disk, wherever it stood', async (t) => {
  const CANARY = 'c4n4ry-s3cr3t'
  const all = objects()
  const planted = {
    ...all,
    pods: all.pods.map((pod) => {
      const { spec, status, metadata } = structuredClone(pod) as any
      metadata.annotations = {
        'kubectl.kubernetes.io/last-applied-configuration': CANARY,
        note: CANARY,
        'traefik.ingress.kubernetes.io/auth-secret': CANARY
      }
      metadata.managedFields = [{ manager: CANARY }]
      for (const container of spec.containers) {
        container.env = [
          ...(container.env ?? []),
          { name: 'PASSWORD', value: CANARY },
          { name: 'DEST_IP', value: CANARY }
        ]
        container.args = [
          '--providers.consul.token',
          CANARY,
          `--providers.redis.password=${CANARY}`,
          '--entrypoints.web.address=:8000'
        ]
        container.command = ['sh', '-c', CANARY]
        container.readinessProbe = {
          exec: { command: [CANARY] },
          httpGet: { port: 80, path: `/?t=${CANARY}`, httpHeaders: [{ name: 'Authorization', value: CANARY }] }
        }
      }
      spec.volumes = [{ name: 'v', secret: { secretName: CANARY } }]
      status.message = CANARY
      status.conditions = [{ type: 'Ready', status: 'True', message: CANARY }]
      for (const one of status.containerStatuses ?? [])
        one.state.waiting = { reason: 'CrashLoopBackOff', message: CANARY }
      return { ...pod, metadata, spec, status }
    }),
    services: all.services.map((service) => ({
      ...service,
      metadata: {
        ...service.metadata,
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': CANARY,
          'service.kubernetes.io/topology-mode': 'Auto'
        }
      }
    })),
    ingresses: [
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: {
          name: 'shop',
          namespace: 'demo',
          annotations: {
            'traefik.ingress.kubernetes.io/custom-request-headers': CANARY,
            'traefik.ingress.kubernetes.io/router.tls': 'true'
          }
        },
        spec: {
          tls: [{ hosts: ['shop.example'], secretName: CANARY }],
          rules: [
            {
              host: 'shop.example',
              http: {
                paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }]
              }
            }
          ]
        }
      }
    ]
  }
  const exec: ExecHandler = () => ({
    stderr: `Authorization: Bearer ${CANARY}.abc\nhttps://u:${CANARY}@host/ --token=${CANARY} failed\n`,
    exitCode: 1
  })
  const { snapshot } = await take(t, { objects: planted, exec, options: { pods: 'svclb' } })
  t.false(readFileSync(join(snapshot.path, 'manifest.json'), 'utf8').includes(CANARY))
  for (const item of snapshot.manifest.items) {
    if (item.path !== null) t.false((await snapshot.read(item)).includes(CANARY), item.path)
  }
  const [ingress] = JSON.parse(await text(snapshot, { kind: 'ingresses' })).items
  t.deepEqual(ingress.metadata.annotations, { 'traefik.ingress.kubernetes.io/router.tls': 'true' })
  t.deepEqual(ingress.spec.rules[0].http.paths[0].backend, { service: { name: 'web', port: { number: 80 } } })
  const svclb = JSON.parse(await text(snapshot, { kind: 'pods' })).items.find(
    (pod: any) => pod.metadata.name === 'svclb-traefik-h5xcg'
  )
  t.deepEqual(svclb.spec.containers[0].args, ['--entrypoints.web.address=:8000'])
  t.deepEqual(
    svclb.spec.containers[0].env.map((one: any) => one.name),
    ['SRC_PORT', 'DEST_PROTO', 'DEST_PORT', 'DEST_IP']
  )
})
