import test from 'ava'
import { type RuleColumns, ruleColumns } from '../../src/model/rule-columns.ts'

const empty: RuleColumns = {
  protocol: '',
  source: '',
  destination: '',
  inInterface: '',
  outInterface: '',
  destinationPorts: '',
  target: '',
  isGoto: false,
  toDestination: '',
  probability: null,
  notUnderstood: null
}

const cases: [text: string, columns: Partial<RuleColumns>][] = [
  [
    '-d 10.43.99.34/32 -p tcp -m comment --comment "traefik-ns/traefik:keycloak cluster IP" -m tcp --dport 8087 -j KUBE-SVC-O2EOQBSIC5NZRIQN',
    { protocol: 'tcp', destination: '10.43.99.34/32', destinationPorts: '8087', target: 'KUBE-SVC-O2EOQBSIC5NZRIQN' }
  ],
  [
    '! -s 10.42.0.0/16 -d 10.43.0.1/32 -p 6 -j KUBE-MARK-MASQ',
    { protocol: 'tcp', source: '!10.42.0.0/16', destination: '10.43.0.1/32', target: 'KUBE-MARK-MASQ' }
  ],
  [
    '-m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-A',
    { probability: 0.33333333349, target: 'KUBE-SEP-A' }
  ],
  [
    '-p tcp -m tcp -j DNAT --to-destination 10.42.2.245:8087',
    { protocol: 'tcp', target: 'DNAT', toDestination: '10.42.2.245:8087' }
  ],
  [
    '-p udp -m multiport ! --dports 53,5353 -j ACCEPT',
    { protocol: 'udp', destinationPorts: '!53,5353', target: 'ACCEPT' }
  ],
  ['-i cni0 ! -o eth+ -g SOMEWHERE', { inInterface: 'cni0', outInterface: '!eth+', target: 'SOMEWHERE', isGoto: true }],
  ['-p tcp', { protocol: 'tcp' }]
]
for (const [text, columns] of cases) test(text, (t) => t.deepEqual(ruleColumns(text), { ...empty, ...columns }))

test('what is not known is named, not dropped', (t) => {
  t.regex(ruleColumns('-m neverheardof --frob 7 -j ACCEPT').notUnderstood ?? '', /match neverheardof is not known/)
})
