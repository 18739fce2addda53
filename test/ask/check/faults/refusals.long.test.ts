import { type Capture, without } from './capture.ts'
import { testFaults } from './faults.ts'

testFaults('REJECT-STALE', [
  {
    name: 'a cluster IP',
    change: (capture) =>
      refuse(
        capture,
        'kube-worker1',
        'KUBE-SERVICES',
        '-d 10.43.154.73/32 -p tcp -m comment --comment "demo/web:http has no endpoints" -m tcp --dport 80'
      ),
    finds: ['REJECT-STALE service/demo/web:http kube-worker1', 'NODE-DRIFT service/demo/web:http kube-worker1']
  },
  {
    name: 'a node port',
    change: (capture) =>
      refuse(
        capture,
        'kube-worker2',
        'KUBE-EXTERNAL-SERVICES',
        '-p tcp -m comment --comment "demo/np:http has no endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 30099'
      ),
    finds: ['REJECT-STALE service/demo/np:http kube-worker2', 'NODE-DRIFT service/demo/np:http kube-worker2']
  },
  {
    name: 'a load balancer IP',
    change: (capture) =>
      refuse(
        capture,
        'kube-master',
        'KUBE-EXTERNAL-SERVICES',
        '-d 198.51.100.99/32 -p tcp -m comment --comment "demo/lb-static:http has no endpoints" -m tcp --dport 80'
      ),
    finds: [
      'REJECT-STALE service/demo/lb-static:http kube-master',
      'NODE-DRIFT service/demo/lb-static:http kube-master'
    ]
  }
])

testFaults('LOCAL-MISDETECT', [
  {
    name: "the node's own chain offers one of its endpoints less",
    change: (capture) => capture.dump('kube-worker1', without(/-A KUBE-XLB-PBDNUGMT2A44FB3F .*--probability/)),
    finds: ['LOCAL-MISDETECT service/demo/local-lb:http kube-worker1']
  },
  {
    name: 'the node says that it has no endpoint',
    change: (capture) =>
      capture.dump('kube-worker1', (text) => {
        const drop =
          '-A KUBE-XLB-4ZI2MSUGWSFIEZ7M -m comment --comment "demo/local-np:http has no local endpoints" -j KUBE-MARK-DROP'
        return without(/-A KUBE-XLB-4ZI2MSUGWSFIEZ7M .*-j KUBE-SEP/)(
          text.replace(/^.*-A KUBE-XLB-4ZI2MSUGWSFIEZ7M .*-j KUBE-SEP/m, `[0:0] ${drop}\n$&`)
        )
      }),
    finds: ['LOCAL-MISDETECT service/demo/local-np:http kube-worker1']
  },
  {
    name: 'an endpoint names another node than its pod',
    change: (capture) =>
      capture.object('pods', 'demo/db-0', ({ spec }) => {
        spec.nodeName = 'kube-worker1'
      }),
    finds: [
      'LOCAL-MISDETECT service/demo/db-noports-headless kube-master',
      'LOCAL-MISDETECT service/demo/db:pg kube-master'
    ]
  }
])

testFaults('DUALSTACK-GAP', [
  {
    name: 'a Service got an IPv6 address, its pods have none',
    change: (capture) => dualStack(capture, 'demo/web'),
    finds: ['DUALSTACK-GAP service/demo/web']
  },
  {
    name: 'another one',
    change: (capture) => dualStack(capture, 'prod-eu-1/web'),
    finds: ['DUALSTACK-GAP service/prod-eu-1/web']
  },
  {
    name: 'pods have IPv6 addresses, and no node has rules for them',
    change: (capture) => {
      dualStack(capture, 'demo/half')
      for (const kind of ['endpointslices', 'endpointslices-after'] as const) {
        capture.list(kind, (slices) => [
          ...slices,
          ...slices
            .filter(({ metadata }) => metadata.labels['kubernetes.io/service-name'] === 'half')
            .map((slice) => ({
              ...slice,
              addressType: 'IPv6',
              metadata: { ...slice.metadata, name: 'half-six' },
              endpoints: [
                { ...slice.endpoints[0], conditions: { ready: true }, addresses: ['fd00:42::9'], targetRef: undefined }
              ]
            }))
        ])
      }
    },
    finds: ['DUALSTACK-GAP service/demo/half']
  }
])

testFaults('SNAP-INCOMPLETE', [
  {
    name: "a node's rules could not be read",
    change: (capture) => {
      capture.items = capture.items.map((item) =>
        item.kind === 'iptables-save' && item.node === 'kube-worker1'
          ? { ...item, error: 'command terminated with exit code 1', content: null }
          : item
      )
    },
    finds: ['SNAP-INCOMPLETE node/kube-worker1 kube-worker1']
  },
  {
    name: 'a node was not asked',
    change: (capture) => capture.remove(({ node }) => node === 'kube-worker2'),
    finds: ['SNAP-INCOMPLETE node/kube-worker2 kube-worker2']
  },
  {
    name: 'a list is cut',
    change: (capture) => capture.text('ingresses', (text) => text.slice(0, -20)),
    finds: ['SNAP-INCOMPLETE snapshot/2026-11-22T12-00-00Z']
  },
  {
    name: "a node's dump is cut",
    change: (capture) => capture.dump('kube-master', (text) => text.slice(0, text.indexOf('-A KUBE-SVC-'))),
    finds: ['SNAP-INCOMPLETE node/kube-master kube-master']
  },
  {
    name: 'rules are an hour older than objects',
    change: (capture) => {
      capture.items = capture.items.map((item) =>
        item.node ? { ...item, startedAt: '2026-11-22T11:00:00.000Z', endedAt: '2026-11-22T11:00:01.000Z' } : item
      )
    },
    finds: ['SNAP-INCOMPLETE snapshot/2026-11-22T12-00-00Z']
  }
])

function refuse(capture: Capture, node: string, chain: string, matches: string): void {
  capture.dump(node, (text) =>
    text.replace(
      /(\*filter[^]*?)(\nCOMMIT)/,
      `$1\n[0:0] -A ${chain} ${matches} -j REJECT --reject-with icmp-port-unreachable$2`
    )
  )
}

function dualStack(capture: Capture, service: string): void {
  capture.object('services', service, ({ spec }) =>
    Object.assign(spec, {
      clusterIPs: [spec.clusterIP, 'fd00:43::1234'],
      ipFamilies: ['IPv4', 'IPv6'],
      ipFamilyPolicy: 'PreferDualStack'
    })
  )
}
