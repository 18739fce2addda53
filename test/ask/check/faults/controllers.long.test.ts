import type { Capture, Loose } from './capture.ts'
import { testFaults } from './faults.ts'

const NODES = ['kube-master', 'kube-worker1', 'kube-worker2']
const each = (finding: string): string[] => NODES.map((node) => `${finding} ${node}`)

/** One pod of demo/web. */
function pod(capture: Capture, change: (pod: Loose, all: Loose[]) => void): void {
  capture.list('pods', (pods) => {
    const first = pods.find(
      ({ metadata, status }) =>
        metadata.namespace === 'demo' &&
        metadata.labels?.app === 'web' &&
        metadata.deletionTimestamp === undefined &&
        status.conditions?.some((each: Loose) => each.type === 'Ready' && each.status === 'True')
    )
    change(first, pods)
  })
}

const WEB = [
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
const ofWeb = WEB.map((service) => `EP-OUTDATED service/demo/${service}`)

testFaults('EP-OUTDATED', [
  {
    name: 'a pod is gone, and its endpoints stay',
    change: (capture) => pod(capture, (gone, pods) => void pods.splice(pods.indexOf(gone), 1)),
    finds: ofWeb
  },
  {
    name: 'a pod has failed, and its endpoints stay',
    change: (capture) =>
      pod(capture, ({ status }) => {
        status.phase = 'Failed'
      }),
    finds: ofWeb
  },
  {
    name: 'a pod has another label now',
    change: (capture) =>
      pod(capture, ({ metadata }) => {
        metadata.labels.app = 'other'
      }),
    finds: ofWeb
  },
  {
    name: 'the Service asks for another port of the pods',
    change: (capture) =>
      capture.object('services', 'demo/web', ({ spec }) => {
        spec.ports[0].targetPort = 9999
      }),
    finds: ['EP-OUTDATED service/demo/web']
  },
  {
    name: 'the Service selects other pods',
    change: (capture) =>
      capture.object('services', 'demo/web', ({ spec }) => {
        spec.selector = { app: 'nobody' }
      }),
    finds: ['EP-OUTDATED service/demo/web']
  },
  {
    name: "an endpoint has an address that is no pod's",
    change: (capture) => {
      capture.endpoints('demo/web', (endpoints) =>
        endpoints.map((endpoint, index) => (index === 0 ? { ...endpoint, addresses: ['10.42.0.250'] } : endpoint))
      )
      capture.object('endpoints', 'demo/web', ({ subsets }) => {
        for (const subset of subsets) subset.addresses = [...subset.addresses, { ip: '10.42.0.250' }]
      })
    },
    finds: [
      'EP-OUTDATED service/demo/web',
      'EP-SLICE-MISMATCH service/demo/web',
      ...each('SEP-MISSING service/demo/web:http')
    ]
  },
  {
    name: 'the Service asks for a port by a name that its pods do not have, and has endpoints',
    change: (capture) =>
      capture.object('services', 'demo/web', ({ spec }) => {
        spec.ports[0].targetPort = 'nonono'
      }),
    finds: ['EP-OUTDATED service/demo/web']
  },
  {
    name: 'a pod has another number for the port of that name',
    change: (capture) =>
      capture.list('pods', (pods) => {
        const [dns] = pods.filter(({ metadata }) => metadata.name.startsWith('coredns'))
        for (const { ports } of dns.spec.containers)
          for (const port of ports ?? []) if (port.name === 'metrics') port.containerPort = 9999
      }),
    finds: ['EP-OUTDATED service/kube-system/kube-dns']
  },
  {
    name: "the Service's port has another name now",
    change: (capture) =>
      capture.object('services', 'demo/web', ({ spec }) => {
        spec.ports[0].name = 'web'
      }),
    finds: ['EP-OUTDATED service/demo/web']
  },
  {
    name: 'the Service has a port more',
    change: (capture) =>
      capture.object('services', 'demo/half', ({ spec }) => {
        spec.ports.push({ name: 'more', protocol: 'TCP', port: 8181, targetPort: 8181 })
      }),
    finds: ['EP-OUTDATED service/demo/half', ...each('FRONTEND-REFUSAL service/demo/half:more')]
  }
])

testFaults('EP-OUTDATED', [
  {
    name: 'a pod is ready no more, and its endpoints stay',
    change: (capture) =>
      pod(capture, ({ status }) => {
        status.conditions.find(({ type }: Loose) => type === 'Ready').status = 'False'
      }),
    finds: ofWeb
  },
  {
    name: 'the Service does not publish pods that are not ready any more',
    change: (capture) =>
      capture.object('services', 'demo/publish-notready', ({ spec }) => {
        spec.publishNotReadyAddresses = false
      }),
    finds: ['EP-OUTDATED service/demo/publish-notready']
  },
  {
    name: 'the Service is to publish pods that are not ready',
    change: (capture) =>
      capture.object('services', 'demo/notready', ({ spec }) => {
        spec.publishNotReadyAddresses = true
      }),
    finds: ['EP-OUTDATED service/demo/notready']
  }
])

testFaults('VIP-STALE', [
  {
    name: 'the Service is deleted, and its Endpoints object is left over',
    change: (capture) => {
      capture.list('services', (items) => items.filter(({ metadata }) => metadata.name !== 'np'))
      for (const kind of ['endpointslices', 'endpointslices-after'] as const)
        capture.list(kind, (items) =>
          items.filter(({ metadata }) => metadata.labels['kubernetes.io/service-name'] !== 'np')
        )
    },
    finds: each('VIP-STALE service/demo/np:http')
  },
  {
    name: 'the Service is deleted, and all nodes go on',
    change: (capture) => {
      for (const kind of ['services', 'endpoints', 'endpointslices', 'endpointslices-after'] as const)
        capture.list(kind, (items) =>
          items.filter(
            ({ metadata }) =>
              !/^np(-|$)/.test(metadata.name) || metadata.namespace !== 'demo' || metadata.name.startsWith('np-multi')
          )
        )
    },
    finds: [...each('VIP-STALE service/demo/np:http'), ...each('SEP-STALE chain/KUBE-SVC-4IIC76BHGSQBKXMN')]
  },
  {
    name: 'an external IP is taken away',
    change: (capture) =>
      capture.object('services', 'demo/extip', ({ spec }) => {
        spec.externalIPs = ['203.0.113.10']
      }),
    finds: [...each('VIP-STALE service/demo/extip:alt'), ...each('VIP-STALE service/demo/extip:http')]
  },
  {
    name: 'the load balancer has another address',
    change: (capture) =>
      capture.object('services', 'demo/lb-static', ({ status }) => {
        status.loadBalancer.ingress = [{ ip: '198.51.100.77' }]
      }),
    // That the old one is still served goes with it.
    finds: each('VIP-MISSING service/demo/lb-static:http')
  },
  {
    name: 'the Service becomes headless',
    change: (capture) =>
      capture.object('services', 'demo/web', ({ spec }) => {
        spec.clusterIP = 'None'
        spec.clusterIPs = ['None']
      }),
    finds: each('VIP-STALE service/demo/web:http')
  }
])

testFaults(
  'NODE-ADDRESS',
  NODES.map((node) => ({
    name: `${node} has another address than is listed`,
    change: (capture: Capture) =>
      capture.object('nodes', node, ({ status }) => {
        status.addresses[0].address = '141.75.148.200'
      }),
    finds: [
      // An external IP of the sample is this node's own address.
      ...(node === 'kube-worker1' ? ['-EXTERNAL-IP-NODE service/demo/extip-nodeip kube-worker1'] : []),
      `NODE-ADDRESS node/${node} ${node}`
    ]
  }))
)

testFaults(
  'NODE-NOT-READY',
  [
    { status: 'Unknown', node: 'kube-worker1' },
    { status: 'False', node: 'kube-worker1' },
    { status: 'Unknown', node: 'kube-master' }
  ].map(({ status: said, node }) => ({
    name: `${node}: ${said}`,
    change: (capture: Capture) =>
      capture.object('nodes', node, ({ status }) => {
        for (const condition of status.conditions) if (condition.type === 'Ready') condition.status = said
      }),
    finds: [`NODE-NOT-READY node/${node} ${node}`]
  }))
)

testFaults(
  'NODE-SETTING',
  [
    {
      name: 'what passes the bridge of the pods does not pass the rules',
      settings: 'bridge/bridge-nf-call-iptables:0',
      isFound: true
    },
    {
      name: 'the table of connections is full',
      settings: 'netfilter/nf_conntrack_count:262144\nnetfilter/nf_conntrack_max:262144',
      isFound: true
    },
    {
      name: 'the table of connections is more than full',
      settings: 'netfilter/nf_conntrack_count:262145\nnetfilter/nf_conntrack_max:262144',
      isFound: true
    },
    {
      name: 'all is as it should be',
      settings:
        'bridge/bridge-nf-call-iptables:1\nnetfilter/nf_conntrack_count:26214\nnetfilter/nf_conntrack_max:262144',
      isFound: false
    }
  ].map(({ name, settings, isFound }) => ({
    name,
    change: (capture: Capture) => {
      const like = capture.items.find(({ kind, node }) => kind === 'ip-address' && node === 'kube-worker1')!
      capture.items.push({
        ...like,
        kind: 'sysctls',
        command: ['grep', '-H', '', 'FILE'],
        content: Buffer.from(`${settings}\n`)
      })
    },
    finds: isFound ? ['NODE-SETTING node/kube-worker1 kube-worker1'] : []
  }))
)
