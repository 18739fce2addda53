import test from 'ava'
import { readNetworkPolicy, readNetworkPolicyRules } from '../../../src/parse/kubernetes/network-policy.ts'

const WHO = { namespace: 'demo', name: 'web' }

test('a row for each peer of each rule; without peers any, without ports all', (t) => {
  const item = {
    spec: {
      podSelector: {
        matchLabels: { app: 'web' },
        matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }]
      },
      ingress: [
        {
          from: [
            { podSelector: {}, namespaceSelector: { matchLabels: { team: 'x' } } },
            { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }
          ],
          ports: [{ port: 80 }, { protocol: 'UDP', port: 8000, endPort: 8100 }]
        }
      ],
      egress: [{}]
    }
  }
  t.like(readNetworkPolicy(item, WHO), { podSelector: 'app=web, tier In (a b)', types: ['Ingress', 'Egress'] })
  t.deepEqual(
    readNetworkPolicyRules(item, WHO).map(({ direction, peer, ports }) => [direction, peer, ports]),
    [
      ['ingress', 'all pods of namespaces team=x', ['TCP/80', 'UDP/8000-8100']],
      ['ingress', '10.0.0.0/8 except 10.1.0.0/16', ['TCP/80', 'UDP/8000-8100']],
      ['egress', '', []]
    ]
  )
})

test('a policy without rules allows nothing, and is there all the same', (t) => {
  t.like(readNetworkPolicy({ spec: { podSelector: {} } }, WHO), { podSelector: '', types: ['Ingress'] })
  t.deepEqual(readNetworkPolicyRules({ spec: { podSelector: {} } }, WHO), [])
})
