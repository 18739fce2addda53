import test from 'ava'
import { join } from 'node:path'
import { openSnapshot } from '../../../src/archive/open.ts'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import { matching, type IngressRule } from '../../../src/ask/trace/ingress.ts'
import { trace } from '../../../src/ask/trace/trace.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { root } from '../../support/cli.ts'

const rule = (ingress: string, fields: Partial<IngressRule>): IngressRule => ({
  namespace: 'demo', ingress, class: 'traefik', host: '', path: '/', pathType: 'Prefix', service: 'web', port: '80', ...fields
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
  ['the longest first', [rule('a', {}), rule('b', { path: '/api' }), rule('c', { host: 'x', path: '/api' })], 'x', '/api', ['c', 'b', 'a']],
  ['another class', [rule('a', { class: 'nginx' }), rule('b', { class: null })], 'x', '/', ['b']]
] as const) {
  test(`an Ingress takes a request by ${about}`, (t) => {
    t.deepEqual(matching(rules, { host, path }).map(({ ingress }) => ingress), [...expected])
  })
}

const INGRESSES = {
  kind: 'IngressList', apiVersion: 'networking.k8s.io/v1', metadata: {},
  items: [{
    apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { namespace: 'demo', name: 'shop' },
    spec: { rules: [{ host: 'shop.example.org', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }] } }] }
  }]
}

async function store(): Promise<{ store: Store; name: string }> {
  const sample = await openSnapshot(join(root, 'snapshots/2026-11-22T12-00-00Z'))
  const store = openStore(':memory:')
  const read: typeof sample.read = async (item) => (item.kind === 'ingresses' ? Buffer.from(JSON.stringify(INGRESSES)) : sample.read(item))
  await importSnapshot(store, { ...sample, read }, new Date(0))
  scopeTo(store, sample.name)
  return { store, name: sample.name }
}

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
      t.true(beyond!.unknown.some((text) => text.includes('IngressRoute and IngressRouteTCP objects')))
      t.true(assumptions.some((text) => text.startsWith('DNS is not asked')))
    }
  }
})

test('a host that no Ingress names is no name', async (t) => {
  const { store: opened, name } = await store()
  t.throws(() => trace(opened, name, { destination: 'http://other.example.org/' }), { message: /no node is named other.example.org/ })
})

test('where only an address is known, so is the question that is missing', async (t) => {
  const { store: opened, name } = await store()
  const { nodes } = trace(opened, name, { destination: '141.75.148.138:8087' })
  t.deepEqual(nodes[0]!.ways[0]!.beyond!.routes, [])
  t.is(nodes[0]!.ways[0]!.beyond!.unknown[0], 'where it sends a request depends on host and path: trace a URL')
})
