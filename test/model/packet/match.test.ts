/** Each match on its own: does `… -j DROP` drop the packet? */
import test from 'ava'
import { evaluate } from '../../../src/model/packet/evaluate.ts'
import type { Host, Packet, Rules } from '../../../src/model/packet/packet.ts'
import { type Answer, BARE, THROUGH as FORWARDED, matches, NODE } from './rules.ts'

const UDP: Partial<Packet> = { protocol: 'udp' }
const ECHO: Partial<Packet> = { protocol: 'icmp', icmpType: 8, icmpCode: 0 }
const UNKNOWN_SOURCE = { source: undefined } as unknown as Partial<Packet>
const UNKNOWN_PORT = { sourcePort: undefined } as unknown as Partial<Packet>

const THROUGH: readonly (readonly [rule: string, answer: Answer, packet?: Partial<Packet>, host?: Host])[] = [
  // addresses
  ['-s 192.0.2.1/32', 'yes'],
  ['! -s 192.0.2.1/32', 'no'],
  ['-s 192.0.2.0/24', 'yes'],
  ['-s 192.0.2.0/255.255.255.0', 'yes'],
  ['-s 10.0.0.1/255.0.0.255 -d 10.0.0.5/255.0.0.255', 'no'],
  ['-d 10.0.0.5/255.0.0.255', 'yes'],
  ['-s 0.0.0.0/0', 'yes'],
  ['! -s 0.0.0.0/0', 'no'],
  ['-d 10.42.0.6/32', 'no'],
  ['! -d 10.42.0.6/32', 'yes'],
  ['-m iprange --src-range 192.0.2.0-192.0.2.1', 'yes'],
  ['-m iprange ! --src-range 192.0.2.0-192.0.2.1', 'no'],
  ['-m iprange --dst-range 10.42.0.6-10.42.0.9', 'no'],
  // protocol and ports
  ['-p tcp', 'yes'],
  ['-p 6', 'yes'],
  ['-p udp', 'no'],
  ['! -p udp', 'yes'],
  ['! -p tcp', 'no'],
  ['-p tcp -m tcp --dport 80', 'yes'],
  ['-p tcp -m tcp ! --dport 80', 'no'],
  ['-p tcp -m tcp --dport 79:81', 'yes'],
  ['-p tcp -m tcp --dport 81:', 'no'],
  ['-p tcp -m tcp --dport :80', 'yes'],
  ['-p tcp -m tcp --sport 40000 --dport 80', 'yes'],
  ['-p tcp -m tcp --sport 40001 --dport 80', 'no'],
  ['-p udp -m udp --dport 80', 'no'],
  ['-p udp -m udp --dport 80', 'yes', UDP],
  ['-p sctp -m sctp --dport 80', 'yes', { protocol: 'sctp' }],
  ['-p tcp -m multiport --dports 443,80,1000:2000', 'yes'],
  ['-p tcp -m multiport ! --dports 443,80', 'no'],
  ['-p tcp -m multiport --dports 443,1000:2000', 'no'],
  ['-p tcp -m multiport --sports 39999:40001', 'yes'],
  ['-p tcp -m multiport --ports 40000', 'yes'],
  ['-p tcp -m multiport --ports 79,81', 'no'],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', 'yes'],
  ['-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN', 'no'],
  ['-p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK', 'yes', { tcpFlags: ['SYN', 'ACK'] }],
  ['-p tcp -m tcp --tcp-flags ALL NONE', 'no'],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', 'unknown', { state: 'ESTABLISHED' }],
  ['-p icmp -m icmp --icmp-type 8', 'yes', ECHO],
  ['-p icmp -m icmp --icmp-type 8/1', 'no', ECHO],
  ['-p icmp -m icmp ! --icmp-type 0', 'yes', ECHO],
  ['-p icmp -m icmp --icmp-type any', 'yes', { protocol: 'icmp' }],
  ['-p icmp -m icmp --icmp-type 8', 'unknown', { protocol: 'icmp' }],
  ['-f', 'no'],
  ['! -f', 'yes'],
  // interfaces, by the routes
  ['-i eth0', 'yes'],
  ['-i eth+', 'yes'],
  ['-i +', 'yes'],
  ['! -i eth0', 'no'],
  ['-i cni0', 'no'],
  ['-i lo', 'no'],
  ['-o cni0', 'yes'],
  ['-o eth0', 'no'],
  ['-i cni0', 'yes', { inInterface: 'cni0' }],
  // state
  ['-m conntrack --ctstate NEW', 'yes'],
  ['-m conntrack ! --ctstate NEW', 'no'],
  ['-m conntrack --ctstate RELATED,ESTABLISHED', 'no'],
  ['-m conntrack --ctstate RELATED,ESTABLISHED', 'yes', { state: 'ESTABLISHED' }],
  ['-m state --state ESTABLISHED', 'yes', { state: 'ESTABLISHED' }],
  ['-m conntrack --ctstate INVALID', 'yes', { state: 'INVALID' }],
  ['-m conntrack --ctstate INVALID,UNTRACKED', 'no'],
  ['-m conntrack ! --ctstate INVALID', 'yes'],
  ['-m conntrack --ctstate DNAT', 'no'],
  ['-m conntrack --ctdir ORIGINAL', 'yes'],
  ['-m conntrack --ctdir REPLY', 'yes', { state: 'ESTABLISHED', reply: true }],
  ['-m conntrack --ctproto 6', 'yes'],
  ['-m conntrack ! --ctproto 6', 'no'],
  ['-m conntrack --ctorigdst 10.42.0.0/24', 'yes'],
  ['-m conntrack --ctorigdstport 80', 'yes'],
  ['-m conntrack --ctorigsrc 192.0.2.1', 'yes'],
  ['-m conntrack --ctreplsrc 10.42.0.5', 'yes'],
  ['-m conntrack --ctrepldst 192.0.2.1', 'yes'],
  ['-m conntrack --ctreplsrcport 81', 'no'],
  ['-m conntrack --ctrepldstport 40000', 'yes'],
  ['-m conntrack --ctorigdst 10.42.0.0/24', 'unknown', { state: 'ESTABLISHED' }],
  ['-m conntrack --ctstatus NONE', 'no'],
  ['-m conntrack --ctstatus CONFIRMED', 'no'],
  ['-m conntrack ! --ctstatus CONFIRMED', 'yes'],
  ['-m conntrack --ctstatus CONFIRMED', 'yes', { state: 'ESTABLISHED' }],
  ['-m conntrack --ctproto 6', 'no', { state: 'INVALID' }],
  ['-m conntrack ! --ctproto 6', 'no', { state: 'INVALID' }],
  ['-m conntrack --ctstate INVALID --ctproto 17', 'yes', { state: 'INVALID' }],
  // marks
  ['-m mark --mark 0x0', 'yes'],
  ['-m mark --mark 0x4000/0x4000', 'yes', { mark: 0x4001 }],
  ['-m mark --mark 0x4000', 'no', { mark: 0x4001 }],
  ['-m mark ! --mark 0x4000/0x4000', 'yes', { mark: 1 }],
  ['-m mark --mark 0x80000000/0x80000000', 'yes', { mark: 0xffffffff }],
  ['-m connmark --mark 0x0/0x1', 'yes'],
  ['-m connmark --mark 0x1', 'unknown', { state: 'ESTABLISHED' }],
  ['-m connmark --mark 0x1', 'yes', { state: 'ESTABLISHED', connectionMark: 1 }],
  ['-m connmark ! --mark 0x1', 'no', { state: 'INVALID' }],
  // address types
  ['-m addrtype --dst-type LOCAL', 'no'],
  ['-m addrtype ! --dst-type LOCAL', 'yes'],
  ['-m addrtype --src-type UNICAST', 'yes'],
  ['-m addrtype --src-type LOCAL,UNICAST', 'yes'],
  ['-m addrtype --dst-type MULTICAST', 'no'],
  ['-m addrtype --dst-type BLACKHOLE', 'no'],
  ['-m addrtype ! --src-type LOCAL --dst-type UNICAST', 'yes'],
  // always
  ['-m comment --comment "x y"', 'yes'],
  ['-m nfacct --nfacct-name  ct_state_invalid_dropped_pkts', 'yes'],
  ['-m statistic --mode random --probability 1.00000000000', 'yes'],
  ['-m statistic --mode random --probability 0.00000000000', 'no'],
  ['-m pkttype --pkt-type unicast', 'yes'],
  ['-m pkttype --pkt-type multicast', 'no'],
  ['-m pkttype ! --pkt-type broadcast', 'yes'],
  // not to be decided
  ['-m limit --limit 5/min', 'unknown'],
  ['-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-name x', 'unknown'],
  ['-m connlimit --connlimit-above 10 --connlimit-mask 32 --connlimit-saddr', 'unknown'],
  ['-m set --match-set blocked src', 'unknown'],
  ['-m set ! --match-set blocked src', 'unknown'],
  ['-m mac --mac-source 42:01:02:03:04:05', 'unknown'],
  ['-m length --length 40:100', 'unknown'],
  ['-m u32 --u32 "0x0=0x0"', 'unknown'],
  ['-m bpf --bytecode "1,6 0 0 1"', 'unknown'],
  ['-m string --string "x" --algo bm', 'unknown'],
  ['-m time --timestart 01:00:00 --timestop 02:00:00', 'unknown'],
  ['-m physdev --physdev-is-in', 'unknown'],
  ['-m physdev ! --physdev-is-in', 'unknown'],
  ['-m madeup --some thing', 'unknown'],
  ['-p tcp -m tcp --tcp-option 8', 'unknown'],
  ['-p tcp -m tcp --dport 81 -m limit --limit 5/min', 'no'],
  // what the caller does not know
  ['-s 192.0.2.1/32', 'unknown', UNKNOWN_SOURCE],
  ['-p tcp -m tcp --sport 1024:65535', 'unknown', UNKNOWN_PORT],
  ['-p tcp -m tcp --sport 0:65535', 'yes', UNKNOWN_PORT],
  ['-p tcp -m multiport --ports 80', 'yes', UNKNOWN_PORT],
  ['-i eth0', 'unknown', {}, BARE],
  ['! -o cni0', 'unknown', {}, BARE],
  ['-i lo', 'no', {}, BARE],
  ['! -i lo', 'yes', {}, BARE]
]

for (const [rule, answer, packet = {}, host = NODE] of THROUGH) {
  const what = [rule, JSON.stringify(packet), host === BARE ? 'routes unknown' : ''].join(' ')
  test(`${what}: ${answer}`, (t) => t.is(matches(rule, packet, host), answer))
}

const LOCAL: readonly (readonly [rule: string, answer: Answer, destination: string])[] = [
  ['-m addrtype --dst-type LOCAL', 'yes', '192.168.1.10'],
  ['-m addrtype --dst-type LOCAL', 'yes', '10.42.0.1'],
  ['-m addrtype --dst-type LOCAL', 'yes', '127.4.5.6'],
  ['-m addrtype --dst-type LOCAL', 'no', '192.168.1.11'],
  ['-m addrtype --dst-type UNICAST', 'no', '192.168.1.10'],
  ['-m addrtype --dst-type BROADCAST', 'yes', '192.168.1.255'],
  ['-m addrtype --dst-type BROADCAST', 'yes', '255.255.255.255'],
  ['-m addrtype --dst-type LOCAL', 'no', '192.168.1.255'],
  ['-m addrtype --dst-type MULTICAST', 'yes', '224.0.0.251'],
  ['-m addrtype --dst-type LOCAL --limit-iface-in', 'yes', '192.168.1.10'],
  ['-m addrtype --dst-type LOCAL --limit-iface-in', 'no', '10.42.0.1'],
  ['-m pkttype --pkt-type multicast', 'yes', '224.0.0.251'],
  ['-m pkttype --pkt-type broadcast', 'yes', '192.168.1.255']
]

for (const [rule, answer, destination] of LOCAL) {
  test(`${rule} to ${destination}: ${answer}`, (t) =>
    t.is(matches(rule, { destination }, NODE, 'mangle PREROUTING'), answer))
}

const SIX: readonly (readonly [rule: string, answer: Answer])[] = [
  ['-d fd00:1::10/128', 'yes'],
  ['-s 2001:db8::/32', 'yes'],
  ['! -s 2001:db8::/32', 'no'],
  ['-s fd00::1/ff00::', 'no'],
  ['-m addrtype --dst-type LOCAL', 'yes'],
  ['-m addrtype --dst-type UNICAST', 'yes'],
  ['-m addrtype --dst-type MULTICAST', 'no'],
  ['-p tcp -m tcp --dport 80', 'yes'],
  ['-i eth0', 'yes'],
  ['-m iprange --src-range 2001:db8::1-2001:db8::2', 'yes']
]

for (const [rule, answer] of SIX) {
  test(`IPv6 ${rule}: ${answer}`, (t) => {
    t.is(matches(rule, { source: '2001:db8::1', destination: 'fd00:1::10' }, NODE, 'mangle PREROUTING'), answer)
  })
}

test('an IPv6 neighbour type is a match of icmp6', (t) => {
  const packet = { protocol: 'icmpv6', source: '2001:db8::1', destination: 'fd00:1::10', icmpType: 135 }
  t.is(matches('-p ipv6-icmp -m icmp6 --icmpv6-type 135', packet, NODE, 'filter INPUT'), 'yes')
  t.is(matches('-p ipv6-icmp -m icmp6 --icmpv6-type 128', packet, NODE, 'filter INPUT'), 'no')
})

test('an address of a node of which not all addresses are known may be its own', (t) => {
  const host: Host = { ...NODE, addressesKnown: 'some' }
  t.is(matches('-m addrtype --dst-type LOCAL', { destination: '192.168.1.10' }, host, 'mangle PREROUTING'), 'yes')
  t.is(matches('-m addrtype --dst-type LOCAL', {}, host, 'mangle PREROUTING'), 'unknown')
  t.is(matches('-m addrtype ! --dst-type LOCAL', {}, host, 'mangle PREROUTING'), 'unknown')
})

test('what a listing does not show is a condition, not an absence', (t) => {
  const unreadable = ['interfaces', 'match', 'names'] as const
  for (const part of unreadable) {
    const listed: Rules = {
      family: 4,
      table: (table) => (table === 'filter' ? 'present' : 'absent'),
      chain: (_, name) =>
        name === 'FORWARD'
          ? { policy: 'ACCEPT', complete: true, rules: [{ text: '-j DROP', unreadable: [part] }] }
          : undefined
    }
    const outcomes = evaluate(listed, NODE, FORWARDED)
    t.deepEqual(
      outcomes.map(({ verdict, share, conditions }) => [verdict, share, conditions.length]).sort(),
      [
        ['accepted', 1, 1],
        ['dropped', 1, 1]
      ],
      part
    )
  }
})
