import test from 'ava'
import { named, sortedBy, withLabels } from '../../../src/ask/get/choose.ts'
import { kindOf } from '../../../src/ask/get/kinds.ts'
import { valueAt } from '../../../src/ask/get/path.ts'

const got = {
  service: 'web',
  labels: { app: 'web', 'app.kubernetes.io/name': 'x' },
  ports: [{ port: 80 }, { port: 443 }],
  uid: null
}

const PATHS: [path: string, value: unknown][] = [
  ['service', 'web'],
  ['.service', 'web'],
  ['{.service}', 'web'],
  ['labels.app', 'web'],
  ['labels.app\\.kubernetes\\.io/name', 'x'],
  ['ports[0].port', 80],
  ['ports[*].port', [80, 443]],
  ['ports.port', [80, 443]],
  ['ports[7].port', undefined],
  ['labels.none', undefined],
  ['none', undefined],
  ['uid', null],
  ['uid.x', null],
  ['labels.constructor', undefined]
]

for (const [path, value] of PATHS) test(`at ${path}`, (t) => t.deepEqual(valueAt(got, path), value))

const SERVICES = kindOf('svc')!
const list = [
  { namespace: 'a', service: 'x', cluster_ip: '10.0.0.9', port: 9, labels: { app: 'x' } },
  { namespace: 'b', service: 'x', cluster_ip: null, port: 10, labels: null },
  { namespace: 'b', service: 'y', cluster_ip: '10.0.0.1', port: null, labels: {} }
]
const places = (gots: readonly object[]) => gots.map((each) => list.indexOf(each as (typeof list)[0]))

test('sorted: numbers as numbers, unknown last', (t) => {
  t.deepEqual(places(sortedBy(list, 'port')), [0, 1, 2])
  t.deepEqual(places(sortedBy(list, 'cluster_ip')), [2, 0, 1])
  t.deepEqual(places(sortedBy(list, 'labels.app')), [0, 1, 2])
  t.throws(() => sortedBy(list, 'ip'), {
    message: 'get: no column ip; there are namespace, service, cluster_ip, port, labels'
  })
})

test('named with the namespace or without', (t) => {
  t.deepEqual(places(named(SERVICES, list, ['x']).gots), [0, 1])
  t.deepEqual(places(named(SERVICES, list, ['b/x', 'y']).gots), [1, 2])
  t.deepEqual(named(SERVICES, list, ['c/x', 'x']).missing, ['c/x'])
  t.deepEqual(places(named(SERVICES, list, []).gots), [0, 1, 2])
})

test('labels that are not known are neither there nor absent', (t) => {
  const chosen = withLabels(SERVICES, list, '!app')
  t.deepEqual([places(chosen.gots), chosen.unknown], [[2], 1])
  t.throws(() => withLabels(kindOf('ep')!, [{ service: 'x' }], 'app'), {
    message: 'get: endpoints have no labels in a snapshot; leave -l out'
  })
})
