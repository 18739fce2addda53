/** Errors found by reading KubeSkoop's tracer (pkg/skoop/netstack/iptables.go, service.go), one test each: not ours. */
import test from 'ava'
import { isForNewClient } from '../../../src/model/packet/outcome.ts'
import { briefs, send } from './rules.ts'

/** Where KubeSkoop stops comparing: kube-proxy's iptables chains are walked to the endpoints. */
test('1. Service and endpoint chains are followed in iptables mode', (t) => {
  t.deepEqual(
    briefs(
      send(
        `
    nat PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
    nat KUBE-SERVICES -d 10.43.0.10/32 -p tcp -m comment --comment "demo/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-AAAAAAAAAAAAAAAA
    nat KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "demo/web" -j KUBE-SEP-BBBBBBBBBBBBBBBB
    nat KUBE-SEP-BBBBBBBBBBBBBBBB -p tcp -m comment --comment "demo/web" -m tcp -j DNAT --to-destination 10.42.0.7:8080
  `,
        { destination: '10.43.0.10' }
      )
    ),
    ['accepted 10.42.0.7:8080']
  )
})

test('2. a match nobody knows blinds one rule, not the node', (t) => {
  const outcomes = send(`
    filter FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name ct_state_invalid_dropped_pkts -j DROP
    filter FORWARD -m recent --rcheck --name KUBE-SEP-X --mask 255.255.255.255 --rsource -j LOG
    filter FORWARD -m limit --limit 5/min -j LOG
    filter FORWARD -p icmp -m icmp --icmp-type 8 -j ACCEPT
    filter FORWARD -m fromthefuture --really -j ACCEPT
    filter FORWARD -j DROP
  `)
  t.deepEqual(briefs(outcomes), [
    'accepted 10.42.0.5:80 if -m fromthefuture --really matches',
    'dropped unless -m fromthefuture --really matches'
  ])
})

test('3. statistic and conntrack do not always match', (t) => {
  t.deepEqual(briefs(send('filter FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT\nfilter FORWARD -j DROP')), [
    'dropped'
  ])
  t.is(
    send(`
    nat PREROUTING -m statistic --mode random --probability 0.50000000000 -j DNAT --to-destination 10.42.0.7
    nat PREROUTING -j DNAT --to-destination 10.42.0.8
  `).length,
    2
  )
})

test('4. MARK lets the packet go on, DNAT rewrites it', (t) => {
  const [outcome] = send(`
    nat PREROUTING -j MARK --set-xmark 0x4000/0x4000
    nat PREROUTING -p tcp -j DNAT --to-destination 10.42.0.7:8080
    nat POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE
  `)
  t.deepEqual(
    [outcome?.packet.destination, outcome?.packet.destinationPort, outcome?.masqueraded],
    ['10.42.0.7', 8080, true]
  )
})

test('5. a return from depth two resumes in the chain that called', (t) => {
  t.deepEqual(
    briefs(
      send(`
    filter FORWARD -j one
    filter FORWARD -j DROP
    filter one -j two
    filter one -j ACCEPT
    filter two -j RETURN
  `)
    ),
    ['accepted 10.42.0.5:80']
  )
})

test('6. REJECT rejects', (t) => {
  t.deepEqual(briefs(send('filter FORWARD -j REJECT --reject-with icmp-port-unreachable')), [
    'rejected icmp-port-unreachable'
  ])
})

test('7. goto is no call, and IPv6 is evaluated', (t) => {
  t.deepEqual(briefs(send('filter FORWARD -g one\nfilter FORWARD -j DROP\nfilter one (empty)')), [
    'accepted 10.42.0.5:80'
  ])
  t.deepEqual(
    briefs(send('filter FORWARD -d fd00:42::/64 -j DROP', { source: 'fd00::1', destination: 'fd00:42::5' })),
    ['dropped']
  )
})

/** Its own test only prints. Ours compares: session affinity is the dump that made it accept everything. */
test('8. a Service with session affinity has its endpoints and its no others', (t) => {
  const outcomes = send(
    `
    nat PREROUTING -d 10.43.0.10/32 -j KUBE-SVC-A
    nat KUBE-SVC-A -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-B --mask 255.255.255.255 --rsource -j KUBE-SEP-B
    nat KUBE-SVC-A -j KUBE-SEP-B
    nat KUBE-SEP-B -s 10.42.0.7/32 -j KUBE-MARK-MASQ
    nat KUBE-SEP-B -p tcp -m recent --set --name KUBE-SEP-B --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.42.0.7:80
    nat KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
  `,
    { destination: '10.43.0.10' }
  )
  t.deepEqual(briefs(outcomes), ['accepted 10.42.0.7:80'])
  t.true(outcomes.every(isForNewClient))
})
