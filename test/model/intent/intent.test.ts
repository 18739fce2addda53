import test from 'ava'
import { behavioursOf, NEWEST, OLDEST } from '../../../src/model/intent/behaviour.ts'
import type { IntendedEndpoint } from '../../../src/model/intent/endpoints.ts'
import { type IntendedService, intentOf, type Question } from '../../../src/model/intent/intent.ts'
import { minorVersion, narrowed, versionsOfLayout } from '../../../src/model/intent/layout.ts'

const endpoint = (address: string, change: Partial<IntendedEndpoint> = {}): IntendedEndpoint => ({
  destination: `${address}:80`,
  node: 'b',
  ready: true,
  servingTerminating: false,
  hintZones: [],
  hintNodes: [],
  ...change
})

const SERVICE: IntendedService = {
  externalLocal: false,
  internalLocal: false,
  sourceRanges: [],
  proxiedByBalancer: false,
  hintsAnnotation: ''
}
const SOURCES = { pod: '10.42.0.9', node: '192.168.0.1', outside: '192.0.2.1' }

type Case = Partial<Omit<Question, 'service'>> & { service?: Partial<IntendedService> }

/** `10.42.0.1:80 10.42.1.1:80 masq`, `rejected`, `dropped`, `dropped or passes`, `unknown`, of every version in the range. */
function meant({ service, ...change }: Case, from: number, to = from): string[] {
  const sender = change.sender ?? 'pod'
  const question: Question = {
    service: { ...SERVICE, ...service },
    endpoints: [endpoint('10.42.0.1', { node: 'a' }), endpoint('10.42.1.1')],
    kind: 'cluster-ip',
    sender,
    source: SOURCES[sender],
    place: { node: 'a', zone: 'z1' },
    settings: { podNetwork: '10.42.0.0/16', masqueradeAll: false },
    ...change
  }
  return [
    ...new Set(
      behavioursOf({ from, to }).map((behaviour) => {
        const { verdict, destinations, masqueraded, mayPass } = intentOf(question, behaviour)
        return verdict === 'accepted'
          ? `${destinations.join(' ')}${masqueraded === true ? ' masq' : masqueraded === 'unknown' ? ' masq?' : ''}`
          : `${verdict}${mayPass ? ' or passes' : ''}`
      })
    )
  ]
}

const A = '10.42.0.1:80'
const B = '10.42.1.1:80'
const local = [endpoint('10.42.1.1')]
const draining = [endpoint('10.42.0.1', { node: 'a', ready: false, servingTerminating: true })]
const zoned = [endpoint('10.42.0.1', { hintZones: ['z1'] }), endpoint('10.42.1.1', { hintZones: ['z2'] })]
const noded = [
  endpoint('10.42.0.1', { hintNodes: ['a'], hintZones: ['z1'] }),
  endpoint('10.42.1.1', { hintNodes: ['b'], hintZones: ['z1'] })
]

const CASES: [name: string, question: Case, versions: [number, number?], meant: string[]][] = [
  ['a pod is sent to any ready endpoint', {}, [OLDEST, NEWEST], [`${A} ${B}`]],
  ['a client outside is masqueraded', { sender: 'outside' }, [OLDEST, NEWEST], [`${A} ${B} masq`]],
  ['so is the node', { sender: 'node' }, [OLDEST, NEWEST], [`${A} ${B} masq`]],
  [
    'with --masquerade-all a pod too',
    { settings: { podNetwork: 'unknown', masqueradeAll: true } },
    [28],
    [`${A} ${B} masq`]
  ],
  [
    'without a cluster CIDR others may',
    { sender: 'outside', settings: { podNetwork: 'none', masqueradeAll: false } },
    [28],
    [`${A} ${B} masq?`]
  ],
  [
    "what is a pod's is not known",
    { settings: { podNetwork: 'unknown', masqueradeAll: false } },
    [28],
    [`${A} ${B} masq?`]
  ],
  ['an endpoint in two slices counts once', { endpoints: [...local, ...local] }, [28], [B]],
  ['no endpoint', { endpoints: [] }, [OLDEST, NEWEST], ['rejected']],
  ['none ready', { endpoints: [endpoint('10.42.1.1', { ready: false })] }, [28], ['rejected']],
  ['none ready, 1.22', { endpoints: [endpoint('10.42.1.1', { ready: false })] }, [22], ['rejected or passes']],
  ['only terminating ones serve', { endpoints: draining }, [28], [A]],
  ['before 1.22 those do not count', { endpoints: draining }, [21], ['rejected']],
  ['in between a gate decides', { endpoints: draining }, [25], ['rejected', A]],
  ['a ready one goes first', { endpoints: [...draining, ...local] }, [28], [B]],
  ['internal policy Local', { service: { internalLocal: true } }, [28], [A]],
  ['internal policy Local, 1.20', { service: { internalLocal: true } }, [20], [`${A} ${B}`]],
  ['internal policy Local, none here', { service: { internalLocal: true }, endpoints: local }, [28], ['dropped']],
  [
    'internal policy Local, none here, 1.24',
    { service: { internalLocal: true }, endpoints: local },
    [24],
    ['dropped or passes']
  ],
  [
    'internal policy Local, none here, 1.23',
    { service: { internalLocal: true }, endpoints: local },
    [23],
    ['rejected']
  ],
  ['internal policy Local, none anywhere', { service: { internalLocal: true }, endpoints: [] }, [28], ['rejected']],
  [
    'internal policy does not hold for node ports',
    { service: { internalLocal: true }, endpoints: local, kind: 'node-port', sender: 'outside' },
    [28],
    [`${B} masq`]
  ],
  [
    'up to 1.23 it may',
    { service: { internalLocal: true }, endpoints: local, kind: 'node-port', sender: 'outside' },
    [23],
    ['unknown']
  ],
  [
    "external policy Local keeps the client's address",
    { service: { externalLocal: true }, kind: 'node-port', sender: 'outside' },
    [28],
    [A]
  ],
  [
    'external policy Local, none here',
    { service: { externalLocal: true }, endpoints: local, kind: 'node-port', sender: 'outside' },
    [28],
    ['dropped']
  ],
  [
    'external policy Local, none here, 1.22',
    { service: { externalLocal: true }, endpoints: local, kind: 'node-port', sender: 'outside' },
    [22],
    ['dropped or passes']
  ],
  [
    'external policy Local, short circuit for pods',
    { service: { externalLocal: true }, kind: 'load-balancer-ip' },
    [28],
    [`${A} ${B}`]
  ],
  [
    'external policy Local, short circuit for the node',
    { service: { externalLocal: true }, kind: 'load-balancer-ip', sender: 'node' },
    [28],
    [`${A} ${B} masq`]
  ],
  [
    'external policy Local, whether a pod is known as one is not told',
    { service: { externalLocal: true }, kind: 'node-port', settings: { podNetwork: 'none', masqueradeAll: false } },
    [28],
    ['unknown']
  ],
  ['external policy Local does not hold for the cluster IP', { service: { externalLocal: true } }, [28], [`${A} ${B}`]],
  ['external policy Cluster masquerades everybody', { kind: 'node-port' }, [28], [`${A} ${B} masq`]],
  ['pods at external IPs up to 1.23', { kind: 'external-ip' }, [22], [`${A} ${B} masq?`]],
  ['the node at external IPs, 1.20', { kind: 'external-ip', sender: 'node' }, [20], ['unknown']],
  ['an external IP without endpoints', { kind: 'external-ip', sender: 'outside', endpoints: [] }, [28], ['rejected']],
  [
    'the node itself does not pass that refusal',
    { kind: 'external-ip', sender: 'node', endpoints: [] },
    [28],
    ['unknown']
  ],
  [
    'source ranges let in',
    { kind: 'load-balancer-ip', sender: 'outside', service: { sourceRanges: ['192.0.2.0/24'] } },
    [28],
    [`${A} ${B} masq`]
  ],
  [
    'source ranges keep out',
    { kind: 'load-balancer-ip', sender: 'outside', service: { sourceRanges: ['198.51.100.0/24', ' 203.0.113.0/24'] } },
    [28],
    ['dropped']
  ],
  [
    'source ranges keep out, 1.24',
    { kind: 'load-balancer-ip', sender: 'outside', service: { sourceRanges: ['198.51.100.0/24'] } },
    [24],
    ['dropped or passes']
  ],
  [
    'source ranges do not hold for node ports',
    { kind: 'node-port', sender: 'outside', service: { sourceRanges: ['198.51.100.0/24'] } },
    [28],
    [`${A} ${B} masq`]
  ],
  [
    'source ranges without endpoints are refused to all',
    { kind: 'load-balancer-ip', sender: 'outside', endpoints: [], service: { sourceRanges: ['198.51.100.0/24'] } },
    [28],
    ['rejected']
  ],
  [
    'source ranges of the other family',
    { kind: 'load-balancer-ip', sender: 'outside', service: { sourceRanges: undefined } },
    [28],
    ['unknown']
  ],
  [
    'ipMode Proxy',
    { kind: 'load-balancer-ip', sender: 'outside', service: { proxiedByBalancer: true } },
    [31],
    ['unknown']
  ],
  ['zone hints, 1.31', { endpoints: zoned }, [31], [A]],
  ['zone hints, 1.28, not asked for', { endpoints: zoned }, [28], [`${A} ${B}`]],
  ['zone hints, 1.28, by annotation', { endpoints: zoned, service: { hintsAnnotation: 'Auto' } }, [28], [A]],
  [
    'zone hints, 1.25, by annotation',
    { endpoints: zoned, service: { hintsAnnotation: 'PreferZone' } },
    [24],
    [`${A} ${B}`]
  ],
  ['zone hints, 1.20', { endpoints: zoned, service: { hintsAnnotation: 'Auto' } }, [20], [`${A} ${B}`]],
  [
    'zone hints on a node without a zone',
    { endpoints: zoned, place: { node: 'a', zone: undefined } },
    [31],
    [`${A} ${B}`]
  ],
  ['zone hints, none for this zone', { endpoints: zoned, place: { node: 'a', zone: 'z3' } }, [31], [`${A} ${B}`]],
  [
    'zone hints, an endpoint lacks one',
    { endpoints: [...zoned, endpoint('10.42.2.1')] },
    [31],
    [`${A} ${B} 10.42.2.1:80`]
  ],
  ['node hints, 1.34', { endpoints: noded }, [34], [A]],
  ['node hints, 1.33, are not known: the zone counts', { endpoints: noded }, [33], [`${A} ${B}`]],
  [
    'node hints, none for this node: the zone counts',
    { endpoints: noded, place: { node: 'c', zone: 'z1' } },
    [34],
    [`${A} ${B}`]
  ],
  ['node hints, not told which version', { endpoints: noded }, [25, NEWEST], [`${A} ${B}`, A]]
]

for (const [name, question, [from, to], expected] of CASES) {
  test(name, (t) => t.deepEqual(meant(question, from, to), expected))
}

const LAYOUTS: [name: string, kinds: string[], marks: [boolean, boolean, boolean], range: [number, number]][] = [
  ['1.20', ['service', 'external-local', 'firewall'], [true, false, true], [OLDEST, 20]],
  ['1.21', ['service', 'external-local'], [true, false, false], [OLDEST, 21]],
  ['1.22', ['service', 'external-local'], [false, true, false], [22, 23]],
  ['1.24', ['service', 'external', 'external-services'], [false, true, false], [24, 24]],
  [
    '1.24 with a chain left from 1.23',
    ['service', 'external', 'external-local', 'external-services'],
    [false, true, false],
    [24, 24]
  ],
  ['1.24 or later whose filter table is flushed', ['service', 'external'], [false, true, false], [24, NEWEST]],
  ['1.25', ['service', 'proxy-firewall'], [false, true, false], [25, NEWEST]],
  ['no cluster CIDR, no way in from outside', ['service'], [false, false, false], [OLDEST, 23]]
]

for (const [name, kinds, [marksInServices, marksInChains, physdev], [from, to]] of LAYOUTS) {
  test(`rules as of kube-proxy ${name}`, (t) => {
    t.deepEqual(
      versionsOfLayout({ kinds: new Map(kinds.map((kind) => [kind, 1])), marksInServices, marksInChains, physdev }),
      { from, to }
    )
  })
}

test('a version that is told counts if the rules do not say otherwise', (t) => {
  t.deepEqual(narrowed({ from: 25, to: NEWEST }, 28), { from: 28, to: 28 })
  t.deepEqual(narrowed({ from: 25, to: NEWEST }, 22), { from: 25, to: NEWEST })
  t.deepEqual(['v1.28.3', 'registry.k8s.io/kube-proxy:v1.29.0', 'v1.24.4+k3s1', 'latest'].map(minorVersion), [
    28,
    29,
    24,
    undefined
  ])
})
