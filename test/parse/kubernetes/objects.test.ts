import test from 'ava'
import { readEndpointSlice, readEndpoints } from '../../../src/parse/kubernetes/endpoints.ts'
import { readItems, readList } from '../../../src/parse/kubernetes/list.ts'
import { readNode } from '../../../src/parse/kubernetes/node.ts'
import { readContainers, readPod } from '../../../src/parse/kubernetes/pod.ts'
import { readService, readServicePorts } from '../../../src/parse/kubernetes/service.ts'
import { readIngress } from '../../../src/parse/kubernetes/workload.ts'

const who = { namespace: 'demo', name: 'web' }

test('a List, one object, and neither', (t) => {
  t.is(readList('{"kind":"List","items":[{"metadata":{"name":"a"}}]}').length, 1)
  t.is(readList('{"kind":"Service","metadata":{"name":"a"}}').length, 1)
  t.deepEqual(readList('{"items":[]}'), [])
  t.throws(() => readList('{"kind":"List","items":['), { instanceOf: SyntaxError })
  t.throws(() => readList('{"kind":"Status"}'), { message: /no list of Kubernetes objects/ })
})

test('an object without a name is reported and hides no other', (t) => {
  const { rows, problems } = readItems([{ metadata: {} }, { metadata: { name: 'a' } }], 'Pod', (_, { name }) => name)
  t.deepEqual(rows, ['a'])
  t.deepEqual(problems, [{ object: 'Pod list, item 1', message: 'has no metadata.name' }])
})

test('none is not unknown: fields the API leaves out are known to be empty', (t) => {
  const service = readService({ spec: { clusterIP: '10.43.0.1' }, status: { loadBalancer: {} } }, who)
  t.deepEqual(service.clusterIps, ['10.43.0.1'])
  t.deepEqual(service.loadBalancerIps, [])
  t.deepEqual(service.selector, {})
  t.is(service.externalTrafficPolicy, '')
  t.is(Object.values(service).filter((value) => value === null).length, 0)
})

test('service ports', (t) => {
  const ports = readServicePorts(
    {
      spec: {
        ports: [
          { port: 80, targetPort: 'http' },
          { name: 'dns', port: 53, protocol: 'UDP', nodePort: 30053 }
        ]
      }
    },
    who
  )
  t.deepEqual(ports, [
    { namespace: 'demo', service: 'web', portName: '', protocol: 'TCP', port: 80, targetPort: 'http', nodePort: 0 },
    { namespace: 'demo', service: 'web', portName: 'dns', protocol: 'UDP', port: 53, targetPort: '53', nodePort: 30053 }
  ])
})

const labels = { metadata: { labels: { 'kubernetes.io/service-name': 'web' } } }

test('EndpointSlice v1: conditions as kube-proxy reads them', (t) => {
  const slice = (conditions: object) =>
    readEndpointSlice(
      {
        ...labels,
        ports: [{ name: 'http', port: 8080 }],
        endpoints: [{ addresses: ['10.42.0.5'], nodeName: 'a', conditions }]
      },
      who
    )[0]!
  t.like(slice({}), { ready: true, serving: true, terminating: false, node: 'a', port: 8080, protocol: 'TCP' })
  t.like(slice({ ready: false, serving: true, terminating: true }), { ready: false, serving: true, terminating: true })
  t.like(slice({ ready: false }), { ready: false, serving: false })
})

test('EndpointSlice v1beta1: the node is in a topology map', (t) => {
  const [endpoint] = readEndpointSlice(
    {
      ...labels,
      ports: [{ port: 8080 }],
      endpoints: [{ addresses: ['10.42.0.5'], topology: { 'kubernetes.io/hostname': 'a' } }]
    },
    who
  )
  t.is(endpoint!.node, 'a')
})

test('endpoints: null, ports: null, and a slice of no Service', (t) => {
  t.deepEqual(readEndpointSlice({ ...labels, endpoints: null, ports: [{ port: 1 }] }, who), [])
  t.like(readEndpointSlice({ ...labels, ports: null, endpoints: [{ addresses: ['10.42.0.5'] }] }, who)[0], {
    port: null,
    protocol: null
  })
  t.deepEqual(
    readEndpointSlice({ metadata: {}, ports: [{ port: 1 }], endpoints: [{ addresses: ['10.42.0.5'] }] }, who),
    []
  )
})

test('Endpoints: a not ready address serves or not, the object does not say', (t) => {
  const rows = readEndpoints(
    {
      subsets: [{ ports: [{ port: 80 }], addresses: [{ ip: '10.42.0.5' }], notReadyAddresses: [{ ip: '10.42.0.6' }] }]
    },
    who
  )
  t.like(rows[0], { address: '10.42.0.5', ready: true, serving: true })
  t.like(rows[1], { address: '10.42.0.6', ready: false, serving: null, terminating: null })
  t.deepEqual(readEndpoints({}, who), [])
})

test('pods: the status kubectl shows', (t) => {
  t.is(readPod({ status: { phase: 'Running' } }, who).status, 'Running')
  t.is(
    readPod({ metadata: { deletionTimestamp: '2026-11-22T00:00:00Z' }, status: { phase: 'Running' } }, who).status,
    'Terminating'
  )
  t.is(
    readPod(
      { status: { phase: 'Running', containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] } },
      who
    ).status,
    'CrashLoopBackOff'
  )
})

test('containers: state, and a variable that refers to a field', (t) => {
  const [container] = readContainers(
    {
      spec: {
        containers: [
          {
            name: 'lb',
            env: [
              { name: 'DEST_IPS', valueFrom: { fieldRef: { fieldPath: 'status.hostIPs' } } },
              { name: 'SRC_PORT', value: '80' }
            ]
          }
        ]
      },
      status: { containerStatuses: [{ name: 'lb', ready: true, restartCount: 3, state: { running: {} } }] }
    },
    who
  )
  t.like(container, {
    container: 'lb',
    kind: 'container',
    ready: true,
    restarts: 3,
    state: 'running',
    environment: { DEST_IPS: 'fieldRef:status.hostIPs', SRC_PORT: '80' }
  })
})

test('nodes: pod CIDRs of both families, and of a cluster that has only the single field', (t) => {
  t.deepEqual(readNode({ spec: { podCIDR: '10.42.0.0/24', podCIDRs: ['10.42.0.0/24', 'fd00::/64'] } }, who).podCidrs, [
    '10.42.0.0/24',
    'fd00::/64'
  ])
  t.deepEqual(readNode({ spec: { podCIDR: '10.42.0.0/24' } }, who).podCidrs, ['10.42.0.0/24'])
})

test('ingresses of both API versions', (t) => {
  const v1 = {
    spec: {
      rules: [
        {
          host: 'a.example',
          http: { paths: [{ path: '/', backend: { service: { name: 'web', port: { name: 'http' } } } }] }
        }
      ]
    }
  }
  const v1beta1 = {
    spec: {
      rules: [
        { host: 'a.example', http: { paths: [{ path: '/', backend: { serviceName: 'web', servicePort: 'http' } }] } }
      ]
    }
  }
  const wanted = { host: 'a.example', path: '/', service: 'web', servicePort: 'http' }
  t.like(readIngress(v1, who)[0], wanted)
  t.like(readIngress(v1beta1, who)[0], wanted)
})
