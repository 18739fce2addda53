import test from 'ava'
import {
  readGateway,
  readGatewayListeners,
  readGatewayRoutes,
  readReferenceGrants
} from '../../../src/parse/kubernetes/gateway.ts'

const WHO = { namespace: 'demo', name: 'shop' }
const condition = (type: string, status: string) => ({ type, status })

test('a row for each backend of each rule, with what the API takes where nothing is given', (t) => {
  const rows = readGatewayRoutes(
    {
      kind: 'HTTPRoute',
      spec: {
        parentRefs: [
          { name: 'edge', namespace: 'infra', sectionName: 'https' },
          { name: 'local', port: 8080 }
        ],
        hostnames: ['shop.example'],
        rules: [
          {
            matches: [{ path: { type: 'Exact', value: '/api' }, method: 'GET', headers: [{ name: 'X-Key' }] }, {}],
            backendRefs: [
              { name: 'web', port: 80 },
              { name: 'canary', namespace: 'next', port: 80, weight: 0 }
            ]
          },
          { filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }
        ]
      },
      status: {
        parents: [
          { conditions: [condition('Accepted', 'True'), condition('ResolvedRefs', 'False')] },
          { conditions: [condition('Accepted', 'True')] }
        ]
      }
    },
    WHO
  )
  t.like(rows[0], {
    parents: ['infra/edge/https', 'demo/local:8080'],
    accepted: true,
    resolved: false,
    matches: ['Exact /api && GET && header X-Key', 'PathPrefix /'],
    backendKind: 'Service',
    backendNamespace: 'demo',
    backend: 'web',
    weight: 1
  })
  t.like(rows[1], { backendNamespace: 'next', backend: 'canary', weight: 0, position: 0 })
  t.like(rows[2], { backend: '', filters: ['RequestRedirect scheme=https statusCode=301'], weight: null, position: 1 })
})

test('a status that says nothing is unknown, not refused', (t) => {
  const [row] = readGatewayRoutes({ kind: 'TCPRoute', spec: { rules: [{}] } }, WHO)
  t.like(row, { accepted: null, resolved: null, hostnames: [] })
  t.is(readGateway({ spec: {} }, WHO).programmed, null)
})

test('a gRPC match names service and method', (t) => {
  const [row] = readGatewayRoutes(
    { kind: 'GRPCRoute', spec: { rules: [{ matches: [{ method: { service: 'shop.Cart' } }] }] } },
    WHO
  )
  t.deepEqual(row!.matches, ['Exact shop.Cart/*'])
})

test('listeners and grants', (t) => {
  t.like(
    readGatewayListeners({ spec: { listeners: [{ name: 'https', port: 443, protocol: 'HTTPS', tls: {} }] } }, WHO)[0],
    {
      hostname: '',
      tlsMode: 'Terminate',
      routesFrom: 'Same',
      routeKinds: []
    }
  )
  t.like(
    readReferenceGrants(
      {
        spec: {
          from: [
            { kind: 'HTTPRoute', namespace: 'a' },
            { kind: 'HTTPRoute', namespace: 'b' }
          ],
          to: [{ kind: 'Service' }]
        }
      },
      WHO
    ),
    { 1: { fromNamespace: 'b', toKind: 'Service', toName: '' } }
  )
})
