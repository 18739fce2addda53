import { join } from 'node:path'
import test from 'ava'
import { openSnapshot } from '../../../src/archive/open.ts'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import { type IngressRule, matching } from '../../../src/ask/trace/ingress-rule.ts'
import { trace } from '../../../src/ask/trace/trace.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { root } from '../../support/cli.ts'

const rule = (ingress: string, fields: Partial<IngressRule>): IngressRule => ({
  namespace: 'demo',
  ingress,
  class: 'traefik',
  host: '',
  path: '/',
  pathType: 'Prefix',
  service: 'web',
  port: '80',
  ...fields
})

for (const [about, rules, host, path, expected] of [
  ['host by name, whatever the case', [rule('a', { host: 'Web.example.org' })], 'web.example.org', '/', ['a']],
  ['another host', [rule('a', { host: 'web.example.org' })], 'example.org', '/', []],
  ['a wildcard is one label', [rule('a', { host: '*.example.org' })], 'web.example.org', '/', ['a']],
  ['a wildcard is not two', [rule('a', { host: '*.example.org' })], 'a.web.example.org', '/', []],
  ['nor none', [rule('a', { host: '*.example.org' })], 'example.org', '/', []],
  ['a prefix ends at a slash', [rule('a', { path: '/api' })], 'x', '/apis', []],
  ['a prefix itself', [rule('a', { path: '/api/' })], 'x', '/api', ['a']],
  ['below a prefix', [rule('a', { path: '/api' })], 'x', '/api/v1', ['a']],
  ['exactly', [rule('a', { path: '/api', pathType: 'Exact' })], 'x', '/api/v1', []],
  [
    'the longest first',
    [rule('a', {}), rule('b', { path: '/api' }), rule('c', { host: 'x', path: '/api' })],
    'x',
    '/api',
    ['c', 'b', 'a']
  ],
  ['another class', [rule('a', { class: 'nginx' }), rule('b', { class: null })], 'x', '/', ['b']]
] as const) {
  test(`an Ingress takes a request by ${about}`, (t) => {
    t.deepEqual(
      matching(rules, { host, path }).map(({ ingress }) => ingress),
      [...expected]
    )
  })
}

const INGRESSES = {
  kind: 'IngressList',
  apiVersion: 'networking.k8s.io/v1',
  metadata: {},
  items: [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { namespace: 'demo', name: 'shop' },
      spec: {
        rules: [
          {
            host: 'shop.example.org',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }]
            }
          }
        ]
      }
    }
  ]
}

/** The sample's cluster, with these routes of Traefik, and its pod with these arguments. */
async function store(routes?: readonly object[], args?: readonly string[]): Promise<{ store: Store; name: string }> {
  const sample = await openSnapshot(join(root, 'snapshots/2026-11-22T12-00-00Z'))
  const store = openStore(':memory:')
  const list = Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: routes ?? [] }))
  const read: typeof sample.read = async (item) => {
    if (item.kind === 'ingressroutes') return list
    if (item.kind === 'pods' && args)
      return Buffer.from(withArguments((await sample.read(item))!.toString('utf8'), args))
    return item.kind === 'ingresses' ? Buffer.from(JSON.stringify(INGRESSES)) : sample.read(item)
  }
  const [first] = sample.manifest.items.filter(({ kind }) => kind === 'ingresses')
  const items = routes
    ? [...sample.manifest.items, { ...first!, kind: 'ingressroutes' as const, path: 'cluster/ingressroutes.json' }]
    : sample.manifest.items
  await importSnapshot(store, { ...sample, manifest: { ...sample.manifest, items }, read }, new Date(0))
  scopeTo(store, sample.name)
  return { store, name: sample.name }
}

function withArguments(pods: string, args: readonly string[]): string {
  const list = JSON.parse(pods) as {
    items: { metadata: { name: string }; spec: { containers: { args?: readonly string[] }[] } }[]
  }
  for (const pod of list.items) if (pod.metadata.name.startsWith('traefik-')) pod.spec.containers[0]!.args = args
  return JSON.stringify(list)
}

const ARGS = [
  '--entryPoints.web.address=:8000/tcp',
  '--entrypoints.traefik.address=:9000/tcp',
  '--entrypoints.keycloak.address=:8888/tcp',
  '--providers.kubernetescrd',
  '--providers.kubernetesingress'
]

function route(
  name: string,
  match: string,
  services: readonly object[],
  more: object = {},
  kind = 'IngressRoute'
): object {
  const { entryPoints = ['web'], ...rest } = more as { entryPoints?: string[] }
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind,
    metadata: { namespace: 'demo', name },
    spec: { entryPoints, routes: [{ kind: 'Rule', match, services, ...rest }] }
  }
}

async function beyondOf(destination: string, routes: readonly object[], args: readonly string[] = ARGS) {
  const { store: opened, name } = await store(routes, args)
  return trace(opened, name, { destination }).nodes[0]!.ways[0]!.beyond!
}

const WEB = { name: 'web', port: 80 }

test('an IngressRoute sends to the endpoints of its Service, and goes before a shorter rule', async (t) => {
  const { routes, unknown } = await beyondOf('http://shop.example.org:80/cart', [
    route('cart', 'Host(`shop.example.org`) && PathPrefix(`/cart`)', [WEB])
  ])
  t.deepEqual(
    routes.map(({ kind, ingress, conditions }) => [kind, ingress, conditions]),
    [
      ['IngressRoute', 'demo/cart', []],
      ['Ingress', 'demo/shop', []]
    ]
  )
  t.is(routes[0]!.endpoints.length, 8)
  t.false(
    unknown.some((text) => /not collected|entry point/.test(text)),
    unknown.join('; ')
  )
})

test('routes of another entry point, host or path do not take it, a priority goes first, weights part it', async (t) => {
  const { routes } = await beyondOf('http://shop.example.org:80/cart', [
    route('secure', 'PathPrefix(`/`)', [WEB], { entryPoints: ['websecure'] }),
    route('other', 'Host(`other.example.org`)', [WEB]),
    route('below', 'Path(`/`)', [WEB]),
    route(
      'short',
      'PathPrefix(`/`)',
      [
        { ...WEB, weight: 3 },
        { name: 'extip', port: 'http', weight: 1 }
      ],
      { priority: 1000 }
    ),
    route('asked', 'PathPrefix(`/`) && Method(`POST`)', [WEB])
  ])
  t.deepEqual(
    routes.map(({ ingress, service, share, conditions }) => [ingress, service, share, conditions]),
    [
      ['demo/short', 'demo/extip', 0.25, []],
      ['demo/short', 'demo/web', 0.75, []],
      ['demo/shop', 'demo/web', 1, []],
      ['demo/asked', 'demo/web', 1, ['the method is POST']]
    ]
  )
})

test('a Service that is not there, a TraefikService, a native load balancer say what they are', async (t) => {
  const { routes: noted } = await beyondOf('http://shop.example.org:80/', [
    route('a', 'PathPrefix(`/`)', [{ name: 'gone', port: 80 }]),
    route('b', 'PathPrefix(`/`)', [{ kind: 'TraefikService', name: 'split' }]),
    route('c', 'PathPrefix(`/`)', [{ ...WEB, nativeLB: true }])
  ])
  t.deepEqual(
    noted.filter(({ kind }) => kind === 'IngressRoute').map(({ note }) => note.replace(/10\.[\d.]+/, 'IP')),
    [
      'there is no such Service',
      'where TraefikService split leads is not in the snapshot',
      "it dials the cluster IP IP, and the node's rules choose the endpoint: trace service/demo/web"
    ]
  )
})

test('an IngressRouteTCP takes a connection without a URL, by entry point', async (t) => {
  const tcp = (name: string, entryPoint: string) =>
    route(name, 'HostSNI(`*`)', [WEB], { entryPoints: [entryPoint] }, 'IngressRouteTCP')
  const { routes, unknown } = await beyondOf('141.75.148.138:8087', [tcp('there', 'keycloak'), tcp('elsewhere', 'web')])
  t.deepEqual(
    routes.map(({ kind, ingress, conditions }) => [kind, ingress, conditions]),
    [['IngressRouteTCP', 'demo/there', []]]
  )
  t.false(unknown.some((text) => text.includes('trace a URL')))
})

test('what the arguments do not say is a condition', async (t) => {
  const { routes } = await beyondOf(
    'http://shop.example.org:80/',
    [route('a', 'PathPrefix(`/`)', [WEB])],
    ['--entrypoints.web.address=:8000/tcp', '--providers.kubernetesingress']
  )
  t.deepEqual(routes.find(({ ingress }) => ingress === 'demo/a')!.conditions, [
    'Traefik reads them, which its arguments do not say (--providers.kubernetesCRD)'
  ])
})

test('a host that only an IngressRoute names is a name', async (t) => {
  const { routes } = await beyondOf('http://only.example.org:80/', [route('a', 'Host(`only.example.org`)', [WEB])])
  t.deepEqual(
    routes.map(({ ingress }) => ingress),
    ['demo/a']
  )
})

test('from Traefik on, the request goes to the endpoints that its Ingress names', async (t) => {
  const { store: opened, name } = await store()
  const { nodes } = trace(opened, name, { destination: 'http://shop.example.org:80/cart' })
  t.true(nodes.length > 0)
  for (const { ways } of nodes) {
    for (const { arrival, beyond, assumptions } of ways) {
      t.is(arrival.pod, 'traefik-ns/traefik-59cfdc49c7-dmm58')
      t.is(beyond!.routes.length, 1)
      t.like(beyond!.routes[0], { ingress: 'demo/shop', service: 'demo/web', port: 'http' })
      t.is(beyond!.routes[0]!.endpoints.length, 8)
      t.true(beyond!.unknown.includes('IngressRoute objects were not collected'))
      t.true(assumptions.some((text) => text.startsWith('DNS is not asked')))
    }
  }
})

test('a host that no Ingress names is no name', async (t) => {
  const { store: opened, name } = await store()
  t.throws(() => trace(opened, name, { destination: 'http://other.example.org/' }), {
    message: /no node is named other.example.org/
  })
})

test('where only an address is known, so is the question that is missing', async (t) => {
  const { store: opened, name } = await store()
  const { nodes } = trace(opened, name, { destination: '141.75.148.138:8087' })
  t.deepEqual(nodes[0]!.ways[0]!.beyond!.routes, [])
  t.is(nodes[0]!.ways[0]!.beyond!.unknown[0], 'where it sends a request depends on host and path: trace a URL')
})
