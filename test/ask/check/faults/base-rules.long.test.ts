import { all, alter, before, flush, without } from './capture.ts'
import { testFaults } from './faults.ts'

const NODE = 'node/kube-worker1 kube-worker1'

testFaults('BASE-RULE-MISSING', [
  {
    name: 'packets of no known connection are let through',
    change: (capture) => capture.dump('kube-worker1', without(/-A KUBE-FORWARD .*--ctstate INVALID/)),
    finds: [`BASE-RULE-MISSING ${NODE}`]
  },
  {
    name: 'the masquerade mark is not taken off',
    change: (capture) => capture.dump('kube-worker1', without(/-A KUBE-POSTROUTING -j MARK/)),
    finds: [`BASE-RULE-MISSING ${NODE}`]
  },
  {
    name: 'everything is masqueraded, marked or not',
    change: (capture) => capture.dump('kube-worker1', without(/-A KUBE-POSTROUTING .*-j RETURN/)),
    finds: [`BASE-RULE-MISSING ${NODE}`]
  },
  {
    name: 'KUBE-FORWARD is empty',
    change: (capture) => capture.dump('kube-worker1', without(/-A KUBE-FORWARD /)),
    finds: [`BASE-RULE-MISSING ${NODE}`]
  },
  {
    name: 'what is random of the masquerading on one node, and counted by an accounting object on another, is the same rule',
    change: (capture) => {
      capture.dump('kube-worker1', alter(/(-A KUBE-POSTROUTING .*-j MASQUERADE) --random-fully/, '$1'))
      capture.dump(
        'kube-worker2',
        alter(
          /(-A KUBE-FORWARD -m conntrack --ctstate INVALID) -j/,
          '$1 -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts -j'
        )
      )
    },
    finds: []
  }
])

testFaults('FILTER-FLUSHED', [
  {
    name: 'iptables -F and -X in the filter table',
    change: (capture) => capture.dump('kube-worker1', flush('filter', true)),
    finds: [`FILTER-FLUSHED ${NODE}`, `CANARY-MISSING ${NODE}`]
  },
  {
    name: 'no filter table at all',
    change: (capture) => capture.dump('kube-worker2', (text) => text.replace(/\*filter[^]*?COMMIT\n/, '')),
    finds: ['FILTER-FLUSHED node/kube-worker2 kube-worker2', 'CANARY-MISSING node/kube-worker2 kube-worker2']
  },
  {
    name: "only kube-proxy's chains of it",
    change: (capture) =>
      capture.dump('kube-master', (text) =>
        text.replace(/\*filter[^]*?COMMIT\n/, (table) =>
          without(/KUBE-(SERVICES|EXTERNAL-SERVICES|FORWARD|FIREWALL)\b/)(table)
        )
      ),
    finds: ['FILTER-FLUSHED node/kube-master kube-master']
  }
])

testFaults('FORWARD-DROP', [
  {
    name: 'one rule before all others',
    change: (capture) => capture.dump('kube-worker1', before(/-A FORWARD /, '-A FORWARD -j DROP')),
    finds: [`FORWARD-DROP ${NODE}`, `RULE-UNREACHABLE ${NODE}`]
  },
  {
    name: 'one rule about the pods of a node',
    change: (capture) => capture.dump('kube-worker1', before(/-A FORWARD /, '-A FORWARD -d 10.42.2.0/24 -j REJECT')),
    finds: [`FORWARD-DROP ${NODE}`]
  },
  {
    name: 'another table: the policy of mangle FORWARD',
    change: (capture) => capture.dump('kube-worker1', alter(/(\*mangle[^]*?:FORWARD) ACCEPT/, '$1 DROP')),
    finds: [`FORWARD-DROP ${NODE}`]
  },
  {
    name: 'another table: raw PREROUTING',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        (text) =>
          `*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n[0:0] -A PREROUTING -d 10.43.0.0/16 -j DROP\nCOMMIT\n${text}`
      ),
    finds: [`FORWARD-DROP ${NODE}`]
  }
])

testFaults('HOOK-MISSING', [
  {
    name: 'nothing leads to the node ports',
    change: (capture) => capture.dump('kube-worker1', without(/-A KUBE-SERVICES .*-j KUBE-NODEPORTS/)),
    finds: [`HOOK-MISSING ${NODE}`]
  },
  {
    name: "an admin's DNAT comes before the jump",
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        before(
          /-A PREROUTING .*-j KUBE-SERVICES/,
          '-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.99.99.99:9999'
        )
      ),
    finds: [`HOOK-MISSING ${NODE}`]
  },
  {
    name: 'the cluster IPs are left out before the jump',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        before(/-A PREROUTING .*-j KUBE-SERVICES/, '-A PREROUTING -d 10.43.0.0/16 -j RETURN')
      ),
    finds: [`HOOK-MISSING ${NODE}`]
  },
  {
    name: 'connections to cluster IPs are not tracked',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        (text) =>
          `*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n[0:0] -A PREROUTING -d 10.43.0.0/16 -j CT --notrack\nCOMMIT\n${text}`
      ),
    finds: [`HOOK-MISSING ${NODE}`]
  },
  {
    name: 'KUBE-POSTROUTING comes after what lets everything go',
    change: (capture) => capture.dump('kube-worker1', before(/-A POSTROUTING /, '-A POSTROUTING -j ACCEPT')),
    finds: [`HOOK-MISSING ${NODE}`, `RULE-UNREACHABLE ${NODE}`]
  }
])

testFaults('MASQ-MISSING', [
  {
    name: 'KUBE-POSTROUTING lets go what is marked',
    change: (capture) =>
      capture.dump('kube-worker1', alter(/-A KUBE-POSTROUTING -m mark ! --mark/, '-A KUBE-POSTROUTING -m mark --mark')),
    finds: [`MASQ-MISSING ${NODE}`]
  },
  {
    name: 'kube-proxy was told another pod network',
    change: (capture) =>
      capture.dump('kube-worker1', (text) =>
        text
          .replaceAll('10.42.0.0/16', (network) => network.replace('42', '44'))
          .replaceAll('-d 10.44.0.0/16 -j', '-d 10.42.0.0/16 -j')
      ),
    finds: [`MASQ-MISSING ${NODE}`]
  },
  {
    name: 'no mark is set',
    change: (capture) => capture.dump('kube-worker1', all(without(/-A KUBE-MARK-MASQ /))),
    finds: [`MASQ-MISSING ${NODE}`]
  }
])

testFaults('HOSTPORT-MISSING', [
  {
    name: 'the jump is about fewer ports than the chain',
    change: (capture) =>
      capture.dump('kube-worker1', alter(/(-A CNI-HOSTPORT-DNAT .*--dports 443,80,8080),8087/, '$1')),
    finds: ['HOSTPORT-MISSING pod/traefik-ns/svclb-traefik-j2dpv kube-worker1']
  },
  {
    name: 'the jump is of another protocol',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(/-A CNI-HOSTPORT-DNAT -p tcp (.*--dports 443)/, '-A CNI-HOSTPORT-DNAT -p udp $1')
      ),
    finds: ['HOSTPORT-MISSING pod/traefik-ns/svclb-traefik-j2dpv kube-worker1']
  },
  {
    name: 'the chain has another port',
    change: (capture) =>
      capture.dump('kube-worker1', alter(/(-A CNI-DN-\S+ -p tcp .*--dport )8087( -j DNAT)/, '$18099$2')),
    finds: ['HOSTPORT-MISSING pod/traefik-ns/svclb-traefik-j2dpv kube-worker1']
  }
])
