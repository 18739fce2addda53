import { alter, before, type Loose, without } from './capture.ts'
import { testFaults } from './faults.ts'

const BASE = 'k8s-1.36/iptables'

testFaults(
  'SEP-COUNT',
  [
    {
      name: 'a jump to an endpoint is deleted',
      change: (capture) =>
        capture.dump(
          'kube-worker1',
          without(/-A KUBE-SVC-\S+ -m comment --comment "demo\/web:http -> \S+" -m statistic .*0\.2000/)
        ),
      finds: [
        'SEP-COUNT service/demo/web:http kube-worker1',
        'NODE-DRIFT service/demo/web:http kube-worker1',
        'CHAIN-ORPHAN node/kube-worker1 kube-worker1'
      ]
    },
    {
      name: 'the same in IPv6',
      change: (capture) =>
        capture.dump(
          'kube-worker1',
          without(/-A KUBE-SVC-\S+ -m comment --comment "demo\/v6only:http -> \S+" -m statistic .*0\.2000/),
          'ip6tables-save'
        ),
      finds: [
        'SEP-COUNT service/demo/v6only:http kube-worker1',
        'NODE-DRIFT service/demo/v6only:http kube-worker1',
        'CHAIN-ORPHAN node/kube-worker1 kube-worker1'
      ]
    }
  ],
  BASE
)

testFaults(
  'SEP-STALE',
  [
    {
      name: 'an IPv6 chain sends to a stranger',
      change: (capture) =>
        capture.dump(
          'kube-worker2',
          alter(/(-A KUBE-SEP-\S+ .*"demo\/v6only:http".* --to-destination )\S+/, '$1[fd00:42::99]:8080'),
          'ip6tables-save'
        ),
      finds: ['SEP-STALE service/demo/v6only:http kube-worker2']
    }
  ],
  BASE
)

testFaults(
  'NAT-FLUSHED',
  [
    {
      name: 'only the IPv6 table',
      change: (capture) => capture.dump('kube-worker1', () => '', 'ip6tables-save'),
      finds: ['NAT-FLUSHED node/kube-worker1 kube-worker1']
    }
  ],
  BASE
)

testFaults(
  'HOOK-MISSING',
  [
    {
      name: 'nothing leads to KUBE-PROXY-FIREWALL',
      change: (capture) => capture.dump('kube-worker1', without(/-A (INPUT|FORWARD) .*-j KUBE-PROXY-FIREWALL/)),
      finds: ['HOOK-MISSING node/kube-worker1 kube-worker1']
    }
  ],
  BASE
)

testFaults(
  'LOCAL-MISDETECT',
  [
    {
      name: 'a node with endpoints drops for want of local ones',
      change: (capture) =>
        capture.dump('kube-worker1', (text) =>
          text.replace(
            /(\*filter[^]*?)(\nCOMMIT)/,
            '$1\n[0:0] -A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment "demo/local-np:http has no local endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 30280 -j DROP$2'
          )
        ),
      finds: ['LOCAL-MISDETECT service/demo/local-np:http kube-worker1']
    },
    {
      name: 'KUBE-SVL offers one of two',
      change: (capture) =>
        capture.dump('kube-worker1', without(/-A KUBE-SVL-\S+ .*"demo\/local-lb:http -> .*--probability/)),
      finds: ['LOCAL-MISDETECT service/demo/local-lb:http kube-worker1']
    }
  ],
  BASE
)

testFaults(
  'MASQ-MISSING',
  [
    {
      name: 'a KUBE-EXT chain does not mark',
      change: (capture) =>
        capture.dump('kube-worker2', without(/-A KUBE-EXT-\S+ .*"masquerade traffic for demo\/np:http external/)),
      finds: ['MASQ-MISSING service/demo/np:http kube-worker2']
    },
    {
      name: 'a KUBE-SVC chain does not mark',
      change: (capture) => capture.dump('kube-worker2', without(/-A KUBE-SVC-\S+ ! -s .*"demo\/web:http cluster IP"/)),
      finds: ['MASQ-MISSING service/demo/web:http kube-worker2']
    }
  ],
  BASE
)

testFaults(
  'SRC-RANGES',
  [
    {
      name: 'the entry goes straight to KUBE-EXT',
      change: (capture) =>
        capture.dump(
          'kube-worker1',
          alter(/(-A KUBE-SERVICES .*"demo\/lb-ranges:http loadbalancer IP".* -j )KUBE-FW/, '$1KUBE-EXT')
        ),
      finds: ['SRC-RANGES service/demo/lb-ranges:http kube-worker1', 'CHAIN-ORPHAN node/kube-worker1 kube-worker1']
    },
    {
      name: 'nothing drops the other sources',
      change: (capture) =>
        capture.dump('kube-worker1', without(/-A KUBE-PROXY-FIREWALL .*"demo\/lb-ranges:http traffic not accepted/)),
      finds: ['SRC-RANGES service/demo/lb-ranges:http kube-worker1']
    },
    {
      name: 'one of the ranges is not admitted',
      change: (capture) =>
        capture.dump('kube-worker1', without(/-A KUBE-FW-\S+ -s 141\.75\.0\.0\/16 .*"demo\/lb-ranges:http/)),
      finds: ['SRC-RANGES service/demo/lb-ranges:http kube-worker1']
    },
    {
      name: 'a range is wider than it should be',
      change: (capture) =>
        capture.dump(
          'kube-worker1',
          alter(/(-A KUBE-FW-\S+ -s )198\.51\.100\.0\/24( .*"demo\/lb-ranges:http)/, '$1198.0.0.0/8$2')
        ),
      finds: ['SRC-RANGES service/demo/lb-ranges:http kube-worker1']
    }
  ],
  BASE
)

testFaults(
  'VIP-MISSING',
  [
    {
      name: 'an IPv6 cluster IP is not known',
      change: (capture) =>
        capture.dump('kube-worker2', without(/-A KUBE-SERVICES .*"demo\/v6only:http cluster IP"/), 'ip6tables-save'),
      finds: [
        'VIP-MISSING service/demo/v6only:http kube-worker2',
        'NODE-DRIFT service/demo/v6only:http kube-worker2',
        'CHAIN-ORPHAN node/kube-worker2 kube-worker2'
      ]
    }
  ],
  BASE
)

testFaults(
  'VIP-MISSING',
  [
    {
      name: 'a node port is known at the loopback only',
      change: (capture) => capture.dump('kube-worker2', without(/-A KUBE-NODEPORTS -p tcp .*"demo\/np:http"/)),
      finds: ['VIP-MISSING service/demo/np:http kube-worker2', 'NODE-DRIFT service/demo/np:http kube-worker2']
    }
  ],
  BASE
)

testFaults(
  'DUALSTACK-GAP',
  [
    {
      name: 'the IPv6 slices of a Service are empty',
      change: (capture) => {
        capture.list('endpointslices', (slices) => {
          for (const slice of slices)
            if (slice.metadata.labels['kubernetes.io/service-name'] === 'ds-prefer' && slice.addressType === 'IPv6')
              slice.endpoints = []
        })
      },
      finds: [
        'DUALSTACK-GAP service/demo/ds-prefer',
        ...['kube-master', 'kube-worker1', 'kube-worker2'].map(
          (node) => `SEP-STALE service/demo/ds-prefer:http ${node}`
        )
      ]
    }
  ],
  BASE
)

testFaults(
  'PROB-WRONG',
  [
    {
      name: 'in KUBE-SVL',
      change: (capture) =>
        capture.dump(
          'kube-worker1',
          alter(/(-A KUBE-SVL-\S+ .*"demo\/local-lb:http -> .*--probability )0\.5\d+/, '$10.10000000000')
        ),
      finds: ['PROB-WRONG service/demo/local-lb:http kube-worker1']
    }
  ],
  BASE
)

testFaults(
  'NODE-DRIFT',
  [
    {
      name: 'comments, which kube-proxy leaves out in large clusters, are nothing to go by',
      change: (capture) =>
        capture.dump('kube-worker1', (text) => text.replace(/ -m comment --comment "[^"]*\w\/\w[^"]*"/g, '')),
      finds: []
    }
  ],
  BASE
)

testFaults(
  'RULE-DUP',
  [
    {
      name: 'a rule of KUBE-NODEPORTS again',
      change: (capture) =>
        capture.dump('kube-worker1', (text) => {
          const rule = text
            .split('\n')
            .find((line) => /-A KUBE-NODEPORTS .*"demo\/np:http".* -j KUBE-EXT/.test(line) && !/127\.0/.test(line))!
          return before(/-A KUBE-NODEPORTS .*"demo\/np:http"/, rule)(text)
        }),
      finds: ['RULE-DUP node/kube-worker1 kube-worker1']
    }
  ],
  BASE
)

testFaults(
  'SEP-MISSING',
  [
    {
      // Hints count only if every endpoint has one.
      name: 'endpoints with hints for one zone are no fault elsewhere',
      change: (capture) =>
        capture.endpoints('demo/np', (endpoints) => [
          ...endpoints,
          {
            ...endpoints[0],
            addresses: ['10.42.2.99'],
            targetRef: undefined as Loose,
            hints: { forZones: [{ name: 'b' }] }
          }
        ]),
      finds: [
        'EP-SLICE-MISMATCH service/demo/np',
        ...['kube-master', 'kube-worker1', 'kube-worker2'].map((node) => `FRONTEND-WRONG service/demo/np:http ${node}`)
      ]
    }
  ],
  BASE
)
