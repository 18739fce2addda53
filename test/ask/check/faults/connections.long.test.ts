import { alter, before, type Capture, type Loose } from './capture.ts'
import { testFaults } from './faults.ts'

const BASE = 'k8s-1.36/iptables'

/** As `conntrack -L` lists it: what a client sent, and who answers. */
function track(capture: Capture, node: string, line: string): void {
  capture.replace(
    (item) => item.kind === 'conntrack' && item.node === node,
    (text) => `${line}\n${text}`
  )
}

const listed = (protocol: string, to: string, port: number, from: string, replyPort: number, state = '') =>
  `${protocol.toLowerCase()} 17 25 ${state}${state && ' '}src=10.42.0.9 dst=${to} sport=40000 dport=${port} src=${from} dst=10.42.0.9 sport=${replyPort} dport=40000 mark=0 use=1`

const address = (capture: Capture, service: string): string => {
  const list = JSON.parse(capture.read((item) => item.kind === 'services')) as {
    items: { metadata: { namespace: string; name: string }; spec: { clusterIP: string } }[]
  }
  return list.items.find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === service)!.spec.clusterIP
}

testFaults(
  'CONNTRACK-STALE',
  [
    {
      name: 'a UDP client is still sent to a pod that is gone',
      change: (capture) =>
        track(capture, 'kube-worker1', listed('UDP', address(capture, 'kube-system/kube-dns'), 53, '10.42.0.99', 53)),
      finds: ['CONNTRACK-STALE service/kube-system/kube-dns:dns kube-worker1']
    },
    {
      name: 'by a node port',
      change: (capture) =>
        track(
          capture,
          'kube-worker1',
          listed('UDP', '141.75.148.139', nodePort(capture, 'demo/dual-proto', 'dns'), '10.42.0.99', 8053)
        ),
      finds: ['CONNTRACK-STALE service/demo/dual-proto:dns kube-worker1']
    },
    {
      name: 'a UDP client is sent nowhere, though there are endpoints',
      change: (capture) => {
        const dns = address(capture, 'kube-system/kube-dns')
        track(capture, 'kube-worker1', listed('UDP', dns, 53, dns, 53))
      },
      finds: ['CONNTRACK-STALE service/kube-system/kube-dns:dns kube-worker1']
    },
    {
      name: 'a TCP connection is being opened to a pod that is gone',
      change: (capture) =>
        track(capture, 'kube-worker2', listed('TCP', address(capture, 'demo/web'), 80, '10.42.0.99', 8080, 'SYN_SENT')),
      finds: ['CONNTRACK-STALE service/demo/web:http kube-worker2']
    },
    {
      name: 'a connection that a host port took to the svclb pod is as it should be',
      change: (capture) => {
        const pods = JSON.parse(capture.read((item) => item.kind === 'pods')) as Loose
        const svclb = pods.items.find(
          ({ metadata, spec, status }: Loose) =>
            metadata.name.startsWith('svclb-traefik') && spec.nodeName === 'kube-master' && status.podIP
        )
        track(capture, 'kube-master', listed('TCP', '141.75.148.138', 8087, svclb.status.podIP, 8087, 'SYN_SENT'))
      },
      finds: []
    },
    {
      name: 'an old TCP connection to a pod that is gone ends by itself',
      change: (capture) =>
        track(
          capture,
          'kube-worker2',
          listed('TCP', address(capture, 'demo/web'), 80, '10.42.0.99', 8080, 'ESTABLISHED')
        ),
      finds: []
    }
  ],
  BASE
)

function nodePort(capture: Capture, service: string, port: string): number {
  const list = JSON.parse(capture.read((item) => item.kind === 'services')) as {
    items: { metadata: { namespace: string; name: string }; spec: { ports: { name: string; nodePort: number }[] } }[]
  }
  return list.items
    .find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === service)!
    .spec.ports.find(({ name }) => name === port)!.nodePort
}

const withoutListener =
  (port: number) =>
  (capture: Capture): void =>
    capture.replace(
      (item) => item.kind === 'sockets-ss' && item.node === 'kube-worker1',
      (text) =>
        text
          .split('\n')
          .filter((line) => !line.includes(`:${port} `))
          .join('\n')
    )

testFaults(
  'HEALTH-CHECK-PORT',
  [
    {
      name: 'nobody listens',
      change: withoutListener(32001),
      finds: ['HEALTH-CHECK-PORT service/demo/local-lb kube-worker1']
    },
    {
      name: 'nobody listens, another Service',
      change: withoutListener(32002),
      finds: ['HEALTH-CHECK-PORT service/demo/local-lb-spread kube-worker1']
    },
    {
      name: 'another program has the port',
      change: (capture) =>
        capture.replace(
          (item) => item.kind === 'sockets-ss' && item.node === 'kube-worker1',
          (text) => text.replace(/(:32001 .*\(\(")kube-proxy"/, '$1nginx"')
        ),
      finds: ['HEALTH-CHECK-PORT service/demo/local-lb kube-worker1']
    },
    {
      name: 'the Service has another port than kube-proxy knows',
      change: (capture) =>
        capture.object('services', 'demo/local-lb', ({ spec }) => {
          spec.healthCheckNodePort = 32999
        }),
      finds: ['kube-master', 'kube-worker1', 'kube-worker2'].map(
        (node) => `HEALTH-CHECK-PORT service/demo/local-lb ${node}`
      )
    },
    ...[
      {
        name: 'a rule drops what comes to the port',
        rule: '-A INPUT -p tcp -m tcp --dport 32001 -j DROP',
        services: ['local-lb']
      },
      {
        name: 'a rule rejects the whole range of node ports',
        rule: '-A INPUT -p tcp -m multiport --dports 22,30000:32767 -j REJECT --reject-with icmp-port-unreachable',
        services: ['local-lb', 'local-lb-spread']
      },
      {
        name: 'a rule drops what one source sends',
        rule: '-A INPUT -s 192.0.2.7/32 -p tcp -m tcp --dport 32001 -j DROP',
        services: []
      },
      {
        name: 'a rule drops what comes to another port',
        rule: '-A INPUT -p tcp -m tcp --dport 32011 -j DROP',
        services: []
      }
    ].map(({ name, rule, services }) => ({
      name,
      change: (capture: Capture) => capture.dump('kube-worker1', before(/-A INPUT /, `[0:0] ${rule}`)),
      finds: services.map((service) => `HEALTH-CHECK-PORT service/demo/${service} kube-worker1`)
    })),
    {
      name: "kube-proxy's own rule drops instead of accepting",
      change: (capture) =>
        capture.dump('kube-worker1', alter(/(-A KUBE-NODEPORTS .*--dport 32001 -j )ACCEPT/g, '$1DROP')),
      finds: ['HEALTH-CHECK-PORT service/demo/local-lb kube-worker1']
    },
    {
      name: 'a rule drops what was accepted before',
      change: (capture) =>
        capture.dump(
          'kube-worker1',
          before(
            /-A INPUT /,
            '[0:0] -A INPUT -p tcp -m tcp --dport 32001 -j ACCEPT',
            '[0:0] -A INPUT -p tcp -m tcp --dport 32000:32010 -m conntrack --ctstate NEW -j DROP'
          )
        ),
      finds: ['HEALTH-CHECK-PORT service/demo/local-lb-spread kube-worker1']
    }
  ],
  BASE
)
