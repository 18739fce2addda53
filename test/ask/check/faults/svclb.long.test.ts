import { after, alter, before, type Capture, flush, type Loose, without } from './capture.ts'
import { testFaults } from './faults.ts'

const NODES = ['kube-master', 'kube-worker1', 'kube-worker2']
const each = (finding: string): string[] => NODES.map((node) => `${finding} ${node}`)
const on = (code: string, node: string) => `${code} service/traefik-ns/traefik ${node}`
const MASTER = 'traefik-ns/svclb-traefik-h5xcg'

testFaults('SVCLB-MISSING', [
  {
    name: 'a svclb pod is deleted and its DaemonSet too',
    change: (capture) => {
      deletePod(capture, 'svclb-traefik-h5xcg')
      capture.list('daemonsets', (items) => items.filter(({ metadata }) => metadata.name !== 'svclb-traefik'))
    },
    finds: [on('SVCLB-MISSING', 'kube-master'), 'HOSTPORT-STALE node/kube-master kube-master']
  },
  {
    name: 'a svclb pod is not there, and the DaemonSet wants it',
    change: (capture) => deletePod(capture, 'svclb-traefik-j2dpv'),
    finds: [on('SVCLB-MISSING', 'kube-worker1'), 'HOSTPORT-STALE node/kube-worker1 kube-worker1']
  },
  {
    name: 'two of three svclb pods of another Service are gone',
    change: (capture) => {
      deletePod(capture, 'svclb-lb-ranges-1a2b3c4d-kssxr')
      deletePod(capture, 'svclb-lb-ranges-1a2b3c4d-74kcj')
    },
    finds: ['kube-master', 'kube-worker1'].flatMap((node) => [
      `SVCLB-MISSING service/demo/lb-ranges ${node}`,
      `HOSTPORT-STALE node/${node} ${node}`,
      `-SVCLB-CONTAINERS service/demo/lb-ranges ${node}`
    ])
  },
  {
    name: 'a node that the DaemonSet leaves out on purpose',
    change: (capture) => {
      deletePod(capture, 'svclb-traefik-j2dpv')
      capture.object('daemonsets', 'traefik-ns/svclb-traefik', ({ status }) =>
        Object.assign(status, { desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 2 })
      )
    },
    finds: ['HOSTPORT-STALE node/kube-worker1 kube-worker1']
  },
  {
    name: 'a svclb pod was evicted',
    change: (capture) =>
      capture.object('pods', MASTER, ({ status }) => {
        status.phase = 'Failed'
      }),
    finds: [on('SVCLB-MISSING', 'kube-master'), 'HOSTPORT-STALE node/kube-master kube-master']
  },
  {
    name: 'all svclb pods of a Service are gone',
    change: (capture) => deletePods(capture, 'svclb-traefik-'),
    finds: NODES.flatMap((node) => [on('SVCLB-MISSING', node), `HOSTPORT-STALE node/${node} ${node}`])
  },
  {
    name: 'all svclb pods of a Service are gone, which has a label on its DaemonSet',
    change: (capture) => deletePods(capture, 'svclb-lb-ranges-'),
    finds: NODES.flatMap((node) => [
      `SVCLB-MISSING service/demo/lb-ranges ${node}`,
      `HOSTPORT-STALE node/${node} ${node}`,
      `-SVCLB-CONTAINERS service/demo/lb-ranges ${node}`
    ]).concat('-LB-IP-STALE service/demo/lb-ranges')
  }
])

testFaults('SVCLB-CONTAINERS', [
  {
    name: 'the Service has a port more',
    change: (capture) =>
      capture.object('services', 'traefik-ns/traefik', ({ spec }) => {
        spec.ports.push({ name: 'mqtt', protocol: 'TCP', port: 1883, targetPort: 1883, nodePort: 31883 })
      }),
    // The rules and the slices do not know the port either.
    finds: ['EP-OUTDATED service/traefik-ns/traefik'].concat(
      NODES.flatMap((node) => [
        on('SVCLB-CONTAINERS', node),
        `FRONTEND-REFUSAL service/traefik-ns/traefik:mqtt ${node}`
      ])
    )
  },
  {
    name: 'the Service has a port less',
    change: (capture) =>
      capture.object('services', 'traefik-ns/traefik', ({ spec }) => {
        spec.ports = spec.ports.filter(({ name }: Loose) => name !== 'admin')
      }),
    finds: [
      ...each('VIP-STALE service/traefik-ns/traefik:admin'),
      ...NODES.flatMap((node) => [on('SVCLB-CONTAINERS', node), on('SVCLB-ENV', node)])
    ]
  },
  {
    name: 'one pod lacks a container',
    change: (capture) =>
      capture.object('pods', MASTER, ({ spec }) => {
        spec.containers = spec.containers.filter(({ name }: Loose) => name !== 'lb-port-8087')
      }),
    finds: [on('SVCLB-CONTAINERS', 'kube-master')]
  }
])

testFaults('SVCLB-PENDING', [
  {
    name: 'no node takes the pod: its port is taken',
    change: (capture) => capture.object('pods', MASTER, (pod) => unschedule(pod)),
    finds: [
      'SVCLB-PENDING service/traefik-ns/traefik',
      'HOSTPORT-STALE node/kube-master kube-master',
      on('SVCLB-MISSING', 'kube-master')
    ]
  },
  {
    name: 'two Services want one port',
    change: (capture) => capture.object('pods', 'kube-system/svclb-lb-ranges-1a2b3c4d-74kcj', (pod) => unschedule(pod)),
    finds: [
      'SVCLB-PENDING service/demo/lb-ranges',
      'HOSTPORT-STALE node/kube-worker1 kube-worker1',
      'SVCLB-MISSING service/demo/lb-ranges kube-worker1',
      'SVCLB-CONTAINERS service/demo/lb-ranges',
      '-SVCLB-CONTAINERS service/demo/lb-ranges kube-worker1'
    ]
  },
  {
    name: 'the image is not pulled for an hour',
    change: (capture) =>
      capture.object('pods', MASTER, ({ status }) => {
        status.phase = 'Pending'
        for (const container of status.containerStatuses)
          Object.assign(container, { ready: false, state: { waiting: { reason: 'ContainerCreating' } } })
      }),
    finds: [on('SVCLB-PENDING', 'kube-master')]
  }
])

testFaults(
  'SVCLB-CRASH',
  ['CrashLoopBackOff', 'CreateContainerError', 'ImagePullBackOff'].map((reason) => ({
    name: reason,
    change: (capture: Capture) =>
      capture.object('pods', 'traefik-ns/svclb-traefik-xrmjk', ({ status }) => {
        Object.assign(status.containerStatuses[0], { ready: false, restartCount: 17, state: { waiting: { reason } } })
      }),
    finds: [on('SVCLB-CRASH', 'kube-worker2')]
  }))
)

testFaults('SVCLB-ORPHAN', [
  {
    name: 'the Service is gone',
    change: (capture) =>
      capture.list('services', (items) => items.filter(({ metadata }) => metadata.name !== 'lb-ranges')),
    finds: [
      ...each('VIP-STALE service/demo/lb-ranges:http'),
      'SVCLB-ORPHAN daemonset/kube-system/svclb-lb-ranges-1a2b3c4d',
      ...[
        ['kssxr', 'kube-master'],
        ['74kcj', 'kube-worker1'],
        ['6nc5z', 'kube-worker2']
      ].map(([suffix, node]) => `SVCLB-ORPHAN pod/kube-system/svclb-lb-ranges-1a2b3c4d-${suffix} ${node}`),
      '-LB-IP-STALE service/demo/lb-ranges',
      ...NODES.map((node) => `-SVCLB-CONTAINERS service/demo/lb-ranges ${node}`)
    ]
  },
  {
    name: 'the Service is no load balancer any more',
    change: (capture) =>
      capture.object('services', 'demo/lb-ranges', ({ spec, status }) => {
        spec.type = 'NodePort'
        status.loadBalancer = {}
      }),
    finds: [
      ...each('VIP-STALE service/demo/lb-ranges:http'),
      'SVCLB-ORPHAN daemonset/kube-system/svclb-lb-ranges-1a2b3c4d',
      ...[
        ['kssxr', 'kube-master'],
        ['74kcj', 'kube-worker1'],
        ['6nc5z', 'kube-worker2']
      ].map(([suffix, node]) => `SVCLB-ORPHAN pod/kube-system/svclb-lb-ranges-1a2b3c4d-${suffix} ${node}`),
      '-LB-IP-STALE service/demo/lb-ranges'
    ]
  },
  {
    name: 'a pod names a Service that never was',
    change: (capture) =>
      capture.object('pods', MASTER, ({ metadata }) => {
        metadata.labels['svccontroller.k3s.cattle.io/svcname'] = 'traefik-old'
      }),
    finds: [`SVCLB-ORPHAN pod/${MASTER} kube-master`, on('SVCLB-MISSING', 'kube-master')]
  }
])

testFaults('SVCLB-ENV', [
  {
    name: 'the Service was made anew and has another address',
    change: (capture) =>
      capture.object('services', 'demo/lb-ranges', ({ spec }) => {
        Object.assign(spec, { clusterIP: '10.43.200.200', clusterIPs: ['10.43.200.200'] })
      }),
    finds: NODES.flatMap((node) => [
      `SVCLB-ENV service/demo/lb-ranges ${node}`,
      `VIP-MISSING service/demo/lb-ranges:http ${node}`
    ])
  },
  {
    name: 'a container was started for another port',
    change: (capture) =>
      capture.object('pods', MASTER, ({ spec }) => {
        spec.containers[0].env.find(({ name }: Loose) => name === 'DEST_PORT').value = '8443'
      }),
    finds: [on('SVCLB-ENV', 'kube-master')]
  },
  {
    name: "the pod's rules send elsewhere",
    change: (capture) =>
      capture.podDumps('svclb-traefik-j2dpv', (text) =>
        text.replaceAll('--to-destination 10.43.99.34:443', '--to-destination 10.43.99.35:443')
      ),
    finds: [on('SVCLB-ENV', 'kube-worker1')]
  },
  {
    name: 'the pod has no rule for a port',
    change: (capture) => capture.podDumps('svclb-traefik-xrmjk', without(/-A PREROUTING .*--dport 8087/)),
    finds: [on('SVCLB-ENV', 'kube-worker2')]
  },
  {
    name: 'a container that was restarted wrote its rules again',
    change: (capture) => capture.podDumps('svclb-traefik-xrmjk', after(/-A PREROUTING .*--dport 8087/)),
    finds: []
  }
])

testFaults('LB-IP-STALE', [
  {
    name: 'a node changed its address',
    change: (capture) => {
      capture.object('nodes', 'kube-worker2', ({ status }) => {
        status.addresses.find(({ type }: Loose) => type === 'InternalIP').address = '141.75.148.200'
      })
      capture.replace(
        ({ kind, node }) => kind === 'ip-address' && node === 'kube-worker2',
        (text) => text.replaceAll('141.75.148.140', '141.75.148.200')
      )
    },
    finds: [
      'LB-IP-STALE service/traefik-ns/traefik',
      // The other nodes' routes to its pods are by the address that it had.
      'ROUTE-MISSING node/kube-master kube-master',
      'ROUTE-MISSING node/kube-worker1 kube-worker1'
    ]
  },
  {
    name: 'a node is gone',
    change: (capture) => {
      capture.list('nodes', (items) => items.filter(({ metadata }) => metadata.name !== 'kube-worker2'))
      capture.remove(({ node }) => node === 'kube-worker2')
    },
    finds: ['LB-IP-STALE service/traefik-ns/traefik']
  },
  {
    name: 'the status lists a stranger',
    change: (capture) =>
      capture.object('services', 'traefik-ns/traefik', ({ status }) => {
        status.loadBalancer.ingress.push({ ip: '192.0.2.1' })
      }),
    finds: [
      'LB-IP-STALE service/traefik-ns/traefik',
      ...NODES.flatMap((node) =>
        ['admin', 'keycloak', 'web', 'websecure'].map(
          (port) => `VIP-MISSING service/traefik-ns/traefik:${port} ${node}`
        )
      )
    ]
  }
])

testFaults('SRC-RANGES', [
  {
    name: 'a node admits every source',
    change: (capture) =>
      capture.dump('kube-worker1', alter(/(-A KUBE-FW-4LLDJGCZVHATZIBP) -s 198\.51\.100\.0\/24/, '$1')),
    finds: ['SRC-RANGES service/demo/lb-ranges:http kube-worker1']
  },
  {
    name: 'the entry passes by the KUBE-FW chain',
    change: (capture) =>
      capture.dump(
        'kube-master',
        alter(/(-A KUBE-SERVICES .*"demo\/lb-ranges:http loadbalancer IP".* -j )KUBE-FW/, '$1KUBE-SVC')
      ),
    finds: ['SRC-RANGES service/demo/lb-ranges:http kube-master', 'CHAIN-ORPHAN node/kube-master kube-master']
  },
  {
    name: 'a klipper-lb that knows no ranges',
    change: (capture) =>
      capture.object('services', 'traefik-ns/traefik', ({ spec }) => {
        spec.loadBalancerSourceRanges = ['141.75.0.0/16']
      }),
    finds: NODES.flatMap((node) =>
      ['admin', 'keycloak', 'web', 'websecure'].map((port) => `SRC-RANGES service/traefik-ns/traefik:${port} ${node}`)
    )
  },
  {
    name: 'a foreign range was let in by hand',
    change: (capture) =>
      capture.dump(
        'kube-worker2',
        before(
          /-A KUBE-FW-4LLDJGCZVHATZIBP -s 198/,
          '[0:0] -A KUBE-FW-4LLDJGCZVHATZIBP -s 192.0.2.0/25 -j KUBE-SVC-4LLDJGCZVHATZIBP'
        )
      ),
    finds: ['SRC-RANGES service/demo/lb-ranges:http kube-worker2']
  },
  ...[
    { name: 'another range of the same length', from: '198.51.100.0/24', to: '198.51.200.0/24' },
    { name: 'a range only where it comes in by one interface', from: '198.51.100.0/24', to: '198.51.100.0/24 -i eth7' }
  ].map(({ name, from, to }) => ({
    name: `a node admits ${name}`,
    change: (capture: Capture) =>
      capture.dump('kube-worker1', alter(new RegExp(`(-A KUBE-FW-4LLDJGCZVHATZIBP -s )${from}`), `$1${to}`)),
    finds: ['SRC-RANGES service/demo/lb-ranges:http kube-worker1']
  })),
  {
    name: 'a range is sent to another Service',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(/(-A KUBE-FW-4LLDJGCZVHATZIBP -s 198\.51\.100\.0\/24 .*-j )KUBE-SVC-\S+/, '$1KUBE-SVC-FWPV2RX5YDVJR746')
      ),
    finds: ['SRC-RANGES service/demo/lb-ranges:http kube-worker1']
  },
  {
    name: 'a range is admitted behind the mark to drop',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(
          /(.*-A KUBE-FW-4LLDJGCZVHATZIBP -s 198\.51\.100\.0\/24 .*\n)((?:.*\n)*?.*-A KUBE-FW-4LLDJGCZVHATZIBP .*-j KUBE-MARK-DROP\n)/,
          '$2$1'
        )
      ),
    finds: ['SRC-RANGES service/demo/lb-ranges:http kube-worker1']
  },
  {
    name: 'ranges that are written with the bits of a host, or as an address, are those that the kernel prints',
    change: (capture) =>
      capture.object('services', 'demo/lb-ranges', ({ spec }) => {
        spec.loadBalancerSourceRanges = spec.loadBalancerSourceRanges.map((range: string) =>
          range.replace('198.51.100.0/24', ' 198.51.100.77/24')
        )
      }),
    finds: []
  }
])

testFaults('HOSTPORT-DUP', [
  {
    name: 'a chain of a pod that is gone comes first',
    change: (capture) => leaveBehind(capture, 'kube-master', '8088', '10.42.0.9'),
    finds: ['HOSTPORT-DUP node/kube-master kube-master', 'HOSTPORT-STALE node/kube-master kube-master']
  },
  {
    name: 'another pod of the node has the port too',
    change: (capture) => leaveBehind(capture, 'kube-worker1', '443', '10.42.1.43'),
    finds: ['HOSTPORT-DUP node/kube-worker1 kube-worker1']
  },
  {
    name: 'the leftover of a node restart on two ports',
    change: (capture) => {
      leaveBehind(capture, 'kube-worker2', '80', '10.42.2.77')
      leaveBehind(capture, 'kube-worker2', '443', '10.42.2.77', 'CNI-DN-bbbbbbbbbbbbbbbbbbbbb')
    },
    finds: ['HOSTPORT-DUP node/kube-worker2 kube-worker2', 'HOSTPORT-STALE node/kube-worker2 kube-worker2']
  },
  {
    name: 'the same port of two protocols is two ports',
    change: (capture) => leaveBehind(capture, 'kube-worker1', '443', '10.42.1.43', undefined, 'udp'),
    finds: []
  }
])

testFaults('HOSTPORT-STALE', [
  {
    name: 'the pod was made anew and got the same address',
    change: (capture: Capture) => leaveBehind(capture, 'kube-master', '443', '10.42.0.163'),
    finds: ['HOSTPORT-STALE node/kube-master kube-master']
  },
  ...['kube-master', 'kube-worker1', 'kube-worker2'].map((node, index) => ({
    name: `a leftover on ${node}`,
    change: (capture: Capture) =>
      leaveBehind(capture, node, String(9000 + index), `10.42.${index}.250`.replace('10.42.2.250', '10.42.2.240')),
    finds: [`HOSTPORT-STALE node/${node} ${node}`]
  }))
])

testFaults('HOSTPORT-MISSING', [
  {
    name: "portmap's chain is gone",
    change: (capture) => capture.dump('kube-worker2', without(/CNI-DN-.*(443|:8087)|--dports 443/)),
    finds: [
      'HOSTPORT-MISSING pod/traefik-ns/svclb-traefik-xrmjk kube-worker2',
      'CHAIN-ORPHAN node/kube-worker2 kube-worker2'
    ]
  },
  {
    name: 'one port of several is missing',
    change: (capture) => capture.dump('kube-worker1', without(/-A CNI-DN-\S+ -p udp .*--dport 18053 .*DNAT/)),
    finds: ['HOSTPORT-MISSING pod/demo/hostports kube-worker1']
  },
  {
    name: "the rule sends to the pod's address of yesterday",
    change: (capture) => capture.dump('kube-master', (text) => text.replaceAll('10.42.0.176:8088', '10.42.0.75:8088')),
    finds: [
      'HOSTPORT-MISSING pod/kube-system/svclb-lb-ranges-1a2b3c4d-kssxr kube-master',
      'HOSTPORT-STALE node/kube-master kube-master'
    ]
  }
])

testFaults('HOSTPORT-SHADOW', [
  {
    name: 'a web server on the node has port 443',
    change: (capture) =>
      listen(
        capture,
        'kube-worker1',
        'tcp   LISTEN 0      511          0.0.0.0:443        0.0.0.0:*    users:(("nginx",pid=77,fd=6))'
      ),
    finds: ['HOSTPORT-SHADOW node/kube-worker1 kube-worker1']
  },
  {
    name: 'a program without a name on a host port',
    change: (capture) =>
      listen(capture, 'kube-master', 'tcp   LISTEN 0      511             [::]:8088           [::]:*'),
    finds: ['HOSTPORT-SHADOW node/kube-master kube-master']
  },
  {
    name: 'a program has a node port',
    change: (capture) =>
      capture.replace(
        ({ kind, node }) => kind === 'sockets-ss' && node === 'kube-worker2',
        alter(/(0\.0\.0\.0:31898 .*)/, '$1 users:(("java",pid=77,fd=6))')
      ),
    finds: ['HOSTPORT-SHADOW node/kube-worker2 kube-worker2']
  },
  {
    name: 'a program on the loopback address is not in the way',
    change: (capture) =>
      listen(
        capture,
        'kube-worker1',
        'tcp   LISTEN 0      511        127.0.0.1:443        0.0.0.0:*    users:(("nginx",pid=77,fd=6))'
      ),
    finds: []
  }
])

function deletePod(capture: Capture, name: string): void {
  capture.list('pods', (items) => items.filter(({ metadata }) => metadata.name !== name))
  if (capture.items.some(({ pod }) => pod === name)) capture.remove(({ pod }) => pod === name)
}

function unschedule(pod: Loose): void {
  delete pod.spec.nodeName
  pod.status = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] }
}

function deletePods(capture: Capture, prefix: string): void {
  capture.list('pods', (pods) => pods.filter(({ metadata }) => !metadata.name.startsWith(prefix)))
}

/** A chain of portmap as a pod leaves it behind when its node goes down: in front of the others. */
function leaveBehind(
  capture: Capture,
  node: string,
  port: string,
  address: string,
  chain = 'CNI-DN-aaaaaaaaaaaaaaaaaaaaa',
  protocol = 'tcp'
): void {
  const of = `-p ${protocol} -m ${protocol} --dport ${port}`
  capture.dump(node, (text) =>
    [
      alter(/:CNI-HOSTPORT-DNAT/, `:${chain} - [0:0]\n:CNI-HOSTPORT-DNAT`),
      before(
        /-A CNI-DN-/,
        ...[`-s ${address.replace(/\d+$/, '0/24')} `, '-s 127.0.0.1/32 '].map(
          (source) => `[0:0] -A ${chain} ${source}${of} -j CNI-HOSTPORT-SETMARK`
        ),
        `[0:0] -A ${chain} ${of} -j DNAT --to-destination ${address}:${port}`
      ),
      before(
        /-A CNI-HOSTPORT-DNAT/,
        `[0:0] -A CNI-HOSTPORT-DNAT -p ${protocol} -m comment --comment "dnat name: \\"cbr0\\" id: \\"${'0'.repeat(64)}\\"" -m multiport --dports ${port} -j ${chain}`
      )
    ].reduce((changed, change) => change(changed), text)
  )
}

function listen(capture: Capture, node: string, line: string): void {
  capture.replace(
    (item) => item.kind === 'sockets-ss' && item.node === node,
    (text) => `${text.trimEnd()}\n${line}\n`
  )
}

testFaults(
  'SVCLB-ENV',
  [
    {
      name: "the pods' rules are flushed",
      change: (capture) =>
        capture.replace((item) => item.kind === 'iptables-save' && item.pod !== undefined, flush('nat')),
      finds: NODES.map((node) => `SVCLB-ENV service/traefik-ns/traefik ${node}`)
    },
    {
      name: 'the pods masquerade nothing',
      change: (capture) =>
        capture.replace((item) => item.kind === 'iptables-save' && item.pod !== undefined, without(/-j MASQUERADE/)),
      finds: NODES.map((node) => `SVCLB-ENV service/traefik-ns/traefik ${node}`)
    },
    {
      name: 'the pods drop what they forward',
      change: (capture) =>
        capture.replace(
          (item) => item.kind === 'iptables-save' && item.pod !== undefined,
          (text) => `${text}*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n`
        ),
      finds: NODES.map((node) => `SVCLB-ENV service/traefik-ns/traefik ${node}`)
    }
  ],
  'k8s-1.36/iptables'
)
