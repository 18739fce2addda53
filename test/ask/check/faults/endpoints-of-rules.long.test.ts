import { sampleItems } from '../../../support/sample.ts'
import { after, all, alter, before, without } from './capture.ts'
import { testFaults } from './faults.ts'

/** kube-worker1's rules of the day after: demo/web has other pods by then. */
const otherDay = (await sampleItems('2026-11-23T12-00-00Z'))
  .find(({ kind, node }) => kind === 'iptables-save' && node === 'kube-worker1')!
  .content!.toString('utf8')
const ofWebPods = [
  'extip:alt',
  'extip:http',
  'lb-hostname:http',
  'lb-pending:http',
  'lb-ranges:http',
  'lb-static:http',
  'local-lb-spread:http',
  'sctp-np:sig',
  'sctp:sig',
  'unnamed',
  'web:http'
]

const WEB_CHOICE = /-A KUBE-SVC-XRY76EGRC3BSCIIJ .*--probability 0\.12500000000/
const web = (code: string, node: string) => `${code} service/demo/web:http ${node}`

testFaults('SEP-COUNT', [
  {
    name: 'the first of the jumps to endpoints is deleted by hand',
    change: (capture) => capture.dump('kube-master', without(WEB_CHOICE)),
    finds: [
      web('SEP-COUNT', 'kube-master'),
      web('NODE-DRIFT', 'kube-master'),
      'CHAIN-ORPHAN node/kube-master kube-master'
    ]
  },
  {
    name: 'the last jump is deleted, on every node',
    change: (capture) => {
      for (const node of ['kube-master', 'kube-worker1', 'kube-worker2']) {
        capture.dump(node, without(/-A KUBE-SVC-XRY76EGRC3BSCIIJ -m comment --comment "demo\/web:http" -j KUBE-SEP/))
      }
    },
    finds: ['kube-master', 'kube-worker1', 'kube-worker2'].flatMap((node) => [
      web('SEP-COUNT', node),
      web('PROB-WRONG', node),
      `CHAIN-ORPHAN node/${node} ${node}`
    ])
  },
  {
    name: 'a jump to an endpoint of another Service is added',
    change: (capture) =>
      capture.dump('kube-worker1', (text) => {
        const other = /-A KUBE-SVC-\S+ -m comment --comment "demo\/unnamed" -j (KUBE-SEP-\S+)/.exec(text)![1]!
        return before(
          WEB_CHOICE,
          `[0:0] -A KUBE-SVC-XRY76EGRC3BSCIIJ -m comment --comment "demo/web:http" -m statistic --mode random --probability 0.11111111101 -j ${other}`
        )(text)
      }),
    finds: [web('SEP-COUNT', 'kube-worker1'), web('NODE-DRIFT', 'kube-worker1')]
  }
])

testFaults('PROB-WRONG', [
  {
    name: 'a probability is changed',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(/(-A KUBE-SVC-XRY76EGRC3BSCIIJ .*--probability )0\.12500000000/, '$10.50000000000')
      ),
    finds: [web('PROB-WRONG', 'kube-worker1')]
  },
  {
    name: 'a choice becomes a certainty',
    change: (capture) =>
      capture.dump(
        'kube-worker2',
        alter(/(-A KUBE-SVC-XRY76EGRC3BSCIIJ .*) -m statistic --mode random --probability 0\.33333\d+/, '$1')
      ),
    finds: [web('PROB-WRONG', 'kube-worker2')]
  },
  {
    name: 'the last endpoint is left to chance',
    change: (capture) =>
      capture.dump(
        'kube-master',
        alter(
          /(-A KUBE-SVC-XRY76EGRC3BSCIIJ -m comment --comment "demo\/web:http") -j/,
          '$1 -m statistic --mode random --probability 0.50000000000 -j'
        )
      ),
    finds: [web('PROB-WRONG', 'kube-master')]
  },
  {
    name: 'two choices change places',
    change: (capture) =>
      capture.dump('kube-master', (text) => {
        const [first, second] = text
          .split('\n')
          .filter((line) => /-A KUBE-SVC-XRY76EGRC3BSCIIJ .*--probability/.test(line))
        return text.replace(first!, '@').replace(second!, first!).replace('@', second!)
      }),
    finds: [web('PROB-WRONG', 'kube-master')]
  },
  {
    name: 'a sticky Service remembers clients before it chooses: that is no choice',
    change: (capture) =>
      capture.dump(
        'kube-master',
        alter(/(-A KUBE-SVC-\S+ -m comment --comment "demo\/sticky:http" -m recent .*--seconds )10800/, '$110801')
      ),
    finds: ['AFFINITY-WRONG service/demo/sticky:http kube-master']
  }
])

testFaults('SEP-STALE', [
  {
    name: 'an endpoint goes, the rules stay',
    change: (capture) => {
      capture.endpoints('demo/sticky', (endpoints) => endpoints.slice(1))
      capture.object('endpoints', 'demo/sticky', ({ subsets }) => {
        subsets[0].addresses.shift()
      })
    },
    finds: ['kube-master', 'kube-worker1', 'kube-worker2']
      .flatMap((node) => [`SEP-STALE service/demo/sticky:http ${node}`, `SEP-COUNT service/demo/sticky:http ${node}`])
      .concat('EP-SINGLE service/demo/sticky', 'EP-OUTDATED service/demo/sticky')
  },
  {
    name: 'a chain is made to send elsewhere',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(/(-A KUBE-SEP-\S+ .*"demo\/unnamed".* --to-destination )\S+/, '$110.42.7.7:8080')
      ),
    finds: ['SEP-STALE service/demo/unnamed kube-worker1']
  },
  {
    name: 'a chain is made to send to another port of its pod',
    change: (capture) =>
      capture.dump('kube-worker1', alter(/(-A KUBE-SEP-\S+ .*"demo\/np:http".* --to-destination \S+):8080/, '$1:9999')),
    finds: ['SEP-STALE service/demo/np:http kube-worker1']
  },
  {
    name: 'an endpoint is gone only from the second list: it went meanwhile',
    change: (capture) =>
      capture.list('endpointslices-after', (slices) => {
        for (const slice of slices)
          if (slice.metadata.labels['kubernetes.io/service-name'] === 'sticky') slice.endpoints.shift()
      }),
    finds: []
  }
])

testFaults('SEP-MISSING', [
  {
    name: 'an endpoint comes, the rules do not',
    change: (capture) => {
      capture.endpoints('demo/np', (endpoints) => [
        ...endpoints,
        { ...endpoints[0], addresses: ['10.42.2.99'], targetRef: undefined }
      ])
      capture.object('endpoints', 'demo/np', ({ subsets }) => {
        subsets[0].addresses.push({ ip: '10.42.2.99' })
      })
    },
    finds: ['kube-master', 'kube-worker1', 'kube-worker2'].flatMap((node) => [
      `SEP-MISSING service/demo/np:http ${node}`,
      `SEP-COUNT service/demo/np:http ${node}`
    ])
  },
  {
    name: 'one node lacks the chain of an endpoint and the jump to it',
    change: (capture) =>
      capture.dump('kube-worker2', (text) => {
        const chain = /-A KUBE-SVC-\S+ .*"demo\/np:http" -m statistic .* -j (KUBE-SEP-\S+)/.exec(text)![1]!
        return without(new RegExp(chain))(text)
      }),
    finds: ['SEP-MISSING', 'SEP-COUNT', 'NODE-DRIFT'].map((code) => `${code} service/demo/np:http kube-worker2`)
  },
  {
    name: 'a node stands at another day',
    change: (capture) => capture.dump('kube-worker1', () => otherDay),
    finds: ['SEP-MISSING', 'SEP-STALE', 'NODE-DRIFT'].flatMap((code) =>
      ofWebPods.map((service) => `${code} service/demo/${service} kube-worker1`)
    )
  },
  {
    name: 'an endpoint that came only with the second list is no fault',
    change: (capture) =>
      capture.list('endpointslices-after', (slices) => {
        for (const slice of slices) {
          if (slice.metadata.labels['kubernetes.io/service-name'] === 'np')
            slice.endpoints.push({ ...slice.endpoints[0], addresses: ['10.42.2.99'] })
        }
      }),
    finds: []
  },
  {
    name: 'an endpoint that is not ready is no fault',
    change: (capture) =>
      capture.endpoints('demo/np', (endpoints) => [
        ...endpoints,
        { ...endpoints[0], addresses: ['10.42.2.99'], targetRef: undefined, conditions: { ready: false } }
      ]),
    finds: []
  },
  {
    name: 'endpoints meant for one zone are no fault of the others',
    change: (capture) =>
      capture.endpoints('demo/np', (endpoints) => [
        ...endpoints.map((endpoint) => ({ ...endpoint, hints: { forZones: [{ name: 'a' }] } })),
        { ...endpoints[0], addresses: ['10.42.2.99'], targetRef: undefined, hints: { forZones: [{ name: 'b' }] } }
      ]),
    // kube-proxy 1.20, whose rules these are, does not know hints.
    finds: [
      'EP-SLICE-MISMATCH service/demo/np',
      ...['kube-master', 'kube-worker1', 'kube-worker2'].map((node) => `FRONTEND-WRONG service/demo/np:http ${node}`)
    ]
  },
  {
    name: 'a Service of another proxy has no rules',
    change: (capture) => {
      capture.object('services', 'demo/np', ({ metadata }) => {
        metadata.labels = { 'service.kubernetes.io/service-proxy-name': 'other' }
      })
      for (const node of ['kube-master', 'kube-worker1', 'kube-worker2']) {
        capture.dump(node, (text) => {
          const hash = /"demo\/np:http cluster IP".* -j KUBE-SVC-(\S+)/.exec(text)![1]!
          const endpoints = [...text.matchAll(new RegExp(`-A KUBE-SVC-${hash} .* -j (KUBE-SEP-\\S+)`, 'g'))].map(
            ([, chain]) => chain
          )
          return without(new RegExp(`${hash}|${endpoints.join('|')}|demo/np:http`))(text)
        })
      }
    },
    finds: []
  }
])

testFaults('NODE-DRIFT', [
  {
    name: 'a node sends to an endpoint that the others do not know',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        all(
          alter(
            /(-A KUBE-SVC-\S+ -m comment --comment "demo\/half:http" -j )KUBE-SEP-\S+/,
            '$1KUBE-SEP-AAAAAAAAAAAAAAAA'
          ),
          alter(/:KUBE-SEP-/, ':KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]\n:KUBE-SEP-'),
          before(
            /-A KUBE-SERVICES .*-j KUBE-MARK-MASQ/,
            '[0:0] -A KUBE-SEP-AAAAAAAAAAAAAAAA -s 10.42.9.9/32 -j KUBE-MARK-MASQ',
            '[0:0] -A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m tcp -j DNAT --to-destination 10.42.9.9:8080'
          )
        )
      ),
    finds: [
      'NODE-DRIFT service/demo/half:http kube-worker1',
      'SEP-STALE service/demo/half:http kube-worker1',
      'CHAIN-ORPHAN node/kube-worker1 kube-worker1'
    ]
  },
  {
    name: 'a node kept the old node port',
    change: (capture) => capture.dump('kube-worker2', (text) => text.replaceAll('--dport 30099', '--dport 30080')),
    finds: ['NODE-DRIFT service/demo/np:http kube-worker2', 'VIP-MISSING service/demo/np:http kube-worker2']
  },
  {
    name: 'a node kept the old node port, and the Service bears a time after the snapshot: nothing was just made',
    change: (capture) => {
      capture.object('services', 'demo/np', ({ metadata }) => {
        metadata.creationTimestamp = '2099-01-01T00:00:00Z'
      })
      capture.dump('kube-worker2', (text) => text.replaceAll('--dport 30099', '--dport 30080'))
    },
    finds: ['NODE-DRIFT service/demo/np:http kube-worker2', 'VIP-MISSING service/demo/np:http kube-worker2']
  },
  {
    name: 'a node kept a Service that is gone',
    change: (capture) => {
      capture.list('services', (items) => items.filter(({ metadata }) => metadata.name !== 'np'))
      for (const kind of ['endpoints', 'endpointslices', 'endpointslices-after'] as const) {
        capture.list(kind, (items) =>
          items.filter(
            ({ metadata }) => metadata.name !== 'np' && metadata.labels?.['kubernetes.io/service-name'] !== 'np'
          )
        )
      }
      for (const node of ['kube-master', 'kube-worker1']) {
        capture.dump(node, (text) => {
          const hash = /"demo\/np:http cluster IP".* -j KUBE-SVC-(\S+)/.exec(text)![1]!
          const endpoints = [...text.matchAll(new RegExp(`-A KUBE-SVC-${hash} .* -j (KUBE-SEP-\\S+)`, 'g'))].map(
            ([, chain]) => chain
          )
          return without(new RegExp(`${hash}|${endpoints.join('|')}|demo/np:http`))(text)
        })
      }
    },
    finds: [
      'VIP-STALE service/demo/np:http kube-worker2',
      'NODE-DRIFT chain/KUBE-SVC-4IIC76BHGSQBKXMN kube-worker2',
      'SEP-STALE chain/KUBE-SVC-4IIC76BHGSQBKXMN kube-worker2'
    ]
  },
  {
    name: 'a node does not refuse a Service without endpoints',
    change: (capture) => capture.dump('kube-worker1', without(/-A KUBE-SERVICES .*"demo\/noep:http has no endpoints"/)),
    finds: ['NODE-DRIFT service/demo/noep:http kube-worker1']
  },
  {
    name: 'rules in another order are the same rules',
    change: (capture) =>
      capture.dump('kube-worker2', (text) => {
        const lines = text.split('\n')
        const nodePorts = lines.filter((line) => /-A KUBE-NODEPORTS/.test(line))
        const pairs = nodePorts
          .map((_, index) => nodePorts.slice(index - (index % 2), index - (index % 2) + 2))
          .filter((_, index) => index % 2 === 0)
          .reverse()
          .flat()
        return lines.map((line) => (/-A KUBE-NODEPORTS/.test(line) ? pairs.shift()! : line)).join('\n')
      }),
    finds: []
  }
])

testFaults('VIP-MISSING', [
  {
    name: 'a node lost the jump for a cluster IP',
    change: (capture) =>
      capture.dump('kube-worker1', without(/-A KUBE-SERVICES .*"demo\/web:http cluster IP".* -j KUBE-SVC/)),
    finds: [
      web('VIP-MISSING', 'kube-worker1'),
      web('NODE-DRIFT', 'kube-worker1'),
      'CHAIN-ORPHAN node/kube-worker1 kube-worker1'
    ]
  },
  {
    name: 'the load balancer got another address and no node knows it',
    change: (capture) =>
      capture.object('services', 'demo/lb-static', ({ status }) => {
        status.loadBalancer.ingress[0].ip = '198.51.100.77'
      }),
    finds: ['kube-master', 'kube-worker1', 'kube-worker2'].map(
      (node) => `VIP-MISSING service/demo/lb-static:http ${node}`
    )
  },
  {
    name: 'a Service got another port',
    change: (capture) =>
      capture.object('services', 'prod-eu-1/web', ({ spec }) => {
        spec.ports[0].port = 8000
      }),
    finds: ['kube-master', 'kube-worker1', 'kube-worker2'].map(
      (node) => `VIP-MISSING service/prod-eu-1/web:http ${node}`
    )
  },
  {
    name: 'an address that the load balancer answers itself needs no rule',
    change: (capture) =>
      capture.object('services', 'demo/lb-static', ({ status }) => {
        status.loadBalancer.ingress[0] = { ip: '198.51.100.77', ipMode: 'Proxy' }
      }),
    // Its old one is still served.
    finds: ['kube-master', 'kube-worker1', 'kube-worker2'].map(
      (node) => `VIP-STALE service/demo/lb-static:http ${node}`
    )
  }
])

testFaults('CHAIN-EMPTY', [
  {
    name: 'a KUBE-SVC chain is flushed',
    change: (capture) => capture.dump('kube-worker1', without(/-A KUBE-SVC-XRY76EGRC3BSCIIJ /)),
    finds: [
      web('CHAIN-EMPTY', 'kube-worker1'),
      web('NODE-DRIFT', 'kube-worker1'),
      'CHAIN-ORPHAN node/kube-worker1 kube-worker1'
    ]
  },
  {
    name: 'a KUBE-SEP chain is flushed',
    change: (capture) =>
      capture.dump('kube-worker1', (text) => {
        const chain = /-A KUBE-SVC-\S+ .*"demo\/np:http" -j (KUBE-SEP-\S+)/.exec(text)![1]!
        return without(new RegExp(`-A ${chain} `))(text)
      }),
    finds: ['CHAIN-EMPTY service/demo/np:http kube-worker1']
  },
  {
    name: 'a KUBE-XLB chain is flushed',
    change: (capture) => capture.dump('kube-worker2', without(/-A KUBE-XLB-VVMIXFGBDMJJH4KF /)),
    finds: ['CHAIN-EMPTY service/demo/local-lb-spread:http kube-worker2']
  }
])

testFaults('JUMP-DANGLING', [
  {
    name: 'a chain is gone, the jumps to it stay',
    change: (capture) =>
      capture.dump('kube-worker1', (text) => {
        const chain = /-A KUBE-SVC-\S+ .*"demo\/np:http" -j (KUBE-SEP-\S+)/.exec(text)![1]!
        return without(new RegExp(`^:${chain} |-A ${chain} `))(text)
      }),
    finds: ['JUMP-DANGLING node/kube-worker1 kube-worker1', 'SEP-MISSING service/demo/np:http kube-worker1']
  },
  {
    name: 'KUBE-MARK-MASQ is gone',
    change: (capture) => capture.dump('kube-master', without(/^:KUBE-MARK-MASQ |-A KUBE-MARK-MASQ /)),
    finds: ['JUMP-DANGLING node/kube-master kube-master', 'MASQ-MISSING node/kube-master kube-master']
  },
  {
    name: 'a rule to a chain that never was',
    change: (capture) =>
      capture.dump('kube-worker2', after(/-A FORWARD -d 10\.42/, '[0:0] -A FORWARD -s 192.0.2.1/32 -j MY-CHAIN')),
    finds: ['JUMP-DANGLING node/kube-worker2 kube-worker2']
  },
  {
    name: 'an extension is no chain',
    change: (capture) =>
      capture.dump(
        'kube-worker2',
        after(/-A FORWARD -d 10\.42/, '[0:0] -A FORWARD -s 192.0.2.1/32 -j NFLOG --nflog-group 1')
      ),
    finds: []
  }
])

testFaults('CHAIN-ORPHAN', [
  {
    name: 'a chain that nothing jumps to is added',
    change: (capture) =>
      capture.dump('kube-worker1', alter(/:KUBE-SVC-/, ':KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]\n:KUBE-SVC-')),
    finds: ['CHAIN-ORPHAN node/kube-worker1 kube-worker1']
  },
  {
    name: 'the jump from CNI-HOSTPORT-DNAT is deleted',
    change: (capture) => capture.dump('kube-master', without(/-A CNI-HOSTPORT-DNAT .*--dports 8088/)),
    finds: [
      'CHAIN-ORPHAN node/kube-master kube-master',
      'HOSTPORT-MISSING pod/kube-system/svclb-lb-ranges-1a2b3c4d-kssxr kube-master'
    ]
  },
  {
    name: 'a KUBE-FW chain is passed by',
    change: (capture) =>
      capture.dump('kube-master', without(/-A KUBE-SERVICES .*"demo\/lb-static:http loadbalancer IP"/)),
    finds: [
      'CHAIN-ORPHAN node/kube-master kube-master',
      'VIP-MISSING service/demo/lb-static:http kube-master',
      'NODE-DRIFT service/demo/lb-static:http kube-master'
    ]
  }
])
