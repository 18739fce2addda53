/** `-m set` with the contents of the set known: as ip_set_test of the kernel answers. */
import test from 'ava'
import type { IpSet, Packet } from '../../../src/model/packet/packet.ts'
import { type Answer, matches, NODE, send } from './rules.ts'

/** From 192.0.2.1:40000/tcp to 10.42.0.5:80, at FORWARD from eth0 to cni0. Members as `ipset save` of the kernel writes them. */
const SETS: Readonly<Record<string, IpSet>> = {
  nets: { type: 'hash:net', members: ['192.0.2.0/28', '198.51.100.0/24 nomatch'] },
  holes: { type: 'hash:net', members: ['192.0.0.0/16', '192.0.2.0/24 nomatch'] },
  inHoles: { type: 'hash:net', members: ['192.0.2.1', '192.0.2.0/24 nomatch', '192.0.0.0/16'] },
  pairs: { type: 'hash:ip,port', members: ['10.42.0.5,tcp:80', '10.42.0.6,udp:53', '10.42.0.6,icmp:echo-request'] },
  range: { type: 'hash:ip', members: ['192.0.2.1-192.0.2.3'] },
  masked: { type: 'hash:ip', options: 'family inet netmask 24', members: ['192.0.2.0'] },
  bits: { type: 'hash:ip', options: 'family inet bitmask 255.255.0.255', members: ['192.0.0.1'] },
  maskedNets: { type: 'hash:net,net', options: 'family inet netmask 24', members: ['192.0.2.0/24,10.42.0.0/24'] },
  six: { type: 'hash:net', options: 'family inet6', members: ['::/0'] },
  block: { type: 'bitmap:ip', options: 'range 10.42.0.0-10.42.255.255 netmask 28', members: ['10.42.0.0'] },
  ports: { type: 'bitmap:port', options: 'range 0-1023', members: ['79', '80'] },
  twice: {
    type: 'hash:net,port,net',
    members: ['192.0.0.0/16,tcp:80,10.42.0.0/24', '192.0.2.0/24,tcp:80,10.42.0.0/28 nomatch']
  },
  both: { type: 'hash:net,net', members: ['192.0.0.0/16,10.0.0.0/8', '192.0.2.0/24,10.42.0.0/16 nomatch'] },
  devices: { type: 'hash:net,iface', members: ['192.0.2.0/24,et wildcard', '192.0.2.0/24,cni'] },
  nearest: { type: 'hash:net,iface', members: ['192.0.2.0/24,eth0', '192.0.2.0/28,eth9'] },
  bridged: { type: 'hash:net,iface', members: ['192.0.2.0/24,physdev:eth0'] },
  marks: { type: 'hash:ip,mark', options: 'family inet markmask 0xff', members: ['192.0.2.1,0x64', '192.0.2.1,0x65'] },
  pings: { type: 'hash:ip,port', members: ['10.42.0.5,icmp:echo-request'] },
  routers: { type: 'hash:ip,port', members: ['10.42.0.5,ospf:0'] },
  empty: { type: 'hash:mac', members: [] },
  cards: { type: 'hash:mac', members: ['00:11:22:33:44:55'] },
  strange: { type: 'hash:tomorrow', members: ['x'] },
  lists: { type: 'list:set', members: ['ports', 'nets'] },
  mixed: { type: 'list:set', members: ['ports', 'gone'] },
  circle: { type: 'list:set', members: ['circle'] }
}

const MEMBERSHIPS: readonly (readonly [rule: string, answer: Answer, packet?: Partial<Packet>])[] = [
  ['--match-set nets src', 'yes'],
  ['! --match-set nets src', 'no'],
  ['--match-set nets dst', 'no'],
  ['--match-set nets src', 'no', { source: '198.51.100.7' }],
  ['--match-set holes src', 'no'],
  ['--match-set holes src', 'yes', { source: '192.0.3.1' }],
  ['--match-set inHoles src', 'yes'],
  ['--match-set inHoles src', 'no', { source: '192.0.2.9' }],
  ['--match-set pairs dst,dst', 'yes'],
  ['--match-set pairs src,dst', 'no'],
  ['--match-set pairs dst,dst', 'no', { protocol: 'udp' }],
  // Fewer directions than the set has dimensions match nothing.
  ['--match-set pairs dst', 'no'],
  ['! --match-set pairs dst', 'yes'],
  ['--match-set range src', 'yes'],
  ['--match-set masked src', 'yes'],
  ['--match-set masked src', 'no', { source: '192.0.3.1' }],
  ['--match-set bits src', 'yes'],
  ['--match-set bits src', 'no', { source: '192.0.2.2' }],
  ['--match-set maskedNets src,dst', 'unknown'],
  ['--match-set six src', 'no'],
  ['--match-set block dst', 'yes'],
  ['--match-set block src', 'no'],
  ['--match-set block dst', 'no', { destination: '10.42.0.16' }],
  ['--match-set ports dst', 'yes'],
  ['--match-set ports src', 'no'],
  ['--match-set ports dst', 'no', { protocol: 'sctp' }],
  ['--match-set ports dst', 'yes', { protocol: 'udp' }],
  ['--match-set twice src,dst,dst', 'no'],
  ['--match-set twice src,dst,dst', 'yes', { destination: '10.42.0.77' }],
  ['--match-set both src,dst', 'no'],
  ['--match-set both src,dst', 'yes', { source: '192.0.3.1' }],
  ['--match-set devices src,src', 'yes'],
  ['--match-set devices src,dst', 'no'],
  ['--match-set bridged src,src', 'unknown'],
  // The narrower network is there with another interface.
  ['--match-set nearest src,src', 'no'],
  ['--match-set nearest src,src', 'yes', { source: '192.0.2.99' }],
  ['--match-set marks src,src', 'yes', { mark: 0x4064 }],
  ['--match-set marks src,src', 'no', { mark: 0x4063 }],
  ['--match-set pings dst,dst', 'no'],
  ['--match-set pings dst,dst', 'unknown', { protocol: 'icmp' }],
  ['--match-set routers dst,dst', 'yes', { protocol: 'ospf' }],
  ['--match-set empty src', 'no'],
  ['--match-set cards src', 'unknown'],
  ['--match-set strange src', 'unknown'],
  ['--match-set gone src', 'unknown'],
  ['--match-set lists src', 'yes'],
  ['--match-set lists dst', 'yes', { source: '10.1.1.1' }],
  ['--match-set lists src', 'no', { source: '10.1.1.1' }],
  ['--match-set mixed dst', 'yes'],
  ['--match-set mixed src', 'unknown'],
  ['--match-set circle src', 'unknown'],
  ['--match-set nets src ! --update-counters', 'yes'],
  ['--match-set nets src --packets-gt 5', 'unknown'],
  ['--match-set nets src --return-nomatch', 'unknown'],
  ['--match-set nets dst --return-nomatch', 'unknown']
]
for (const [rule, answer, packet = {}] of MEMBERSHIPS) {
  test(`-m set ${rule} of ${JSON.stringify(packet)}: ${answer}`, (t) => {
    t.is(matches(`-m set ${rule}`, packet, { ...NODE, ipset: (name) => SETS[name] }), answer)
  })
}

test('a set that a rule on the way changes is not known from then on', (t) => {
  const outcomes = (first: string) =>
    send(
      `filter FORWARD ${first}\nfilter FORWARD -m set --match-set nets src -j DROP`,
      {},
      { ...NODE, ipset: (name) => SETS[name] }
    )
  t.deepEqual(
    outcomes('-j SET --add-set pairs dst,dst').map(({ verdict }) => verdict),
    ['dropped']
  )
  const [changed] = outcomes('-j SET --del-set nets src').flatMap(({ conditions }) => conditions)
  t.is(changed?.reason, 'a rule on its way may have changed set nets')
})

test('why a set does not decide is told', (t) => {
  const reason = (set: string) =>
    send(`filter FORWARD -m set --match-set ${set} src -j DROP`, {}, { ...NODE, ipset: (name) => SETS[name] }).flatMap(
      ({ conditions }) => conditions
    )[0]?.reason
  t.is(reason('gone'), 'the contents of set gone are not known')
  t.is(reason('strange'), 'what it looks up in set strange is not known')
  t.is(reason('maskedNets'), 'set maskedNets is of a kind that is not looked into (hash:net,net)')
})
