/** Calls, gotos, returns and policies; the order of hooks and tables. */
import test from 'ava'
import { evaluate } from '../../../src/model/packet/evaluate.ts'
import type { Packet } from '../../../src/model/packet/packet.ts'
import { BARE, briefs, NODE, rules, send, THROUGH } from './rules.ts'

const drops = (t: { is: (a: unknown, b: unknown, m?: string) => unknown }, text: string, rule: string | undefined) => {
  const [outcome, ...more] = send(text)
  t.is(more.length, 0)
  t.is(outcome?.verdict === 'dropped' ? outcome.why : undefined, rule)
}

test('RETURN leads back behind the call, at every depth', (t) => {
  drops(
    t,
    `
    filter FORWARD -j one
    filter FORWARD -m comment --comment zero -j DROP
    filter one -j two
    filter one -j RETURN
    filter one -m comment --comment one -j DROP
    filter two -j three
    filter two -j RETURN
    filter two -m comment --comment two -j DROP
    filter three -j RETURN
    filter three -m comment --comment three -j DROP
  `,
    'filter FORWARD rule 2: -m comment --comment zero -j DROP'
  )
})

test('the end of a chain leads back as RETURN does', (t) => {
  drops(
    t,
    `
    filter FORWARD -j one
    filter FORWARD -j DROP
    filter one -j two
    filter one -s 203.0.113.9/32 -j DROP
    filter two (empty)
  `,
    'filter FORWARD rule 2: -j DROP'
  )
})

test('a chain entered by goto returns to its caller’s caller', (t) => {
  drops(
    t,
    `
    filter FORWARD -j one
    filter FORWARD -m comment --comment here -j DROP
    filter one -g two
    filter one -m comment --comment skipped -j DROP
    filter two -j RETURN
  `,
    'filter FORWARD rule 2: -m comment --comment here -j DROP'
  )
})

test('a chain entered by goto from a built-in chain returns to the policy', (t) => {
  drops(
    t,
    `
    filter FORWARD DROP
    filter FORWARD -g one
    filter FORWARD -j ACCEPT
    filter one (empty)
  `,
    'filter FORWARD: policy DROP'
  )
})

test('a call within a chain entered by goto returns into that chain', (t) => {
  drops(
    t,
    `
    filter FORWARD -g one
    filter FORWARD -j ACCEPT
    filter one -j two
    filter one -m comment --comment here -j DROP
    filter two -j RETURN
  `,
    'filter one rule 2: -m comment --comment here -j DROP'
  )
})

test('RETURN in a built-in chain is its policy', (t) => {
  drops(
    t,
    `
    filter FORWARD DROP
    filter FORWARD -j RETURN
    filter FORWARD -j ACCEPT
  `,
    'filter FORWARD: policy DROP'
  )
})

test('a rule without target lets the packet go on', (t) => {
  drops(
    t,
    `
    filter FORWARD -p tcp
    filter FORWARD -j LOG --log-prefix x
    filter FORWARD -j NFLOG --nflog-group 1
    filter FORWARD -j DROP
  `,
    'filter FORWARD rule 4: -j DROP'
  )
})

test('ACCEPT ends its table, not the packet’s way', (t) => {
  drops(
    t,
    `
    mangle FORWARD -j ACCEPT
    mangle FORWARD -j DROP
    filter FORWARD -j ACCEPT
    filter FORWARD -j DROP
    security FORWARD -m comment --comment last -j DROP
  `,
    'security FORWARD rule 1: -m comment --comment last -j DROP'
  )
})

/** Every built-in chain marks its passing by dropping; those before it must let the packet by. */
const WAYS: readonly (readonly [name: string, packet: Partial<Packet>, chains: string])[] = [
  [
    'through the node',
    {},
    'raw PREROUTING, mangle PREROUTING, nat PREROUTING, mangle FORWARD, filter FORWARD, security FORWARD, mangle POSTROUTING, nat POSTROUTING'
  ],
  [
    'to the node',
    { destination: '192.168.1.10' },
    'raw PREROUTING, mangle PREROUTING, nat PREROUTING, mangle INPUT, filter INPUT, security INPUT, nat INPUT'
  ],
  [
    'from the node',
    { source: '192.168.1.10' },
    'raw OUTPUT, mangle OUTPUT, nat OUTPUT, filter OUTPUT, security OUTPUT, mangle POSTROUTING, nat POSTROUTING'
  ],
  [
    'from the node to itself',
    { source: '10.42.0.1', destination: '192.168.1.10' },
    'raw OUTPUT, mangle OUTPUT, nat OUTPUT, filter OUTPUT, security OUTPUT, mangle POSTROUTING, nat POSTROUTING, raw PREROUTING, mangle PREROUTING, mangle INPUT, filter INPUT, security INPUT'
  ],
  [
    'through the node, established',
    { state: 'ESTABLISHED' },
    'raw PREROUTING, mangle PREROUTING, mangle FORWARD, filter FORWARD, security FORWARD, mangle POSTROUTING'
  ]
]

const EVERY = `
  raw PREROUTING (empty)
  mangle PREROUTING (empty)
  nat PREROUTING (empty)
  filter INPUT (empty)
  security INPUT (empty)
`

for (const [name, packet, chains] of WAYS) {
  test(`the tables and hooks of a packet ${name}`, (t) => {
    const [outcome] = send(EVERY, packet)
    const passed = outcome!.steps.filter(({ kind }) => kind === 'policy').map(({ table, hook }) => `${table} ${hook}`)
    t.is(passed.join(', '), chains)
  })
}

test('iptables-nft shows a packet to the node to nat before security', (t) => {
  const text =
    'security INPUT -j MARK --set-xmark 0x1/0x1\nnat INPUT -m mark --mark 0x1 -j SNAT --to-source 203.0.113.5'
  const sourceUnder = (backend: 'legacy' | 'nft') =>
    evaluate({ ...rules(text), backend }, NODE, { ...THROUGH, destination: '192.168.1.10' })[0]?.packet.source
  t.is(sourceUnder('legacy'), '203.0.113.5')
  t.is(sourceUnder('nft'), '192.0.2.1')
})

test('an untracked packet is shown to no NAT rule', (t) => {
  const nat = 'nat PREROUTING -p tcp -j DNAT --to-destination 10.42.0.9'
  for (const untrack of ['-j CT --notrack', '-j NOTRACK']) {
    const [outcome] = send(
      `raw PREROUTING ${untrack}\n${nat}\nfilter FORWARD -m conntrack --ctstate UNTRACKED -j REJECT`
    )
    t.is(outcome?.verdict, 'rejected')
    t.is(outcome?.packet.destination, '10.42.0.5')
  }
})

test('the raw table stands before connection tracking', (t) => {
  t.deepEqual(briefs(send('raw PREROUTING -m conntrack --ctstate NEW -j DROP')), ['accepted 10.42.0.5:80'])
  t.deepEqual(briefs(send('raw PREROUTING -m conntrack --ctstate INVALID -j DROP')), ['dropped'])
  t.deepEqual(briefs(send('raw PREROUTING -m conntrack ! --ctorigdst 10.42.0.9 -j DROP')), ['accepted 10.42.0.5:80'])
})

test('the destination after NAT decides between INPUT and FORWARD', (t) => {
  const text = (to: string) => `
    nat PREROUTING -d 10.43.0.10/32 -p tcp -j DNAT --to-destination ${to}
    filter INPUT -j REJECT --reject-with tcp-reset
    filter FORWARD -j DROP
  `
  t.deepEqual(briefs(send(text('192.168.1.10'), { destination: '10.43.0.10' })), ['rejected tcp-reset'])
  t.deepEqual(briefs(send(text('10.42.0.5'), { destination: '10.43.0.10' })), ['dropped'])
})

test('the device of OUTPUT is that of the first route, of POSTROUTING that of the last', (t) => {
  const nat = 'nat OUTPUT -d 10.43.0.10/32 -p tcp -j DNAT --to-destination 10.42.0.5'
  const packet = { source: '192.168.1.10', destination: '10.43.0.10' }
  t.deepEqual(briefs(send(`${nat}\nfilter OUTPUT -o cni0 -j DROP\nmangle POSTROUTING -o eth0 -j DROP`, packet)), [
    'accepted 10.42.0.5:80'
  ])
  t.deepEqual(briefs(send(`${nat}\nfilter OUTPUT -o eth0 -j DROP`, packet)), ['dropped'])
  t.deepEqual(briefs(send(`${nat}\nmangle POSTROUTING -o cni0 -j DROP`, packet)), ['dropped'])
})

test('no route, a refusing route or no forwarding stop the packet', (t) => {
  const { routes: _, ...bare } = NODE
  const pods = [{ destination: '10.42.0.0/24', interface: 'cni0' }]
  t.deepEqual(briefs(send('', { destination: '10.99.0.1', inInterface: 'cni0' }, { ...bare, routes: pods })), [
    'dropped'
  ])
  t.deepEqual(briefs(send('', {}, { ...bare, routes: [{ destination: '10.42.0.0/16', type: 'unreachable' }] })), [
    'dropped'
  ])
  t.deepEqual(briefs(send('', {}, { ...NODE, sysctls: new Map([['net.ipv4.ip_forward', '0']]) })), ['dropped'])
})

test('the more specific route wins, then the lower metric', (t) => {
  const routes = [
    { destination: 'default', interface: 'eth0', gateway: '192.168.1.1' },
    { destination: '10.42.0.0/24', interface: 'slow', metric: 200 },
    { destination: '10.42.0.0/24', interface: 'quick', metric: 100 }
  ]
  t.deepEqual(
    send('', {}, { ...NODE, routes }).map(({ outInterface }) => outInterface),
    ['quick']
  )
})

test('what was taken for granted is said', (t) => {
  const [outcome] = send('', {}, BARE)
  t.deepEqual(outcome?.assumptions, [
    'the node forwards packets (net.ipv4.ip_forward is not known)',
    'the node has a route to the destination (its routes are not known)'
  ])
  t.deepEqual(send('', { inInterface: 'eth0' })[0]?.assumptions, [])
})

test('a loopback address crosses the node only with route_localnet', (t) => {
  const nat = 'nat OUTPUT -p tcp -j DNAT --to-destination 10.42.0.5'
  const packet = { source: '127.0.0.1', destination: '127.0.0.1' }
  const set = (value?: string) => ({
    ...NODE,
    sysctls: new Map(
      value === undefined
        ? []
        : [
            ['net.ipv4.conf.all.route_localnet', value],
            ['net.ipv4.conf.cni0.route_localnet', '0']
          ]
    )
  })
  t.deepEqual(briefs(send(nat, packet, set('1'))), ['accepted 10.42.0.5:80'])
  t.deepEqual(briefs(send(nat, packet, set('0'))), ['dropped'])
  t.deepEqual(briefs(send(nat, packet, set())), [
    'accepted 10.42.0.5:80 if net.ipv4.conf.all.route_localnet is 1',
    'dropped unless net.ipv4.conf.all.route_localnet is 1'
  ])
})

test('a packet of another family or an unknown protocol is refused', (t) => {
  t.throws(() => send('', { source: '192.0.2.1', destination: 'fd00::1' }), {
    instanceOf: RangeError,
    message: 'fd00::1 is not an IPv4 address'
  })
  t.throws(() => send('', { protocol: 'carrier-pigeon' }), {
    instanceOf: RangeError,
    message: 'protocol carrier-pigeon is not known'
  })
})

test('a step names its place, so that a trace can be printed', (t) => {
  const [outcome] = send(
    `
    nat PREROUTING -j services
    nat services -d 10.42.0.5/32 -p tcp -j mark
    nat services -p tcp -j DNAT --to-destination 10.42.0.9:8080
    nat mark -j MARK --set-xmark 0x4000/0x4000
  `,
    THROUGH
  )
  t.deepEqual(
    outcome?.steps.map(({ kind, table, chain, depth, ruleNumber, to, before, after }) =>
      [kind, table, chain, depth, ruleNumber, to, before, after].map((each) => each ?? '').join(' ')
    ),
    [
      'jump nat PREROUTING 0 1 services  ',
      'jump nat services 1 1 mark  ',
      'mark nat mark 2 1  0x0 0x4000',
      'rewrite nat services 1 2 DNAT 10.42.0.5:80 10.42.0.9:8080',
      'route   0  cni0  ',
      'policy nat POSTROUTING 0  ACCEPT  '
    ]
  )
})
