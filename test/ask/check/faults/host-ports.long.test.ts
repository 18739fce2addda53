import { all, alter, before, without } from './capture.ts'
import { testFaults } from './faults.ts'

const NODE = 'node/kube-worker1 kube-worker1'
const HOSTPORTS = 'pod/demo/hostports kube-worker1'
const SVCLB = 'pod/traefik-ns/svclb-traefik-j2dpv kube-worker1'

testFaults('HOSTPORT-MASQ', [
  {
    name: 'one port is not marked for its own network',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        without(/-A CNI-DN-\S+ -s 10\.42\.1\.0\/24 -p tcp .*--dport 443 -j CNI-HOSTPORT-SETMARK/)
      ),
    finds: [`HOSTPORT-MASQ ${SVCLB}`]
  },
  {
    name: 'localhost is not marked',
    change: (capture) =>
      capture.dump('kube-worker1', without(/-A CNI-DN-\S+ -s 127\.0\.0\.1\/32 -p udp .*-j CNI-HOSTPORT-SETMARK/)),
    finds: [`HOSTPORT-MASQ ${HOSTPORTS}`]
  },
  {
    name: 'the mark is for another network, another port, another protocol, and for one interface only',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        all(
          alter(/(-A CNI-DN-\S+ -s 10\.42\.)1(\.0\/24 -p tcp .*--dport 443 -j CNI-HOSTPORT-SETMARK)/, '$17$2'),
          alter(/(-A CNI-DN-\S+ -s 10\.42\.1\.0\/24 -p tcp .*--dport )8087( -j CNI-HOSTPORT-SETMARK)/, '$18086$2'),
          alter(
            /(-A CNI-DN-\S+ -s 10\.42\.1\.0\/24) -p sctp -m sctp( .*-j CNI-HOSTPORT-SETMARK)/,
            '$1 -p tcp -m tcp$2'
          ),
          alter(/(-A CNI-DN-\S+ -s 10\.42\.1\.0\/24)( -p udp .*-j CNI-HOSTPORT-SETMARK)/, '$1 -i eth7$2')
        )
      ),
    finds: [`HOSTPORT-MASQ ${SVCLB}`, `HOSTPORT-MASQ ${HOSTPORTS}`]
  },
  {
    name: 'the mark is set behind the DNAT',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(/(\[0:0\] -A CNI-DN-\S+ -s 10\.42\.1\.0\/24 -p udp .*\n)(.*\n)(.*-p udp .*-j DNAT .*\n)/, '$2$3$1')
      ),
    finds: [`HOSTPORT-MASQ ${HOSTPORTS}`]
  },
  {
    name: 'what is marked is not masqueraded',
    change: (capture) => capture.dump('kube-worker1', without(/-A CNI-HOSTPORT-MASQ /)),
    finds: [`HOSTPORT-MASQ ${NODE}`]
  },
  {
    name: 'the mark is set by one interface only',
    change: (capture) =>
      capture.dump('kube-worker1', alter(/-A CNI-HOSTPORT-SETMARK /, '-A CNI-HOSTPORT-SETMARK -i eth7 ')),
    finds: [`HOSTPORT-MASQ ${NODE}`]
  },
  {
    name: 'another mark is set than is looked for',
    change: (capture) =>
      capture.dump('kube-worker1', alter(/(-A CNI-HOSTPORT-MASQ .*--mark )0x2000\/0x2000/, '$10x8/0x8')),
    finds: [`HOSTPORT-MASQ ${NODE}`]
  },
  {
    name: 'a network that portmap does not masquerade at all',
    change: (capture) => {
      for (const node of ['kube-master', 'kube-worker1', 'kube-worker2'])
        capture.dump(node, without(/-j CNI-HOSTPORT-SETMARK|-A CNI-HOSTPORT-(SETMARK|MASQ) /))
    },
    finds: []
  },
  {
    name: 'a network that is masqueraded whatever the source',
    change: (capture) =>
      capture.dump('kube-worker1', (text) =>
        text.replace(/(-A CNI-DN-\S+) -s 10\.42\.1\.0\/24( .*-j CNI-HOSTPORT-SETMARK)/g, '$1$2')
      ),
    finds: []
  }
])

testFaults('HOSTPORT-MISSING', [
  {
    name: 'the rule is for another address of the node than the pod asks for',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(/(-A CNI-DN-\S+) -d 141\.75\.148\.139\/32( .*-j DNAT)/, '$1 -d 141.75.148.240/32$2')
      ),
    finds: [`HOSTPORT-MISSING ${HOSTPORTS}`]
  },
  {
    name: 'the rule is for all addresses but the one that the pod asks for',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(/(-A CNI-DN-\S+) -d 141\.75\.148\.139\/32( .*-j DNAT)/, '$1 ! -d 141.75.148.139/32$2')
      ),
    finds: [`HOSTPORT-MISSING ${HOSTPORTS}`]
  },
  {
    name: 'the jump is for one interface',
    change: (capture) =>
      capture.dump('kube-worker1', alter(/-A CNI-HOSTPORT-DNAT -p sctp/, '-A CNI-HOSTPORT-DNAT -i eth7 -p sctp')),
    finds: [`HOSTPORT-MISSING ${HOSTPORTS}`]
  },
  {
    name: 'the rule is for one interface',
    change: (capture) => capture.dump('kube-worker1', alter(/(-A CNI-DN-\S+)( -p sctp .*-j DNAT)/, '$1 -i eth7$2')),
    finds: [`HOSTPORT-MISSING ${HOSTPORTS}`]
  }
])

testFaults('HOOK-MISSING', [
  {
    name: 'what nobody asked for is dropped on one interface only',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(/-A INPUT (-m comment .*)?-j KUBE-FIREWALL/, '-A INPUT -i eth7 $1-j KUBE-FIREWALL')
      ),
    finds: [`HOOK-MISSING ${NODE}`]
  },
  {
    name: 'host ports are entered by one protocol only',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(/-A PREROUTING (-m addrtype .*)-j CNI-HOSTPORT-DNAT/, '-A PREROUTING -p tcp $1-j CNI-HOSTPORT-DNAT')
      ),
    finds: [`HOOK-MISSING ${NODE}`]
  },
  {
    name: 'one source is masqueraded',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(
          /-A POSTROUTING (-m comment .*)-j CNI-HOSTPORT-MASQ/,
          '-A POSTROUTING -s 10.42.9.0/24 $1-j CNI-HOSTPORT-MASQ'
        )
      ),
    finds: [`HOOK-MISSING ${NODE}`]
  },
  {
    name: 'a narrower jump beside the whole one',
    change: (capture) =>
      capture.dump('kube-worker1', before(/-A INPUT .*-j KUBE-FIREWALL/, '-A INPUT -i eth7 -j KUBE-FIREWALL')),
    finds: []
  }
])

testFaults('BASE-RULE-MISSING', [
  {
    name: 'pods are not masqueraded on their way out of the cluster',
    change: (capture) =>
      capture.dump('kube-worker1', without(/-A POSTROUTING -s 10\.42\.0\.0\/16 ! -d 224\.0\.0\.0\/4 -j MASQUERADE/)),
    finds: [`BASE-RULE-MISSING ${NODE}`]
  },
  {
    name: "what is for the node's own pods is masqueraded",
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(/(-A POSTROUTING ! -s 10\.42\.0\.0\/16 -d )10\.42\.1\.0\/24( -j RETURN)/, '$110.42.9.0/24$2')
      ),
    finds: [`BASE-RULE-MISSING ${NODE}`]
  },
  {
    name: 'one way of masquerading lacks on two nodes of three: no node is as it should be by what the others are',
    change: (capture) => {
      for (const node of ['kube-worker1', 'kube-worker2'])
        capture.dump(node, without(/-A POSTROUTING ! -s 10\.42\.0\.0\/16 -d 10\.42\.0\.0\/16 -j MASQUERADE/))
    },
    finds: []
  },
  {
    name: "masquerading of docker's own networks is each node's own affair",
    change: (capture) => {
      for (const node of ['kube-master', 'kube-worker2'])
        capture.dump(node, before(/-A POSTROUTING /, '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE'))
    },
    finds: []
  },
  {
    name: 'rules without their comments are the same rules',
    change: (capture) =>
      capture.dump('kube-worker1', (text) => text.replace(/ -m comment --comment ("(?:[^"\\]|\\.)*"|\S+)/g, '')),
    finds: []
  },
  {
    name: "flannel's chain",
    change: (capture) => {
      for (const node of ['kube-master', 'kube-worker1', 'kube-worker2'])
        capture.dump(
          node,
          all(
            alter(/(\*nat[^]*?)(:KUBE-SERVICES )/, '$1:FLANNEL-POSTRTG - [0:0]\n$2'),
            before(/-A POSTROUTING /, '-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG'),
            before(
              /-A KUBE-POSTROUTING /,
              ...[
                '-m mark --mark 0x4000/0x4000 -j RETURN',
                '-s 10.42.0.0/16 ! -d 224.0.0.0/4 -j MASQUERADE --random-fully'
              ]
                .slice(0, node === 'kube-worker2' ? 1 : 2)
                .map((rule) => `-A FLANNEL-POSTRTG ${rule.replace(' -j', ' -m comment --comment "flanneld masq" -j')}`)
            )
          )
        )
    },
    finds: ['BASE-RULE-MISSING node/kube-worker2 kube-worker2']
  }
])
