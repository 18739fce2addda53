import test from 'ava'
import type { Change, Diff } from '../../../src/ask/diff/change.ts'
import { diffRows } from '../../../src/report/diff/rows.ts'
import { diffText } from '../../../src/report/diff/text.ts'

const of = { section: 'service', namespace: 'demo', object: 'demo/web' } as const
const change = (rest: Partial<Change> & Pick<Change, 'aspect'>): Change => ({
  ...of,
  name: '',
  change: 'changed',
  before: null,
  after: null,
  nodes: [],
  of: 0,
  family: '',
  ...rest
})

const diff = (changes: Change[], unknown: Diff['unknown'] = []): Diff => ({ before: 'A', after: 'B', changes, unknown })
const lines = (its: Diff, rules = false) => diffText(its, { rules }).trimEnd().split('\n')

test('nothing different', (t) => t.deepEqual(lines(diff([])), ['A → B: no difference']))

test('fits a terminal, and raw rules are left whole', (t) => {
  const rule = `-A KUBE-SERVICES ${'x'.repeat(90)}`
  const its = diff(
    [
      change({
        aspect: 'rules',
        name: 'alone',
        before: 0,
        after: 1,
        nodes: ['n1'],
        of: 3,
        rules: [{ sign: '+', table: 'nat', chain: 'KUBE-SERVICES', kind: 'services', hash: null, line: rule }]
      })
    ],
    [{ subject: 'rules of n2', side: 'before', reason: 'refused '.repeat(20).trim() }]
  )
  for (const width of [60, 80]) {
    const told = diffText(its, { rules: true, width }).split('\n')
    t.deepEqual(
      told.filter((line) => line.length > width),
      [`    + ${rule}`]
    )
  }
})

test('nothing different in what is known', (t) => {
  t.deepEqual(lines(diff([], [{ subject: 'rules of n2', side: 'before', reason: 'refused' }])), [
    'A → B: no difference in what both snapshots hold',
    '',
    'UNKNOWN  What could not be compared',
    '  rules of n2: unknown in A: refused'
  ])
})

const LINES: [change: Partial<Change> & Pick<Change, 'aspect'>, line: string][] = [
  [{ aspect: 'object', change: 'added', after: 'ClusterIP 10.43.0.1' }, 'added: ClusterIP 10.43.0.1'],
  [{ aspect: 'object', change: 'removed', before: '' }, 'removed'],
  [
    { aspect: 'field', name: 'external_ips', before: '[]', after: '["192.0.2.1","192.0.2.2"]' },
    'external ips none → 192.0.2.1, 192.0.2.2'
  ],
  [{ aspect: 'field', name: 'uid', before: 'a', after: 'b' }, 'made anew under the same name'],
  [
    { aspect: 'rules', name: 'alone', before: 1, after: 0, nodes: ['n1'], of: 3 },
    'rules changed although no object did, only on n1 (−1 +0)'
  ],
  [
    { aspect: 'rules', name: 'unexplained', before: 1, after: 2, nodes: ['n1', 'n2'], of: 3 },
    'rules changed on 2 of 3 nodes (n1, n2) (−1 +2); whether an object did is unknown'
  ],
  [
    { aspect: 'rules', name: 'not-followed', before: 'agree', after: 'differ', nodes: ['n1'], of: 3 },
    'objects changed, rules of n1 did not follow'
  ],
  [
    { aspect: 'rules', name: 'not-followed', before: 'differ', after: 'agree', nodes: ['n1'], of: 3 },
    'objects changed, rules of n1 did not: they were so before already'
  ],
  [{ aspect: 'rules', name: 'not-followed', nodes: ['n1'], of: 3 }, 'objects changed, rules of n1 did not change'],
  [
    { aspect: 'rules', name: 'alone', before: 1, after: 0, nodes: ['n1'], of: 1, family: 'ipv6' },
    'rules changed although no object did, on 1 of 1 nodes (IPv6) (−1 +0)'
  ],
  [
    {
      aspect: 'frontend',
      name: 'node port 30080/TCP',
      before: 'its endpoints',
      after: 'rejected',
      nodes: ['n1'],
      of: 1
    },
    'packets to node port 30080/TCP: its endpoints → rejected on 1 of 1 nodes'
  ],
  [
    {
      aspect: 'destinations',
      name: 'http 80/TCP',
      before: ['10.0.0.1:80 50%', '10.0.0.2:80 50%'],
      after: ['10.0.0.1:80 33.3%', '10.0.0.2:80 66.7%'],
      nodes: ['n1'],
      of: 2
    },
    'http 80/TCP goes to the same 2 endpoints in other shares only on n1: 10.0.0.1:80 50%, 10.0.0.2:80 50% → 10.0.0.1:80 33.3%, 10.0.0.2:80 66.7%'
  ],
  [
    { aspect: 'field', name: 'labels', before: '{}', after: JSON.stringify({ a: '\u001b[31m' }) },
    'labels none → a=\\x1b[31m'
  ],
  [{ aspect: 'policy', before: 'ACCEPT', after: 'DROP', nodes: ['n1'], of: 2 }, 'policy ACCEPT → DROP only on n1'],
  [{ aspect: 'object', change: 'added', after: '', nodes: ['n1'], of: 2 }, 'added only on n1'],
  [
    { aspect: 'listener', name: '[::]:80/TCP', change: 'added', after: '[kworker' },
    'listener [::]:80/TCP added: [kworker'
  ]
]

for (const [its, line] of LINES) {
  test(`says: ${line}`, (t) =>
    t.is(
      lines(diff([change(its)]))
        .join(' ')
        .replace(/ +/g, ' '),
      `A → B: 1 service changed SERVICES demo/web: ${line}`
    ))
}

test('what is alike is said once', (t) => {
  const two = ['demo/web', 'demo/db'].map((object) =>
    change({ aspect: 'object', object, change: 'removed', before: 'ClusterIP' })
  )
  t.deepEqual(lines(diff(two)), [
    'A → B: 2 services changed',
    '',
    'SERVICES',
    '  demo/web, demo/db: removed: ClusterIP'
  ])
})

const endpoint = (object: string, name: string, change: 'added' | 'removed' = 'added'): Change => ({
  ...of,
  object,
  aspect: 'endpoint',
  name,
  change,
  before: null,
  after: null,
  [change === 'added' ? 'after' : 'before']: 'ready web on n1',
  nodes: [],
  of: 0,
  family: ''
})
const hosts = Array.from({ length: 9 }, (_, index) => `10.42.0.${index}`)

test('no line is longer than a terminal, and pods behind several Services or ports are named once', (t) => {
  const web = hosts.flatMap((host) => [
    endpoint('demo/web', `${host}:80 (http)`),
    endpoint('demo/web', `${host}:443 (https)`)
  ])
  const printed = lines(diff([...web, ...hosts.map((host) => endpoint('demo/web2', `${host}:80 (http)`))]))
  t.deepEqual(
    printed.filter((line) => line.length > 100),
    []
  )
  t.deepEqual(printed.slice(2), [
    'SERVICES',
    '  demo/web: 18 endpoints gained on ports 80 (http), 443 (https): 10.42.0.0 ready web on n1,',
    '      10.42.0.1 ready web on n1, 10.42.0.2 ready web on n1, 10.42.0.3 ready web on n1, 10.42.0.4',
    '      ready web on n1, 10.42.0.5 ready web on n1, … and 3 more',
    '  demo/web2: 9 endpoints gained on port 80 (http), in the pods named at demo/web'
  ])
})

test('endpoints that are not every port on every pod are named one by one', (t) => {
  const printed = lines(
    diff([
      endpoint('demo/web', '10.42.0.1:80'),
      endpoint('demo/web', '10.42.0.2:81'),
      endpoint('demo/web', '[fd00::1]:80', 'removed')
    ])
  )
  t.deepEqual(printed.slice(3), [
    '  demo/web',
    '    2 endpoints gained: 10.42.0.1:80 ready web on n1, 10.42.0.2:81 ready web on n1',
    '    1 endpoint lost: [fd00::1]:80 ready web on n1'
  ])
})

test('what is unknown for one reason is said in one sentence', (t) => {
  const unknown = ['nodes', 'pods'].map((subject) => ({ subject, side: 'before' as const, reason: 'not collected' }))
  t.deepEqual(lines(diff([], unknown)).at(-1), '  nodes, pods: unknown in A: not collected')
})

test('one row a change, one for each event, and one for what is unknown', (t) => {
  const { columns, rows } = diffRows(
    diff(
      [change({ aspect: 'field', name: 'type', before: 'ClusterIP', after: 'NodePort' })],
      [{ subject: 'pods', side: 'after', reason: 'refused' }]
    ),
    { rules: false }
  )
  t.is(columns.length, rows[0]!.length)
  t.deepEqual(
    rows.map((row) => row.slice(0, 8)),
    [
      ['service', 'demo', 'demo/web', 'field', 'type', 'changed', 'ClusterIP', 'NodePort'],
      ['in-short', '', '', 'service', 'demo/web: type ClusterIP → NodePort', 'event', '', ''],
      ['unknown', '', 'pods', 'coverage', 'refused', 'unknown', '', null]
    ]
  )
})
