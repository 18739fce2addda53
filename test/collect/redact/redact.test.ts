import test from 'ava'
import { reduceList, reduceVersion } from '../../../src/collect/redact/list.ts'
import { keptArguments } from '../../../src/kinds/keep/arguments.ts'
import { API_KINDS, API_NAMES, type ApiName } from '../../../src/kinds/kinds.ts'
import { objects as captured, fixture } from '../cluster-fixture.ts'
import { planted, WHOLE_OBJECTS } from './whole-objects.ts'

const CANARY = 'c4n4ry'
// The captured cluster has none.
const INGRESS = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'shop', namespace: 'demo', uid: 'u', annotations: { 'kubernetes.io/ingress.class': 'traefik' } },
  spec: {
    ingressClassName: 'traefik',
    defaultBackend: { resource: { apiGroup: 'k8s.example', kind: 'Bucket', name: 'b' } },
    tls: [{ hosts: ['shop.example'] }],
    rules: [
      {
        host: 'shop.example',
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }]
        }
      }
    ]
  },
  status: { loadBalancer: { ingress: [{ ip: '141.75.148.138' }] } }
}
const ROUTE = {
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'IngressRoute',
  metadata: { name: 'shop', namespace: 'demo', uid: 'u' },
  spec: {
    entryPoints: ['websecure'],
    tls: {},
    routes: [
      {
        kind: 'Rule',
        match: 'Host(`shop.example`) && PathPrefix(`/api`)',
        priority: 7,
        syntax: 'v3',
        middlewares: [{ name: 'strip', namespace: 'demo' }],
        services: [
          { kind: 'Service', name: 'web', namespace: 'demo', port: 'http', scheme: 'h2c', weight: 3, nativeLB: true }
        ]
      }
    ]
  }
}
const objects = () => ({ ...captured(), ingresses: [INGRESS], ingressroutes: [ROUTE] })

/** Objects with names of the cluster's own making, all of whose values are kept. */
const MAPS = new Set(['labels', 'selector', 'matchLabels', 'nodeSelector', 'topology'])

/** A field nobody knows in every object of the tree, and the canary in every text that people and controllers write freely. */
function plant(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => plant(one))
  if (typeof value !== 'object' || value === null) return name === 'message' ? CANARY : value
  if (MAPS.has(name) && !('matchLabels' in value)) return value
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plant(one, key)]))
  return {
    ...inner,
    canary: CANARY,
    canaries: [CANARY, { canary: CANARY }],
    [`${CANARY}-object`]: { deep: { deeper: CANARY } }
  }
}

for (const plural of API_NAMES) {
  test(`${plural}: what is not named is dropped, at any depth`, (t) => {
    const given: { readonly [plural in ApiName]?: readonly object[] } = objects()
    // Of what the captured cluster has none, the objects that hold everything.
    for (const object of given[plural] ?? [planted(WHOLE_OBJECTS[plural], () => 'x')]) {
      const reduced = API_KINDS[plural].reduce(object)
      t.deepEqual(API_KINDS[plural].reduce(plant(object)), reduced)
      t.false(JSON.stringify(API_KINDS[plural].reduce(plant(object))).includes(CANARY))
      t.deepEqual(API_KINDS[plural].reduce(reduced), reduced, 'reducing twice changes nothing')
    }
  })
}

test('a field of the wrong shape is dropped, not copied', (t) => {
  const service = {
    kind: 'Service',
    metadata: 'x',
    spec: { type: { deep: CANARY }, ports: { port: 1 }, selector: [CANARY], clusterIPs: [{ ip: CANARY }] },
    status: [CANARY]
  }
  t.deepEqual(API_KINDS.services.reduce(service), { kind: 'Service', spec: { clusterIPs: [] } })
})

test('an IngressRoute keeps its routes', (t) => t.deepEqual(API_KINDS.ingressroutes.reduce(ROUTE), ROUTE))

for (const [match, kept] of [
  ['Host(`a`) && Headers(`X-Key`, `s3cr3t`)', 'Host(`a`) && Headers(`*****`, `******`)'],
  ['Query(`token=abc`) || Path(`/x`)', 'Query(`*****=***`) || Path(`/x`)'],
  ['Header(`a`, "b) && c")', 'Header(`*`, "** ** *")'],
  ['nonsense s3cr3t', '******** ******']
] as const) {
  test(`of a rule is kept what says where traffic goes: ${match}`, (t) => {
    const reduced = API_KINDS.ingressroutes.reduce({
      kind: 'IngressRoute',
      spec: { routes: [{ match }] }
    }) as typeof ROUTE
    t.is(reduced.spec.routes[0]!.match, kept)
    t.is(reduced.spec.routes[0]!.match.length, match.length)
  })
}

test('an Ingress keeps its rules', (t) => t.deepEqual(API_KINDS.ingresses.reduce(INGRESS), INGRESS))

test('null and empty are kept as they are', (t) => {
  const slice = { kind: 'EndpointSlice', addressType: 'IPv4', endpoints: null, ports: [] }
  t.deepEqual(API_KINDS.endpointslices.reduce(slice), slice)
  t.deepEqual(API_KINDS.endpoints.reduce({ kind: 'Endpoints' }), { kind: 'Endpoints' })
})

test('a Service, its slices and endpoints lose nothing that decides where a packet goes', (t) => {
  for (const plural of ['services', 'endpoints', 'endpointslices'] as const) {
    for (const object of objects()[plural]) {
      const { metadata, ...rest } = object
      const { metadata: kept, ...restKept } = API_KINDS[plural].reduce(object) as typeof object
      t.deepEqual(
        restKept,
        JSON.parse(
          JSON.stringify(rest, (key, value) => (key === 'targetRef' ? { ...value, resourceVersion: undefined } : value))
        )
      )
      t.deepEqual(
        Object.keys(metadata).filter((name) => !(name in kept)),
        [],
        metadata.name
      )
    }
  }
})

test('a pod of klipper-lb keeps its settings, by name and form; another pod keeps none', (t) => {
  const env = [
    { name: 'SRC_PORT', value: '443' },
    { name: 'DEST_PROTO', value: 'TCP' },
    { name: 'DEST_PORT', value: '443' },
    { name: 'SRC_RANGES', value: '0.0.0.0/0,2001:db8::/32' },
    { name: 'DEST_IPS', valueFrom: { fieldRef: { fieldPath: 'status.hostIPs', apiVersion: 'v1' } } }
  ]
  const secrets = [
    { name: 'TOKEN', value: CANARY },
    { name: 'DEST_IP', value: CANARY },
    { name: 'SRC_PORT', value: '443; curl' },
    { name: 'DEST_PORT', valueFrom: { secretKeyRef: { name: CANARY, key: CANARY } } }
  ]
  const pod = (labels: object) => ({
    kind: 'Pod',
    metadata: { labels },
    spec: { containers: [{ name: 'lb', env: [...env, ...secrets] }], initContainers: [{ name: 'i', env }] }
  })
  const envOf = (labels: object) => (API_KINDS.pods.reduce(pod(labels)) as any).spec.containers[0].env
  t.deepEqual(envOf({ 'svccontroller.k3s.cattle.io/svcname': 'traefik' }), [
    ...env.slice(0, 4),
    { name: 'DEST_IPS', valueFrom: { fieldRef: { fieldPath: 'status.hostIPs' } } },
    { name: 'DEST_PORT', valueFrom: {} }
  ])
  t.is(envOf({ app: 'svclb-traefik' }), undefined)
  const daemonSet = { kind: 'DaemonSet', spec: { template: pod({ 'svccontroller.k3s.cattle.io/svcname': 'traefik' }) } }
  t.is((API_KINDS.daemonsets.reduce(daemonSet) as any).spec.template.spec.containers[0].env.length, 6)
})

const argvs: [argv: unknown, kept: unknown][] = [
  [
    ['--providers.kubernetesingress', '--providers.kubernetesIngress.allowEmptyServices=true'],
    ['--providers.kubernetesingress', '--providers.kubernetesIngress.allowEmptyServices=true']
  ],
  [
    ['--entryPoints.web.address=:8000/tcp', '--entrypoints.web.http.redirections.entrypoint.to=websecure'],
    ['--entryPoints.web.address=:8000/tcp', '--entrypoints.web.http.redirections.entrypoint.to=websecure']
  ],
  [
    ['--proxy-mode', 'nftables', '--cluster-cidr', '10.42.0.0/16', '--masquerade-all'],
    ['--proxy-mode', 'nftables', '--cluster-cidr', '10.42.0.0/16', '--masquerade-all']
  ],
  [['--masquerade-all', '--token', CANARY], ['--masquerade-all']],
  [['--providers.consul.token', CANARY], []],
  [['--providers.kubernetescrd.token=c', '--providers.kubernetesingress.token', CANARY], []],
  [
    ['--providers.kubernetesingress.certauthfilepath=/x', '--api.insecure=true', '--proxy-modes=x', 'x--proxy-mode=x'],
    []
  ],
  [[`mkdir -p /w; echo ${CANARY}`], []],
  [[{ deep: CANARY }, 3, null], []],
  [CANARY, undefined],
  [undefined, undefined]
]
for (const [argv, kept] of argvs) {
  test(`arguments: ${JSON.stringify(argv)}`, (t) => t.deepEqual(keptArguments(argv), kept as string[]))
}

test('a list is one object a line, of the kind that was asked', (t) => {
  const { json, items } = reduceList('services', fixture('services'))
  t.is(json.split('\n').length, items.length + 3)
  t.deepEqual(JSON.parse(json), { apiVersion: 'v1', kind: 'List', items })
  t.is(reduceList('ingresses', fixture('ingresses')).json, '{"apiVersion":"v1","kind":"List","items":[]}\n')
})

const notLists: [title: string, json: string, message: RegExp][] = [
  ['JSON that ends early', fixture('services').slice(0, -20), /JSON that ends early/],
  ['no JSON', `error: ${CANARY}`, /JSON that ends early/],
  ['a Secret', JSON.stringify({ kind: 'Secret', data: CANARY }), /no List/],
  ['no items', '{"kind":"List"}', /no List/],
  [
    'another kind',
    JSON.stringify({ kind: 'List', items: [{ kind: 'Secret', data: CANARY }] }),
    /another kind of object than Service/
  ],
  ['null', 'null', /no List/]
]
for (const [title, json, message] of notLists) {
  test(`a list that is ${title} is refused without quoting it`, (t) => {
    t.notRegex(t.throws(() => reduceList('services', json), { message })!.message, /c4n4ry/)
  })
}

test('of versions only the numbers stay', (t) => {
  const both = {
    clientVersion: { gitVersion: 'v1.32.4', goVersion: 'go1.23' },
    kustomizeVersion: 'v5',
    serverVersion: { gitVersion: 'v1.20.2', buildDate: 'x' }
  }
  t.is(
    reduceVersion(JSON.stringify(both)),
    '{"clientVersion":{"gitVersion":"v1.32.4"},"serverVersion":{"gitVersion":"v1.20.2"}}\n'
  )
  t.throws(() => reduceVersion('{"clientVersion":{}}'), { message: /no version of the server/ })
  t.throws(() => reduceVersion('error: x'), { message: /JSON that ends early/ })
})
