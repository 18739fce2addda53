/** Marks and address translation. */
import test from 'ava'
import type { Host, Packet } from '../../../src/model/packet/packet.ts'
import { BARE, briefs, NODE, send } from './rules.ts'

const MARKS: readonly (readonly [target: string, from: number, to: number])[] = [
  ['--set-xmark 0x4000/0x4000', 0x1, 0x4001],
  ['--set-xmark 0x4000/0x0', 0x4001, 0x1],
  ['--set-xmark 0x4000/0x0', 0x1, 0x4001],
  ['--set-xmark 0x5/0xffffffff', 0xffff, 0x5],
  ['--set-xmark 0x1/0x3', 0x2, 0x1],
  ['--set-xmark 0x80000000/0x80000000', 0x1, 0x80000001],
  ['--set-mark 0x5', 0xffff, 0x5],
  ['--set-mark 0x5/0x1', 0xff, 0xff],
  ['--or-mark 0x4000', 0x1, 0x4001],
  ['--and-mark 0x4000', 0x4001, 0x4000],
  ['--xor-mark 0x4000', 0x4001, 0x1]
]

for (const [target, mark, expected] of MARKS) {
  test(`MARK ${target} of 0x${mark.toString(16)} is 0x${expected.toString(16)}`, (t) => {
    t.is(send(`mangle PREROUTING -j MARK ${target}`, { mark })[0]?.packet.mark, expected)
  })
}

const CONNECTION_MARKS: readonly (readonly [targets: string, mark: number, expected: number])[] = [
  ['--save-mark; --set-mark 0x0; --restore-mark', 0x7, 0x7],
  ['--save-mark --nfmask 0x3 --ctmask 0xffffffff; --restore-mark', 0x7, 0x3],
  ['--set-xmark 0x10/0xffffffff; --restore-mark --nfmask 0x10 --ctmask 0x10', 0x7, 0x17],
  ['--or-mark 0x10; --restore-mark', 0x7, 0x10]
]

for (const [targets, mark, expected] of CONNECTION_MARKS) {
  test(`CONNMARK ${targets} of 0x${mark.toString(16)} is 0x${expected.toString(16)}`, (t) => {
    const lines = targets
      .split('; ')
      .map((each) => `mangle PREROUTING -j ${each === '--set-mark 0x0' ? 'MARK' : 'CONNMARK'} ${each}`)
    t.is(send(lines.join('\n'), { mark })[0]?.packet.mark, expected)
  })
}

const DESTINATIONS: readonly (readonly [target: string, after: readonly string[], packet?: Partial<Packet>])[] = [
  ['DNAT --to-destination 10.42.0.9', ['10.42.0.9:80']],
  ['DNAT --to-destination 10.42.0.9:8080', ['10.42.0.9:8080']],
  ['DNAT --to-destination :8080', ['10.42.0.5:8080']],
  ['DNAT --to-destination 10.42.0.9:8000-8009', ['10.42.0.9:8000']],
  ['DNAT --to-destination 10.42.0.9:79-81', ['10.42.0.9:80']],
  ['DNAT --to-destination 10.42.0.9:8000-8009 --random', ['10.42.0.9:undefined']],
  ['DNAT --to-destination :8000-8009/78', ['10.42.0.5:8002']],
  [
    'DNAT --to-destination 10.42.0.8-10.42.0.9',
    [
      '10.42.0.8:80 if the kernel picks 10.42.0.8 of 10.42.0.8-10.42.0.9 for this client',
      '10.42.0.9:80 unless the kernel picks 10.42.0.8 of 10.42.0.8-10.42.0.9 for this client'
    ]
  ],
  ['REDIRECT', ['192.168.1.10:80']],
  ['REDIRECT --to-ports 8080', ['192.168.1.10:8080']],
  ['REDIRECT --to-ports 8080-8089', ['192.168.1.10:8080']],
  ['NETMAP --to 10.42.7.0/24', ['10.42.7.5:80']],
  ['DNAT --to-destination [fd00:2::9]:8080', ['fd00:2::9:8080'], { source: 'fd00::1', destination: 'fd00:9::1' }],
  ['DNAT --to-destination fd00:2::9', ['fd00:2::9:80'], { source: 'fd00::1', destination: 'fd00:9::1' }],
  [
    'REDIRECT --to-ports 8080',
    ['fd00:1::10:8080'],
    { source: 'fd00:3::1', destination: 'fd00:9::1', inInterface: 'eth0' }
  ]
]

for (const [target, after, packet] of DESTINATIONS) {
  test(`${target} leads to ${after.join(', ')}`, (t) => {
    const outcomes = send(`nat PREROUTING -p tcp -j ${target}`, packet)
    t.deepEqual(
      briefs(outcomes),
      after.map((each) => `accepted ${each}`)
    )
    t.true(outcomes.every(({ destinationNat }) => destinationNat))
  })
}

test('REDIRECT of what the node sends leads to its loopback', (t) => {
  const [outcome] = send('nat OUTPUT -p tcp -j REDIRECT --to-ports 8080', { source: '192.168.1.10' })
  t.deepEqual([outcome?.local, outcome?.packet.destination, outcome?.packet.destinationPort], [true, '127.0.0.1', 8080])
})

test('REDIRECT on an unknown interface is delivered to an address not known', (t) => {
  const [outcome] = send(
    'nat PREROUTING -p tcp -j REDIRECT\nfilter INPUT -m addrtype ! --dst-type LOCAL -j DROP',
    {},
    BARE
  )
  t.deepEqual([outcome?.verdict, outcome?.local, outcome?.packet.destination], ['accepted', true, undefined])
})

test('a range of more addresses than can be followed is unknown', (t) => {
  const [outcome] = send('nat PREROUTING -j DNAT --to-destination 10.42.1.0-10.42.2.0')
  t.is(outcome?.verdict, 'unknown')
  t.regex(outcome!.why, /which address of 10\.42\.1\.0-10\.42\.2\.0/)
})

test('the first NAT target ends the table; later tables see the new destination', (t) => {
  const text = `
    nat PREROUTING -p tcp -j DNAT --to-destination 10.42.0.9:8080
    nat PREROUTING -p tcp -j DNAT --to-destination 10.42.0.7
    filter FORWARD -d 10.42.0.9/32 -p tcp -m tcp --dport 8080 -m conntrack --ctstate DNAT --ctorigdst 10.42.0.5 --ctorigdstport 80 --ctreplsrc 10.42.0.9 -j REJECT
  `
  t.deepEqual(briefs(send(text)), ['rejected icmp-port-unreachable'])
})

test('DNAT to where the packet goes anyway is no DNAT to conntrack', (t) => {
  t.deepEqual(
    briefs(
      send('nat PREROUTING -j DNAT --to-destination 10.42.0.5\nfilter FORWARD -m conntrack --ctstate DNAT -j DROP')
    ),
    ['accepted 10.42.0.5:80']
  )
})

const SOURCES: readonly (readonly [
  target: string,
  source: string | undefined,
  port: number | undefined,
  masqueraded: boolean,
  host?: Host
])[] = [
  ['MASQUERADE', '10.42.0.1', 40000, true],
  ['MASQUERADE --random-fully', '10.42.0.1', undefined, true],
  ['MASQUERADE --to-ports 1024-2000', '10.42.0.1', undefined, true],
  ['MASQUERADE', undefined, 40000, true, BARE],
  ['SNAT --to-source 203.0.113.5', '203.0.113.5', 40000, false],
  ['SNAT --to-source 203.0.113.5:5000', '203.0.113.5', 5000, false],
  ['SNAT --to-source 203.0.113.5-203.0.113.9', undefined, 40000, false],
  ['SNAT --to-source 192.0.2.0-192.0.2.9', '192.0.2.1', 40000, false],
  ['NETMAP --to 198.51.100.0/24', '198.51.100.1', 40000, false]
]

for (const [target, address, port, masqueraded, host] of SOURCES) {
  test(`${target}${host ? ' without routes' : ''} makes the source ${address}:${port}`, (t) => {
    const [outcome, ...more] = send(`nat POSTROUTING -p tcp -j ${target}`, {}, host)
    t.is(more.length, 0)
    t.deepEqual({ address, port, ...outcome?.sourceNat }, { address, port })
    t.deepEqual(
      [outcome?.packet.source, outcome?.packet.sourcePort, outcome?.masqueraded],
      [address, port, masqueraded]
    )
  })
}

test('MASQUERADE takes the address of the subnet towards the next hop', (t) => {
  const addresses = [{ address: '198.51.100.7', prefix: 24, interface: 'eth0' }, ...NODE.addresses]
  const [outcome] = send(
    'nat POSTROUTING -j MASQUERADE',
    { source: '10.42.0.5', destination: '203.0.113.9' },
    { ...NODE, addresses }
  )
  t.is(outcome?.packet.source, '192.168.1.10')
})

test('MASQUERADE of what the node sends to itself takes its first address', (t) => {
  const [outcome] = send('nat POSTROUTING -j MASQUERADE', { source: '127.0.0.1', destination: '10.42.0.1' })
  t.deepEqual([outcome?.local, outcome?.packet.source], [true, '192.168.1.10'])
})

test('a looped packet keeps its conntrack entry', (t) => {
  const [outcome] = send('raw PREROUTING -j CT --notrack\nfilter INPUT -m conntrack --ctstate UNTRACKED -j DROP', {
    source: '192.168.1.10',
    destination: '10.42.0.1'
  })
  t.is(outcome?.verdict, 'accepted')
})

test('a related connection is new to NAT, a related error is not', (t) => {
  const nat = 'nat PREROUTING -j DNAT --to-destination 10.42.0.9'
  t.is(send(nat, { state: 'RELATED' })[0]?.packet.destination, '10.42.0.9')
  t.is(send(nat, { state: 'RELATED', protocol: 'icmp' })[0]?.packet.destination, '10.42.0.5')
})

test('SNAT in INPUT is for packets to the node', (t) => {
  const [outcome] = send('nat INPUT -j SNAT --to-source 203.0.113.5', { destination: '192.168.1.10' })
  t.deepEqual([outcome?.local, outcome?.packet.source], [true, '203.0.113.5'])
})

const REJECTS: readonly (readonly [string, string])[] = [
  ['REJECT', 'icmp-port-unreachable'],
  ['REJECT --reject-with tcp-reset', 'tcp-reset'],
  ['REJECT --reject-with icmp-admin-prohibited', 'icmp-admin-prohibited']
]

for (const [target, kind] of REJECTS) {
  test(`${target} rejects with ${kind}`, (t) =>
    t.deepEqual(briefs(send(`filter FORWARD -p tcp -j ${target}`)), [`rejected ${kind}`]))
}

for (const target of ['TPROXY --on-port 80 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1', 'SYNPROXY', 'MADEUP --thing 1']) {
  test(`${target} is not guessed at`, (t) => {
    const outcomes = send(`mangle PREROUTING -p tcp -j ${target}`)
    t.deepEqual(outcomes.map(({ verdict, share }) => [verdict, share]).sort(), [
      ['accepted', 1],
      ['unknown', 1]
    ])
    t.is(outcomes.find(({ verdict }) => verdict === 'unknown')?.masqueraded, 'unknown')
  })
}

test('NFQUEUE leaves the verdict to a program', (t) => {
  t.deepEqual(briefs(send('filter FORWARD -j NFQUEUE --queue-num 0\nfilter FORWARD -j DROP')), [
    'accepted 10.42.0.5:80 if a program reading the queue accepts the packet (-j NFQUEUE --queue-num 0)',
    'unknown unless a program reading the queue accepts the packet (-j NFQUEUE --queue-num 0)'
  ])
})
