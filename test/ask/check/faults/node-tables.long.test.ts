import { after, all, alter, before, type Capture, flush, type Loose, without } from './capture.ts'
import { testFaults } from './faults.ts'

const on = (code: string, node: string) => `${code} node/${node} ${node}`

/** The routes of a node, without those or with others. */
const routes =
  (node: string, change: (routes: Loose[]) => Loose[]) =>
  (capture: Capture): void =>
    capture.replace(
      (item) => item.kind === 'ip-route' && item.node === node,
      (text) => JSON.stringify(change(JSON.parse(text) as Loose[]))
    )

testFaults('ROUTE-MISSING', [
  {
    name: "the network plugin has lost its routes to all other nodes' pods",
    change: routes('kube-worker1', (all) =>
      all.filter(({ dst, gateway }) => !dst.startsWith('10.42.') || gateway === undefined)
    ),
    finds: [on('ROUTE-MISSING', 'kube-worker1')]
  },
  {
    name: "the route to one node's pods is gone",
    change: routes('kube-master', (all) => all.filter(({ dst }) => dst !== '10.42.2.0/24')),
    finds: [on('ROUTE-MISSING', 'kube-master')]
  },
  {
    name: 'there is no default route, and so none to cluster IPs',
    change: routes('kube-worker2', (all) => all.filter(({ dst }) => dst !== 'default')),
    finds: [on('ROUTE-MISSING', 'kube-worker2')]
  },
  {
    name: 'a route to a wider network is a way too',
    change: routes('kube-worker1', (all) => [
      ...all.filter(({ dst }) => dst !== '10.42.2.0/24'),
      { dst: '10.40.0.0/13', gateway: '141.75.148.138', dev: 'eth0', flags: [] }
    ]),
    finds: []
  },
  {
    name: 'a route to another wide network is none',
    change: routes('kube-worker1', (all) => [
      ...all.filter(({ dst }) => dst !== '10.42.2.0/24'),
      { dst: '10.48.0.0/13', gateway: '141.75.148.138', dev: 'eth0', flags: [] }
    ]),
    finds: [on('ROUTE-MISSING', 'kube-worker1')]
  },
  {
    name: 'where no node has routes to pods they go another way',
    change: (capture) => {
      for (const node of ['kube-master', 'kube-worker1', 'kube-worker2'])
        routes(node, (all) => all.filter(({ dst, gateway }) => !dst.startsWith('10.42.') || gateway === undefined))(
          capture
        )
    },
    finds: []
  },
  {
    name: 'the bridge is down, and the kernel took the route to the own pods away',
    change: routes('kube-worker1', (all) => all.filter(({ dst }) => dst !== '10.42.1.0/24')),
    finds: [on('ROUTE-MISSING', 'kube-worker1')]
  },
  {
    name: 'a route drops what is for the own pods',
    change: routes('kube-worker2', (all) => [
      ...all.filter(({ dst }) => dst !== '10.42.2.0/24'),
      { type: 'blackhole', dst: '10.42.2.0/24', flags: [] }
    ]),
    finds: [on('ROUTE-MISSING', 'kube-worker2')]
  },
  {
    name: 'a block that drops, and a route for each pod in it, as calico makes them',
    change: (capture) => {
      const addresses = (JSON.parse(capture.read(({ kind }) => kind === 'pods')) as Loose).items.flatMap(
        ({ spec, status }: Loose) => (spec.nodeName === 'kube-worker2' && status.podIP ? [status.podIP] : [])
      ) as string[]
      routes('kube-worker2', (all) => [
        ...all.filter(({ dst }) => dst !== '10.42.2.0/24'),
        { type: 'blackhole', dst: '10.42.2.0/24', flags: [] },
        ...addresses.map((dst, index) => ({ dst, dev: `cali${index}`, flags: [] }))
      ])(capture)
    },
    finds: []
  },
  {
    name: "a route to a node's pods is by a gateway that no node has",
    change: routes('kube-master', (all) =>
      all.map((route) => (route.dst === '10.42.2.0/24' ? { ...route, gateway: '141.75.148.99' } : route))
    ),
    finds: [on('ROUTE-MISSING', 'kube-master')]
  },
  {
    name: 'routes that were not read are not missing',
    change: (capture) => capture.remove((item) => item.kind === 'ip-route' && item.node === 'kube-worker1'),
    finds: []
  }
])

/** Cilium's chain beside kube-proxy's, as it stands when both work together. */
const withCilium = (text: string): string => text.replace('*nat\n', '*nat\n:CILIUM_PRE_nat - [0:0]\n')

testFaults('NAT-FLUSHED', [
  {
    name: "Cilium works beside kube-proxy on every node, and one has lost kube-proxy's rules",
    change: (capture) => {
      for (const node of ['kube-master', 'kube-worker1']) capture.dump(node, withCilium)
      capture.dump('kube-worker2', (text) => withCilium(flush('nat', true)(text)))
    },
    finds: [on('NAT-FLUSHED', 'kube-worker2'), on('CANARY-MISSING', 'kube-worker2')]
  },
  {
    name: 'a node where Cilium alone does the work has lost nothing',
    change: (capture) => capture.dump('kube-worker2', (text) => withCilium(flush('nat', true)(text))),
    finds: [on('CANARY-MISSING', 'kube-worker2'), ...hostPortsOf('kube-worker2')]
  },
  {
    name: 'iptables -t nat -F',
    change: (capture) => capture.dump('kube-worker2', flush('nat')),
    finds: [on('NAT-FLUSHED', 'kube-worker2'), on('CHAIN-ORPHAN', 'kube-worker2')]
  },
  {
    name: 'the table is flushed with its chains',
    change: (capture) => capture.dump('kube-worker2', flush('nat', true)),
    finds: [on('NAT-FLUSHED', 'kube-worker2'), on('CANARY-MISSING', 'kube-worker2')]
  },
  {
    name: 'every table is flushed, on all nodes but one',
    change: (capture) => {
      for (const node of ['kube-worker1', 'kube-worker2'])
        capture.dump(node, all(flush('nat', true), flush('filter', true), flush('mangle', true)))
    },
    finds: [on('NAT-FLUSHED', 'kube-worker1'), on('NAT-FLUSHED', 'kube-worker2')]
  },
  {
    name: 'all nodes are flushed: the canaries of the other tables tell',
    change: (capture) => {
      for (const node of ['kube-master', 'kube-worker1', 'kube-worker2']) capture.dump(node, flush('nat', true))
    },
    finds: ['kube-master', 'kube-worker1', 'kube-worker2'].flatMap((node) => [
      on('NAT-FLUSHED', node),
      on('CANARY-MISSING', node)
    ])
  },
  {
    name: 'a dump that says that the rules are in the other backend is no proof',
    change: (capture) => {
      capture.dump('kube-worker2', () => '')
      capture.items = capture.items.map((item) =>
        item.kind === 'iptables-save' && item.node === 'kube-worker2'
          ? { ...item, stderr: '# Warning: iptables-legacy tables present, use iptables-legacy-save to see them' }
          : item
      )
    },
    finds: []
  }
])

testFaults(
  'SYNC-FAILED',
  ['kube-master', 'kube-worker1', 'kube-worker2'].map((node) => ({
    name: `kube-proxy's chains on ${node} are made and not filled`,
    change: (capture: Capture) =>
      capture.dump(
        node,
        without(/^:KUBE-(SVC|SEP|FW|XLB)-|-A KUBE-(SVC|SEP|FW|XLB|SERVICES|NODEPORTS|EXTERNAL-SERVICES)/)
      ),
    finds: [on('SYNC-FAILED', node)]
  }))
)

testFaults('HOOK-MISSING', [
  {
    name: 'PREROUTING does not lead to KUBE-SERVICES',
    change: (capture) => capture.dump('kube-worker1', without(/-A PREROUTING .*-j KUBE-SERVICES/)),
    finds: [on('HOOK-MISSING', 'kube-worker1')]
  },
  {
    name: 'POSTROUTING does not masquerade',
    change: (capture) => capture.dump('kube-master', without(/-A POSTROUTING .*-j KUBE-POSTROUTING/)),
    finds: [on('HOOK-MISSING', 'kube-master')]
  },
  {
    name: 'FORWARD was rewritten',
    change: (capture) => capture.dump('kube-worker2', without(/-A FORWARD .*-j KUBE-/)),
    finds: [on('HOOK-MISSING', 'kube-worker2')]
  },
  {
    name: 'host ports are not entered',
    change: (capture) => capture.dump('kube-worker2', without(/-A (PREROUTING|OUTPUT) .*-j CNI-HOSTPORT-DNAT/)),
    finds: [on('HOOK-MISSING', 'kube-worker2')]
  },
  {
    name: 'the filter table is flushed',
    change: (capture) => capture.dump('kube-worker2', flush('filter')),
    finds: [on('HOOK-MISSING', 'kube-worker2')]
  }
])

testFaults('CANARY-MISSING', [
  {
    name: 'in mangle',
    change: (capture) => capture.dump('kube-worker1', flush('mangle', true)),
    finds: [on('CANARY-MISSING', 'kube-worker1')]
  },
  {
    name: "kubelet's in nat",
    change: (capture) =>
      capture.dump('kube-master', (text) => text.replace(/(\*nat[^]*?):KUBE-KUBELET-CANARY .*\n/, '$1')),
    finds: [on('CANARY-MISSING', 'kube-master')]
  },
  {
    name: "kube-proxy's in filter",
    change: (capture) =>
      capture.dump('kube-worker2', (text) => text.replace(/(\*filter[^]*?):KUBE-PROXY-CANARY .*\n/, '$1')),
    finds: [on('CANARY-MISSING', 'kube-worker2')]
  }
])

testFaults('BACKEND-MIX', [
  {
    name: 'the other backend holds the rules of another day',
    change: (capture) => addBackend(capture, 'kube-worker2', (text) => text),
    finds: [on('BACKEND-MIX', 'kube-worker2')]
  },
  {
    name: 'kubelet uses the other backend',
    change: (capture) =>
      addBackend(
        capture,
        'kube-master',
        () => '*nat\n:KUBE-MARK-DROP - [0:0]\n-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000\nCOMMIT\n'
      ),
    finds: [on('BACKEND-MIX', 'kube-master')]
  },
  {
    name: 'an older kube-proxy used the other backend',
    change: (capture) =>
      addBackend(
        capture,
        'kube-worker1',
        () =>
          '*filter\n:FORWARD ACCEPT [0:0]\n:KUBE-FORWARD - [0:0]\n-A FORWARD -j KUBE-FORWARD\n-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP\nCOMMIT\n'
      ),
    finds: [on('BACKEND-MIX', 'kube-worker1')]
  },
  {
    name: 'docker in the other backend is no mix',
    change: (capture) =>
      addBackend(
        capture,
        'kube-worker2',
        () =>
          '*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\nCOMMIT\n'
      ),
    finds: []
  }
])

testFaults('FORWARD-DROP', [
  {
    name: "docker sets the policy, the CNI plugin's rules are gone",
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        all(alter(/(\*filter[^]*?:FORWARD )ACCEPT/, '$1DROP'), without(/-A FORWARD -[sd] 10\.42\.0\.0\/16 -j ACCEPT/))
      ),
    finds: [on('FORWARD-DROP', 'kube-worker1')]
  },
  {
    name: "an admin's REJECT ends the chain instead of the plugin's rules",
    change: (capture) =>
      capture.dump(
        'kube-master',
        all(
          without(/-A FORWARD -s 10\.42\.0\.0\/16 -j ACCEPT/),
          alter(/-A FORWARD -d 10\.42\.0\.0\/16 -j ACCEPT/, '-A FORWARD -j REJECT --reject-with icmp-host-prohibited')
        )
      ),
    finds: [on('FORWARD-DROP', 'kube-master')]
  },
  {
    name: "docker's own ACCEPT rules do not help pods",
    change: (capture) =>
      capture.dump(
        'kube-worker2',
        all(
          alter(/(\*filter[^]*?:FORWARD )ACCEPT/, '$1DROP'),
          alter(/-A FORWARD -s 10\.42\.0\.0\/16 -j ACCEPT/, '-A FORWARD -i docker0 ! -o docker0 -j ACCEPT'),
          without(/-A FORWARD -d 10\.42\.0\.0\/16 -j ACCEPT/)
        )
      ),
    finds: [on('FORWARD-DROP', 'kube-worker2')]
  },
  {
    name: "policy DROP with the plugin's rules is right",
    change: (capture) => capture.dump('kube-worker2', alter(/(\*filter[^]*?:FORWARD )ACCEPT/, '$1DROP')),
    finds: []
  }
])

testFaults('RULE-DUP', [
  {
    name: 'a FORWARD rule was added again',
    change: (capture) => capture.dump('kube-worker1', after(/-A FORWARD -s 10\.42\.0\.0\/16 -j ACCEPT/)),
    finds: [on('RULE-DUP', 'kube-worker1')]
  },
  {
    name: 'the jump to KUBE-SERVICES stands twice',
    change: (capture) => capture.dump('kube-worker2', after(/-A PREROUTING .*-j KUBE-SERVICES/)),
    finds: [on('RULE-DUP', 'kube-worker2')]
  },
  {
    name: 'kubelet adds its rule at every turn',
    change: (capture) =>
      capture.dump('kube-master', (text) =>
        [1, 2, 3].reduce((longer) => after(/-A KUBE-FIREWALL .*-j DROP/)(longer), text)
      ),
    finds: [on('RULE-DUP', 'kube-master')]
  },
  {
    name: "portmap's jumps grow",
    change: (capture) =>
      capture.dump('kube-master', (text) =>
        [1, 2, 3].reduce((longer) => after(/-A PREROUTING .*-j CNI-HOSTPORT-DNAT/)(longer), text)
      ),
    finds: [on('RULE-DUP', 'kube-master')]
  }
])

testFaults('RULE-MANGLED', [
  {
    name: "kubelet's drop lost its mark (iptables 1.8.8)",
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(
          /(-A KUBE-FIREWALL -m comment --comment "kubernetes firewall for dropping marked packets") -m mark --mark 0x8000\/0x8000/,
          '$1'
        )
      ),
    finds: [on('RULE-MANGLED', 'kube-worker1'), on('RULE-UNREACHABLE', 'kube-worker1')]
  },
  {
    name: 'an unsupported revision',
    change: (capture) =>
      capture.dump(
        'kube-master',
        alter(
          /-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP/,
          '-A KUBE-FORWARD -m conntrack [unsupported revision] -j DROP'
        )
      ),
    finds: [on('RULE-MANGLED', 'kube-master')]
  },
  {
    name: 'an unknown match',
    change: (capture) =>
      capture.dump(
        'kube-worker2',
        alter(
          /-A FORWARD -s 10\.42\.0\.0\/16 -j ACCEPT/,
          "-A FORWARD -s 10.42.0.0/16 UNKNOWN match `physdev' -j ACCEPT"
        )
      ),
    finds: [on('RULE-MANGLED', 'kube-worker2')]
  }
])

testFaults('RULE-UNREACHABLE', [
  {
    name: "REJECT before the CNI plugin's rules",
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        before(/-A FORWARD -s 10\.42\.0\.0\/16/, '[0:0] -A FORWARD -j REJECT --reject-with icmp-host-prohibited')
      ),
    finds: ['FORWARD-DROP node/kube-worker1 kube-worker1', on('RULE-UNREACHABLE', 'kube-worker1')]
  },
  {
    name: 'PREROUTING returns at once',
    change: (capture) =>
      capture.dump('kube-worker2', before(/-A PREROUTING .*-j KUBE-SERVICES/, '[0:0] -A PREROUTING -j RETURN')),
    finds: ['HOOK-MISSING node/kube-worker2 kube-worker2', on('RULE-UNREACHABLE', 'kube-worker2')]
  },
  {
    name: 'KUBE-NODEPORTS is not the last jump',
    change: (capture) =>
      capture.dump('kube-master', (text) => {
        const last = /^.*-A KUBE-SERVICES .*-j KUBE-NODEPORTS$/m.exec(text)![0]
        return before(/-A KUBE-SERVICES .*-j KUBE-MARK-MASQ/, last)(text.replace(`${last}\n`, ''))
      }),
    finds: [on('RULE-UNREACHABLE', 'kube-master')]
  }
])

testFaults('MODE-LEFTOVER', [
  {
    name: 'ipvs mode',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        all(
          alter(/:KUBE-MARK-DROP/, ':KUBE-LOAD-BALANCER - [0:0]\n:KUBE-NODE-PORT - [0:0]\n:KUBE-MARK-DROP'),
          before(
            /-A KUBE-MARK-DROP/,
            '-A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ',
            '-A KUBE-NODE-PORT -p tcp -m comment --comment "Kubernetes nodeport TCP port for masquerade purpose" -j KUBE-MARK-MASQ'
          )
        )
      ),
    finds: [on('MODE-LEFTOVER', 'kube-worker1')]
  },
  {
    name: 'userspace mode',
    change: (capture) =>
      capture.dump(
        'kube-master',
        all(
          alter(/:KUBE-MARK-DROP/, ':KUBE-PORTALS-HOST - [0:0]\n:KUBE-MARK-DROP'),
          before(
            /-A KUBE-MARK-DROP/,
            '-A KUBE-PORTALS-HOST -d 10.43.0.1/32 -p tcp -m tcp --dport 443 -j REDIRECT --to-ports 40000'
          )
        )
      ),
    finds: [on('MODE-LEFTOVER', 'kube-master')]
  },
  {
    name: 'a newer kube-proxy ran here',
    change: (capture) =>
      capture.dump(
        'kube-worker2',
        all(
          alter(/:KUBE-SVC-/, ':KUBE-EXT-AAAAAAAAAAAAAAAA - [0:0]\n:KUBE-SVC-'),
          before(/-A KUBE-MARK-DROP/, '-A KUBE-EXT-AAAAAAAAAAAAAAAA -j KUBE-MARK-MASQ')
        )
      ),
    finds: [on('MODE-LEFTOVER', 'kube-worker2'), on('CHAIN-ORPHAN', 'kube-worker2')]
  }
])

testFaults('MASQ-MISSING', [
  {
    name: 'KUBE-POSTROUTING lost its MASQUERADE',
    change: (capture) => capture.dump('kube-worker1', without(/-A KUBE-POSTROUTING .*-j MASQUERADE/)),
    finds: [on('MASQ-MISSING', 'kube-worker1')]
  },
  {
    name: 'an endpoint is not masqueraded when it reaches itself',
    change: (capture) =>
      capture.dump('kube-worker2', without(/-A KUBE-SEP-\S+ -s 10\.42\.2\.\d+\/32 .*"demo\/np:http"/)),
    finds: ['MASQ-MISSING service/demo/np:http kube-worker2']
  },
  {
    name: 'an endpoint that reaches itself is masqueraded at one interface only',
    change: (capture) =>
      capture.dump(
        'kube-worker2',
        alter(/(-A KUBE-SEP-\S+)( -s 10\.42\.2\.\d+\/32 .*"demo\/np:http")/, '$1 -i eth7$2')
      ),
    finds: ['MASQ-MISSING service/demo/np:http kube-worker2']
  },
  {
    name: 'clients outside are not masqueraded at a cluster IP',
    change: (capture) =>
      capture.dump('kube-master', without(/-A KUBE-SERVICES ! -s .*"demo\/web:http cluster IP".*-j KUBE-MARK-MASQ/)),
    finds: ['MASQ-MISSING service/demo/web:http kube-master']
  },
  {
    name: 'KUBE-MARK-MASQ marks nothing',
    change: (capture) => capture.dump('kube-master', without(/-A KUBE-MARK-MASQ /)),
    finds: [on('MASQ-MISSING', 'kube-master')]
  },
  {
    name: 'a cluster without --cluster-cidr has no such rule at all',
    change: (capture) => capture.dump('kube-master', without(/-A KUBE-SERVICES ! -s .*-j KUBE-MARK-MASQ/)),
    finds: []
  }
])

function hostPortsOf(node: string): string[] {
  const pods: Record<string, string[]> = {
    'kube-worker1': [
      'pod/demo/hostports',
      'pod/kube-system/svclb-lb-ranges-1a2b3c4d-74kcj',
      'pod/traefik-ns/svclb-traefik-j2dpv'
    ],
    'kube-worker2': ['pod/kube-system/svclb-lb-ranges-1a2b3c4d-6nc5z', 'pod/traefik-ns/svclb-traefik-xrmjk']
  }
  return pods[node]!.map((pod) => `HOSTPORT-MISSING ${pod} ${node}`)
}

/** A second dump of the node, by the program of the backend it does not use. */
function addBackend(capture: Capture, node: string, change: (text: string) => string): void {
  const item = capture.items.find(({ kind, node: owner }) => kind === 'iptables-save' && owner === node)!
  const text = item.content!.toString('utf8')
  const other = text.includes('(nf_tables)') ? ('legacy' as const) : ('nft' as const)
  const content = change(
    text.replaceAll(/^# Generated by iptables-save v1\.8\.9.* on/gm, `# Generated by iptables-${other}-save v1.8.9 on`)
  )
  capture.items.push({
    ...item,
    backend: other,
    command: [`iptables-${other}-save`, '-c'],
    content: Buffer.from(content)
  })
}
