import test from 'ava'
import { readList } from '../../../src/parse/iptables/list.ts'
import { unjoin } from '../../../src/parse/iptables/unjoin.ts'
import { readShared, testWithCaptures } from './shared.ts'

test('rows begin at the target in front of protocol and opt', (t) => {
  t.is(
    unjoin(
      'root@n:~# iptables -t nat -L A -n | column -t Chain A (2 references) target prot opt source destination KUBE-MARK-MASQ tcp -- !10.42.0.0/16 10.43.99.34 /* a tcp -- b */ tcp dpt:80 kube-x 6 -- 0.0.0.0/0 10.43.99.34 root@n:~# iptables -L'
    ),
    [
      'root@n:~# iptables -t nat -L A -n | column -t',
      'Chain A (2 references)',
      'target prot opt source destination',
      'KUBE-MARK-MASQ tcp -- !10.42.0.0/16 10.43.99.34 /* a tcp -- b */ tcp dpt:80',
      'kube-x 6 -- 0.0.0.0/0 10.43.99.34',
      'root@n:~# iptables -L'
    ].join('\n')
  )
})

test('rows with counters, with numbers, without a target', (t) => {
  t.is(
    unjoin(
      'Chain A (policy ACCEPT 1 packets, 2 bytes) num pkts bytes target prot opt in out source destination 1 10 20K ACCEPT all -- * * 0.0.0.0/0 0.0.0.0/0 ctstate NEW 2 0 0 tcp -- * * 10.0.0.1 0.0.0.0/0 tcp dpt:80 3 0 0 DROP all -- * * 0.0.0.0/0 0.0.0.0/0'
    ),
    [
      'Chain A (policy ACCEPT 1 packets, 2 bytes)',
      'num pkts bytes target prot opt in out source destination',
      '1 10 20K ACCEPT all -- * * 0.0.0.0/0 0.0.0.0/0 ctstate NEW',
      '2 0 0 tcp -- * * 10.0.0.1 0.0.0.0/0 tcp dpt:80',
      '3 0 0 DROP all -- * * 0.0.0.0/0 0.0.0.0/0'
    ].join('\n')
  )
})

test('a word that completes the match before it is no target', (t) => {
  t.is(
    unjoin(
      'Chain A (1 references) target prot opt source destination ACCEPT all -- 0.0.0.0/0 0.0.0.0/0 ctstate NEW tcp -- 0.0.0.0/0 0.0.0.0/0 DROP all -- 0.0.0.0/0 0.0.0.0/0'
    ),
    [
      'Chain A (1 references)',
      'target prot opt source destination',
      'ACCEPT all -- 0.0.0.0/0 0.0.0.0/0 ctstate NEW',
      'tcp -- 0.0.0.0/0 0.0.0.0/0',
      'DROP all -- 0.0.0.0/0 0.0.0.0/0'
    ].join('\n')
  )
})

test('text without such columns, and a listing that is not joined, come back as they are', (t) => {
  const text =
    'The loadbalancer should route tcp -- as told.\nChain INPUT (policy ACCEPT)\ntarget     prot opt source               destination         \nACCEPT     all  --  0.0.0.0/0            0.0.0.0/0           \n'
  t.is(unjoin(text), text)
})

testWithCaptures('the web page that started it all', (t) => {
  const joined = readShared('seed/kubernetes-iptables-traefik.txt')
    .toString()
    .split('\n')
    .find((line) => line.includes('# iptables'))!
  const dump = readList(unjoin(joined))
  t.deepEqual(dump.lines, { rules: 23, chains: 3, structure: 2, comments: 3, blank: 0, unread: 0 })
  t.is(dump.problems.length, 1)
  t.like(dump.tables[0], { name: 'nat', prompt: 'root@kube-master', complete: false })
  const { chains } = dump.tables[0]!
  t.is(chains.get('KUBE-SERVICES')!.rules.length, 20)
  t.false(chains.get('KUBE-SERVICES')!.complete)
  t.deepEqual(
    chains.get('KUBE-SEP-AFDBSPUPSG7DXKN6')!.rules.map((rule) => [rule.text, rule.counters]),
    [
      [
        '-s 10.42.2.245/32 -m comment --comment "traefik-ns/traefik:keycloak" -j KUBE-MARK-MASQ',
        { packets: '0', bytes: '0' }
      ],
      [
        '-p tcp -m comment --comment "traefik-ns/traefik:keycloak" -m tcp -j DNAT --to-destination 10.42.2.245:8087',
        { packets: '1', bytes: '60' }
      ]
    ]
  )
  t.is(chains.get('KUBE-SEP-AFDBSPUPSG7DXKN6')!.complete, undefined)
})
