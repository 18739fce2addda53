import { type Capture, type Loose, without } from './capture.ts'
import { testFaults } from './faults.ts'

const NODES = ['kube-master', 'kube-worker1', 'kube-worker2']
const each = (finding: string) => NODES.map((node) => `${finding} ${node}`)

testFaults('SVC-NO-ENDPOINTS', [
  {
    name: 'the selector matches no pod any more',
    change: (capture) => {
      capture.object('services', 'demo/half', ({ spec }) => {
        spec.selector = { app: 'hlaf' }
      })
      setReady(capture, 'half', () => [])
    },
    finds: ['SVC-NO-ENDPOINTS service/demo/half', ...each('SEP-STALE service/demo/half:http')]
  },
  {
    name: 'no pod is ready',
    change: (capture) => {
      setReady(capture, 'half', (endpoints) =>
        endpoints.map((endpoint) => ({ ...endpoint, conditions: { ready: false } }))
      )
      capture.list('pods', (pods) => {
        for (const { metadata, status } of pods)
          if (/^half/.test(metadata.name))
            status.conditions.find(({ type }: Loose) => type === 'Ready').status = 'False'
      })
    },
    finds: [
      'SVC-NO-ENDPOINTS service/demo/half',
      ...each('SEP-STALE service/demo/half:http'),
      ...each('SEP-COUNT service/demo/half:http')
    ]
  },
  {
    name: 'pods that match are ready, and no endpoint is made of them',
    change: (capture) => setReady(capture, 'sticky', () => []),
    finds: ['SVC-NO-ENDPOINTS service/demo/sticky', ...each('SEP-STALE service/demo/sticky:http')]
  },
  {
    name: "endpoints made by hand are no pod's affair",
    change: (capture) => setReady(capture, 'wide', () => []),
    finds: each('SEP-STALE service/demo/wide:http')
  },
  {
    name: 'EndpointSlices that could not be listed prove nothing',
    change: (capture) => {
      for (const kind of ['endpointslices', 'endpointslices-after', 'endpoints']) fail(capture, kind)
    },
    finds: [
      'SNAP-INCOMPLETE snapshot/2026-11-22T12-00-00Z',
      '-EP-SINGLE service/traefik-ns/traefik',
      ...['noep', 'noep-extip', 'noep-lb', 'noep-np', 'notready'].map(
        (service) => `-SVC-NO-ENDPOINTS service/demo/${service}`
      )
    ]
  }
])

testFaults(
  'EP-TERMINATING-ONLY',
  ['half', 'sticky', 'np'].map((service) => ({
    name: `the pods of ${service} are all going`,
    change: (capture: Capture) => {
      // Since 1.26 kube-proxy keeps sending to those until the last is gone.
      for (const kind of ['endpointslices', 'endpointslices-after'] as const) {
        capture.list(kind, (slices) => {
          for (const slice of slices.filter(
            ({ metadata }) => metadata.labels['kubernetes.io/service-name'] === service
          )) {
            slice.endpoints = slice.endpoints.map((endpoint: Loose) => ({
              ...endpoint,
              conditions: { ready: false, serving: endpoint.conditions.ready, terminating: true }
            }))
          }
        })
      }
      capture.object('endpoints', `demo/${service}`, (object) => {
        object.subsets = []
      })
    },
    finds: [`EP-TERMINATING-ONLY service/demo/${service}`]
  }))
)

testFaults(
  'EP-SINGLE',
  ['half', 'sticky', 'np'].map((service) => ({
    name: `one pod of ${service} is left`,
    change: (capture: Capture) => {
      setReady(capture, service, (endpoints) => endpoints.filter(({ conditions }) => conditions.ready).slice(0, 1))
    },
    finds: [
      `EP-SINGLE service/demo/${service}`,
      `EP-OUTDATED service/demo/${service}`,
      ...each(`SEP-STALE service/demo/${service}:http`),
      ...each(`SEP-COUNT service/demo/${service}:http`)
    ]
  }))
)

testFaults('TARGETPORT-UNRESOLVED', [
  {
    name: 'the name is misspelt',
    change: (capture) => {
      capture.object('services', 'demo/half', ({ spec }) => {
        spec.ports[0].targetPort = 'htpp'
      })
      setReady(capture, 'half', () => [])
    },
    finds: [
      'TARGETPORT-UNRESOLVED service/demo/half:http',
      'SVC-NO-ENDPOINTS service/demo/half',
      ...each('SEP-STALE service/demo/half:http')
    ]
  },
  {
    name: 'a port more, of a name that no container has',
    change: (capture) =>
      capture.object('services', 'demo/web', ({ spec }) => {
        spec.ports.push({ name: 'metrics', protocol: 'TCP', port: 9090, targetPort: 'metrics' })
      }),
    finds: ['TARGETPORT-UNRESOLVED service/demo/web:metrics']
  },
  {
    name: 'the name is of another protocol',
    change: (capture) => {
      capture.object('services', 'kube-system/kube-dns', ({ spec }) => {
        spec.ports.push({ name: 'metrics-udp', protocol: 'UDP', port: 9154, targetPort: 'metrics' })
      })
    },
    finds: ['TARGETPORT-UNRESOLVED service/kube-system/kube-dns:metrics-udp']
  }
])

testFaults('EP-SLICE-MISMATCH', [
  {
    name: 'the Endpoints object stands still',
    change: (capture) =>
      capture.object('endpoints', 'demo/sticky', ({ subsets }) => {
        subsets[0].addresses[0].ip = '10.42.2.201'
      }),
    finds: ['EP-SLICE-MISMATCH service/demo/sticky']
  },
  {
    name: 'an address is in the object only',
    change: (capture) =>
      capture.object('endpoints', 'demo/manual', ({ subsets }) => {
        subsets[0].addresses.push({ ip: '198.51.100.99' })
      }),
    finds: ['EP-SLICE-MISMATCH service/demo/manual']
  },
  {
    name: 'the object lost its addresses',
    change: (capture) =>
      capture.object('endpoints', 'demo/np', (object) => {
        object.subsets = []
      }),
    finds: ['EP-SLICE-MISMATCH service/demo/np']
  },
  {
    name: 'slices that change meanwhile prove nothing',
    change: (capture) =>
      capture.list('endpointslices-after', (slices) => {
        for (const slice of slices)
          if (slice.metadata.labels['kubernetes.io/service-name'] === 'sticky') slice.endpoints.shift()
      }),
    finds: []
  }
])

testFaults('IP-REUSE', [
  {
    name: 'two pods that run have one address',
    change: (capture) =>
      capture.object('pods', 'demo/db-0', ({ status }) =>
        Object.assign(status, { podIP: '10.42.1.40', podIPs: [{ ip: '10.42.1.40' }] })
      ),
    finds: [
      'IP-REUSE address/10.42.1.40',
      'EP-OUTDATED service/demo/db',
      'EP-OUTDATED service/demo/db-noports-headless'
    ]
  },
  {
    name: "an endpoint's address is another pod's",
    change: (capture) =>
      capture.list('pods', (pods) => {
        const [web, sticky] = [/^web-/, /^sticky-/].map((name) => pods.find(({ metadata }) => name.test(metadata.name)))
        const address = web.status.podIP
        Object.assign(web.status, { podIP: '10.42.0.251', podIPs: [{ ip: '10.42.0.251' }] })
        Object.assign(sticky.status, { podIP: address, podIPs: [{ ip: address }] })
      }),
    finds: [
      'extip',
      'lb-hostname',
      'lb-pending',
      'lb-ranges',
      'lb-static',
      'local-lb-spread',
      'sctp',
      'sctp-np',
      'unnamed',
      'web'
    ]
      .map((service) => `IP-REUSE service/demo/${service}`)
      .concat('EP-OUTDATED service/demo/sticky', 'EP-OUTDATED service/demo/sticky-np')
  },
  {
    name: 'the pod was made anew under its name, the endpoint is of the old one',
    change: (capture) =>
      capture.object('pods', 'demo/db-1', ({ metadata }) => {
        metadata.uid = '00000000-0000-0000-0000-000000000000'
      }),
    finds: ['IP-REUSE service/demo/db', 'IP-REUSE service/demo/db-noports-headless']
  },
  {
    name: 'a pod that has ended may have had the address before',
    change: (capture) =>
      capture.object('pods', 'demo/completed', ({ status }) =>
        Object.assign(status, { podIP: '10.42.1.40', podIPs: [{ ip: '10.42.1.40' }] })
      ),
    finds: []
  }
])

testFaults('VIP-DUP', [
  {
    name: 'two Services have one cluster IP',
    change: (capture) =>
      capture.object('services', 'prod-eu-1/web', ({ spec }) =>
        Object.assign(spec, { clusterIP: '10.43.154.73', clusterIPs: ['10.43.154.73'] })
      ),
    finds: ['VIP-DUP service/demo/web', 'VIP-DUP service/prod-eu-1/web']
  },
  {
    name: 'two Services have one node port',
    change: (capture) =>
      capture.object('services', 'demo/lb-pending', ({ spec }) => {
        spec.ports[0].nodePort = 30099
      }),
    finds: ['VIP-DUP service/demo/lb-pending', 'VIP-DUP service/demo/np']
  },
  {
    name: "an external IP is another Service's load balancer IP, at one port",
    change: (capture) =>
      capture.object('services', 'demo/extip', ({ spec }) => {
        spec.externalIPs[0] = '198.51.100.99'
      }),
    finds: [
      'VIP-DUP service/demo/extip',
      'VIP-DUP service/demo/lb-static',
      ...each('VIP-MISSING service/demo/extip:alt')
    ]
  },
  {
    name: "a node port is another Service's health check port",
    change: (capture) =>
      capture.object('services', 'demo/local-lb', ({ spec }) => {
        spec.healthCheckNodePort = 30099
      }),
    finds: ['VIP-DUP service/demo/local-lb', 'VIP-DUP service/demo/np']
  },
  {
    name: "an external IP is a pod's address",
    change: (capture) =>
      capture.object('services', 'demo/extip', ({ spec }) => {
        spec.externalIPs = ['10.42.1.40']
      }),
    finds: [
      'VIP-DUP service/demo/extip',
      ...['alt', 'http'].flatMap((port) => each(`VIP-MISSING service/demo/extip:${port}`))
    ]
  }
])

testFaults('EXTERNAL-IP-NODE', [
  {
    name: "a Service that had none is given a node's address",
    change: (capture) =>
      capture.object('services', 'demo/np', ({ spec }) => {
        spec.externalIPs = ['141.75.148.138', '141.75.148.140']
      }),
    finds: [
      'EXTERNAL-IP-NODE service/demo/np kube-master',
      'EXTERNAL-IP-NODE service/demo/np kube-worker2',
      'VIP-DUP service/demo/np',
      'VIP-DUP service/traefik-ns/traefik'
    ]
  },
  {
    name: 'a node gets the address as its ExternalIP',
    change: (capture) =>
      capture.object('nodes', 'kube-worker2', ({ status }) => {
        status.addresses.push({ type: 'ExternalIP', address: '203.0.113.11' })
      }),
    finds: ['EXTERNAL-IP-NODE service/demo/extip kube-worker2']
  },
  {
    name: "an external IP is a node's own address",
    change: (capture) =>
      capture.object('services', 'demo/extip', ({ spec }) => {
        spec.externalIPs = ['141.75.148.139']
      }),
    finds: [
      'EXTERNAL-IP-NODE service/demo/extip kube-worker1',
      'VIP-DUP service/demo/extip',
      'VIP-DUP service/traefik-ns/traefik',
      ...each('VIP-MISSING service/demo/extip:alt')
    ]
  }
])

const network = (capture: Capture, name: string, cidr: string) =>
  capture.object('nodes', name, ({ spec }) => {
    spec.podCIDR = cidr
    spec.podCIDRs = [cidr]
  })
/** The rules by which the network plugin masquerades are still for the network it had. */
const unlike = (node: string) => `BASE-RULE-MISSING node/${node} ${node}`
const ofTwo = (changed: string, other: string) => [
  ...[changed, other].map((node) => `POD-NETWORK-DUP node/${node} ${node}`),
  unlike(changed)
]
testFaults('POD-NETWORK-DUP', [
  {
    name: 'that of the master',
    change: (capture) => network(capture, 'kube-worker1', '10.42.0.0/24'),
    finds: ofTwo('kube-worker1', 'kube-master')
  },
  {
    name: 'that of a worker',
    change: (capture) => network(capture, 'kube-worker2', '10.42.1.0/24'),
    finds: ofTwo('kube-worker2', 'kube-worker1')
  },
  {
    name: "the master has a worker's",
    change: (capture) => network(capture, 'kube-master', '10.42.2.0/24'),
    finds: ofTwo('kube-master', 'kube-worker2')
  },
  {
    name: "one of its own is nobody else's",
    change: (capture) => network(capture, 'kube-worker1', '10.42.9.0/24'),
    finds: [unlike('kube-worker1')]
  }
])

testFaults('INGRESS-BACKEND', [
  {
    name: 'the Service does not exist',
    change: (capture) => addIngress(capture, 'wbe', { number: 80 }),
    finds: ['INGRESS-BACKEND ingress/demo/broken']
  },
  {
    name: 'the Service has no such port',
    change: (capture) => addIngress(capture, 'web', { number: 8080 }),
    finds: ['INGRESS-BACKEND ingress/demo/broken']
  },
  {
    name: 'the Service has no port of that name',
    change: (capture) => addIngress(capture, 'web', { name: 'https' }),
    finds: ['INGRESS-BACKEND ingress/demo/broken']
  },
  { name: 'a good backend', change: (capture) => addIngress(capture, 'web', { name: 'http' }), finds: [] }
])

testFaults('INGRESS-EMPTY', [
  ...['noep', 'notready'].map((service) => ({
    name: `a route to ${service}`,
    change: (capture: Capture) => addIngress(capture, service, { number: 80 }),
    finds: ['INGRESS-EMPTY ingress/demo/broken']
  })),
  {
    name: "the route's pods are gone",
    change: (capture) => {
      addIngress(capture, 'wide', { number: 80 })
      setReady(capture, 'wide', () => [])
    },
    finds: ['INGRESS-EMPTY ingress/demo/broken', ...each('SEP-STALE service/demo/wide:http')]
  },
  {
    name: 'an ExternalName has no endpoints by its nature',
    change: (capture) => addIngress(capture, 'ext-ports', { number: 443 }),
    finds: []
  }
])

testFaults('ETP-LOCAL-BLACKHOLE', [
  {
    name: 'the status lists all nodes, the pods run on one',
    change: (capture) =>
      capture.object('services', 'demo/local-lb', ({ status }) => {
        status.loadBalancer.ingress = ['138', '139', '140'].map((host) => ({ ip: `141.75.148.${host}` }))
      }),
    finds: [
      'ETP-LOCAL-BLACKHOLE service/demo/local-lb kube-master',
      'ETP-LOCAL-BLACKHOLE service/demo/local-lb kube-worker2',
      'VIP-DUP service/demo/local-lb',
      'VIP-DUP service/traefik-ns/traefik'
    ]
  },
  {
    name: 'the policy becomes Local',
    change: (capture) =>
      capture.object('services', 'traefik-ns/traefik', ({ spec }) => {
        spec.externalTrafficPolicy = 'Local'
      }),
    // No node's rules have followed.
    finds: [
      'ETP-LOCAL-BLACKHOLE service/traefik-ns/traefik kube-master',
      'ETP-LOCAL-BLACKHOLE service/traefik-ns/traefik kube-worker1',
      ...['admin', 'keycloak', 'web', 'websecure'].flatMap((port) => [
        ...each(`FRONTEND-MASQ-NEEDLESS service/traefik-ns/traefik:${port}`),
        ...NODES.slice(0, 2).map((node) => `FRONTEND-OPEN service/traefik-ns/traefik:${port} ${node}`)
      ])
    ]
  },
  {
    name: 'endpoints that name hosts, not nodes, may be anywhere',
    change: (capture) => {
      capture.object('services', 'traefik-ns/traefik', ({ spec }) => {
        spec.externalTrafficPolicy = 'Local'
      })
      capture.endpoints('traefik-ns/traefik', (endpoints) =>
        endpoints.map((endpoint) => ({ ...endpoint, topology: { 'kubernetes.io/hostname': 'ip-10-0-0-1' } }))
      )
      capture.object('endpoints', 'traefik-ns/traefik', ({ subsets }) => {
        subsets[0].addresses[0].nodeName = 'ip-10-0-0-1'
      })
    },
    finds: []
  },
  {
    name: 'the last local endpoint of a node is gone',
    change: (capture) => {
      capture.object('services', 'demo/local-lb-spread', ({ status }) => {
        status.loadBalancer.ingress = [{ ip: '141.75.148.140' }]
      })
      capture.endpoints('demo/local-lb-spread', (endpoints) =>
        endpoints.filter(({ topology }) => topology['kubernetes.io/hostname'] !== 'kube-worker2')
      )
      capture.object('endpoints', 'demo/local-lb-spread', ({ subsets }) => {
        subsets[0].addresses = subsets[0].addresses.filter(({ nodeName }: Loose) => nodeName !== 'kube-worker2')
      })
    },
    finds: [
      'ETP-LOCAL-BLACKHOLE service/demo/local-lb-spread kube-worker2',
      'EP-OUTDATED service/demo/local-lb-spread',
      'VIP-DUP service/demo/local-lb-spread',
      'VIP-DUP service/traefik-ns/traefik',
      ...each('SEP-STALE service/demo/local-lb-spread:http'),
      ...each('SEP-COUNT service/demo/local-lb-spread:http')
    ]
  }
])

testFaults('PORT-NOT-LISTENING', [
  {
    name: 'the program listens on another port',
    change: (capture) =>
      capture.replace(
        ({ kind }) => kind === 'sockets-proc',
        (text) => text.replaceAll(':1F40 ', ':1F41 ')
      ),
    finds: ['PORT-NOT-LISTENING service/traefik-ns/traefik:web kube-worker2']
  },
  {
    name: 'the program listens on the loopback address',
    change: (capture) =>
      capture.replace(
        ({ kind }) => kind === 'sockets-proc',
        (text) => text.replace(/ \S+:1F40 /g, ' 0100007F:1F40 ')
      ),
    finds: ['PORT-NOT-LISTENING service/traefik-ns/traefik:web kube-worker2']
  },
  {
    name: "a pod of the host's network is gone from its node's sockets",
    change: (capture) =>
      capture.replace(
        ({ kind, node }) => kind === 'sockets-ss' && node === 'kube-worker1',
        (text) => text.replaceAll(':9100 ', ':9101 ')
      ),
    finds: ['PORT-NOT-LISTENING service/kube-system/hostnet:metrics kube-worker1']
  },
  {
    name: 'the program does not listen at all',
    change: (capture) => capture.replace(({ kind }) => kind === 'sockets-proc', without(/ 0A /)),
    finds: ['admin', 'keycloak', 'web', 'websecure'].map(
      (port) => `PORT-NOT-LISTENING service/traefik-ns/traefik:${port} kube-worker2`
    )
  }
])

/** The endpoints of a Service of demo, in its slices and in its Endpoints object. */
function setReady(capture: Capture, service: string, change: (endpoints: Loose[]) => Loose[]): void {
  capture.endpoints(`demo/${service}`, change)
  const slice = JSON.parse(capture.read(({ kind }) => kind === 'endpointslices')).items.find(
    ({ metadata }: Loose) => metadata.labels['kubernetes.io/service-name'] === service
  )
  const addresses = (ready: boolean) =>
    (slice.endpoints as Loose[])
      .filter(({ conditions }) => conditions.ready === ready)
      .map((endpoint) => ({ ip: endpoint.addresses[0] }))
  const port = slice.ports[0]
  capture.object('endpoints', `demo/${service}`, (object) => {
    object.subsets = [{ addresses: addresses(true), notReadyAddresses: addresses(false), ports: [port] }]
  })
}

function fail(capture: Capture, kind: string): void {
  capture.items = capture.items.map((item) =>
    item.kind === kind ? { ...item, error: 'forbidden', content: null } : item
  )
}

function addIngress(capture: Capture, service: string, port: { number?: number; name?: string }): void {
  capture.list('ingresses', (items) => [
    ...items,
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { namespace: 'demo', name: 'broken' },
      spec: {
        rules: [
          {
            host: 'shop.example.com',
            http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: service, port } } }] }
          }
        ]
      }
    }
  ])
}
