/** Rulesets of all that is claimed to be read, as a person writes them. */
import fc from 'fast-check'

const port = fc.integer({ min: 1, max: 65535 }).map(String)
const address = fc.integer({ min: 1, max: 250 }).map((last) => `10.0.${last % 7}.${last}`)
const network = fc.constantFrom('10.0.0.0/8', '192.168.4.0/22', '172.16.0.0-172.16.0.9')
const device = fc.constantFrom('"lo"', '"eth0"', '"veth*"')
const mark = fc.constantFrom('0x4000', '0x1', '77')
const verdict = fc.constantFrom('accept', 'drop', 'return', 'continue', 'jump other', 'goto other')

function words(...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> {
  return fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((texts) => texts.filter(Boolean).join(' '))
}

function setOf(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.uniqueArray(value, { minLength: 1, maxLength: 4 }).map((values) => `{ ${values.join(', ')} }`)
}

function mapOf(key: fc.Arbitrary<string>, data: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .uniqueArray(fc.tuple(key, data), { minLength: 1, maxLength: 4, selector: ([first]) => first })
    .map((pairs) => `{ ${pairs.map((pair) => pair.join(' : ')).join(', ')} }`)
}

const not = fc.constantFrom('', '', '!=')
const key = words(address, '.', fc.constantFrom('tcp', 'udp'), '.', port)

/** Of a family that carries IPv4. */
export const MATCHES: readonly fc.Arbitrary<string>[] = [
  words('ip', fc.constantFrom('saddr', 'daddr'), not, fc.oneof(address, network, setOf(address))),
  words('ip daddr . meta l4proto . th dport', fc.constantFrom('@services', '!= @services')),
  words('ip protocol', not, fc.constantFrom('tcp', 'udp', 'icmp', '132')),
  words('meta l4proto', not, fc.constantFrom('tcp', 'udp', '{ tcp, udp, sctp }')),
  words(
    fc.constantFrom('tcp', 'udp'),
    fc.constantFrom('sport', 'dport'),
    not,
    fc.oneof(port, setOf(port), fc.constant('1000-2000'))
  ),
  words('th dport', port),
  words(fc.constantFrom('iifname', 'oifname'), not, fc.oneof(device, setOf(fc.constantFrom('"a"', '"b"', '"c"')))),
  words(fc.constantFrom('iif', 'oif'), not, '"lo"'),
  words('iifname . ip saddr', setOf(words(fc.constantFrom('"x"', '"y"'), '.', address))),
  words('meta mark', not, fc.oneof(mark, setOf(mark))),
  words('meta mark &', mark, fc.constantFrom('==', '!='), fc.constantFrom('0', '0x1')),
  words('ct mark', fc.constantFrom('', '!=', '& 0xff =='), mark),
  words('ct state', fc.constantFrom('new', 'established,related', '!= new', '{ new, untracked }', '! invalid')),
  words('ct status', fc.constantFrom('dnat', 'snat,dnat', '! dnat')),
  words('ct direction', fc.constantFrom('original', 'reply')),
  words('ct original ip', fc.constantFrom('saddr', 'daddr'), address),
  words('fib daddr type', not, fc.constantFrom('local', 'broadcast', '{ local, multicast }')),
  words('fib saddr . iif oif', fc.constantFrom('missing', 'exists')),
  words('tcp flags', fc.constantFrom('syn', 'syn,ack', '& (fin|syn|rst|ack) == syn', '& (syn|rst) != 0', '! fin')),
  words('icmp type', fc.constantFrom('echo-request', '{ echo-reply, echo-request }', 'destination-unreachable')),
  words('meta pkttype', not, fc.constantFrom('unicast', 'multicast')),
  words('meta length', fc.constantFrom('< 100', '>= 100', '100-200')),
  words('meta', fc.constantFrom('skuid', 'skgid'), not, fc.constantFrom('0', '1000', '1000-2000')),
  words('ip ttl', fc.constantFrom('64', '> 3')),
  words('ip dscp', fc.constantFrom('cs1', 'ef', '!= 0x02')),
  words('ip saddr', fc.constantFrom('@clients', '@nets', '!= @nets')),
  words(
    'limit rate',
    fc.constantFrom('', 'over'),
    fc.constantFrom('5/second', '100/minute burst 7 packets', '10 mbytes/second')
  ),
  words('quota', fc.constantFrom('', 'over'), '25 mbytes'),
  words(
    'numgen',
    fc.constantFrom('random', 'inc'),
    'mod 4',
    fc.constantFrom('', 'offset 2'),
    fc.constantFrom('2', '< 3')
  ),
  words('jhash ip saddr . tcp sport mod 5', fc.constantFrom('', 'seed 0x9'), '2')
]

export const ACTIONS: readonly fc.Arbitrary<string>[] = [
  verdict,
  words('counter', fc.constantFrom('', 'packets 5 bytes 300'), verdict),
  words('ip daddr . meta l4proto . th dport vmap', fc.oneof(fc.constant('@verdicts'), mapOf(key, verdict))),
  words('ip saddr vmap', mapOf(address, verdict)),
  words('numgen random mod 4 vmap', mapOf(fc.constantFrom('0', '1', '2-3'), verdict)),
  words('symhash mod 4 vmap', mapOf(fc.constantFrom('0', '1', '2', '3'), verdict)),
  words(
    'meta mark set',
    fc.oneof(mark, words('meta mark', fc.constantFrom('|', '&', '^'), mark), fc.constant('ct mark'))
  ),
  words('ct mark set', fc.oneof(mark, words('ct mark |', mark), fc.constant('meta mark'))),
  words('meta mark set ip saddr map', mapOf(address, mark)),
  words('ip dscp set', fc.constantFrom('cs1', 'cs3')),
  fc.constantFrom('notrack', 'meta nftrace set 1'),
  words(
    'log',
    fc.constantFrom('', 'prefix "a b: "', 'level debug flags tcp sequence,options', 'group 5 snaplen 20', 'flags all')
  ),
  fc.constantFrom('reject', 'reject with icmp host-prohibited', 'reject with tcp reset'),
  words(fc.constantFrom('update', 'add', 'delete'), '@clients { ip saddr }'),
  words('update @clients { ip saddr timeout', fc.constantFrom('10s', '1h'), '}', verdict)
]

/** After `meta l4proto tcp`. */
export const NAT: Readonly<Record<'prerouting' | 'postrouting', readonly fc.Arbitrary<string>[]>> = {
  prerouting: [
    words('dnat to', address, fc.constantFrom('', 'random', 'persistent')),
    fc.tuple(address, port).map((place) => `dnat to ${place.join(':')}`),
    words('dnat to :', port).map((text) => text.replace(': ', ':')),
    fc.constant('dnat to 10.0.0.1-10.0.0.9:80-90'),
    words('dnat to ip daddr map', mapOf(address, address)),
    words('dnat ip to numgen random mod 2 map', mapOf(fc.constantFrom('0', '1'), words(address, '.', port))),
    fc.constantFrom(
      'redirect',
      'redirect to :80',
      'redirect to :80-90 random',
      'dnat ip prefix to ip daddr map { 10.0.0.0/8 : 11.0.0.0/8 }'
    )
  ],
  postrouting: [
    words('masquerade', fc.constantFrom('', 'random', 'fully-random', 'to :1000-2000 persistent')),
    words('snat to', address, fc.constantFrom('', 'fully-random,persistent')),
    fc.constant('snat to 10.0.0.1-10.0.0.9:1000-2000')
  ]
}

function comment(rule: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return words(rule, fc.constantFrom('', '', 'comment "a: { b; } # c"'))
}

const rule = comment(words(fc.oneof(...MATCHES), fc.oneof(fc.constant(''), ...MATCHES), fc.oneof(...ACTIONS)))

function natRule(hook: 'prerouting' | 'postrouting'): fc.Arbitrary<string> {
  return comment(words(fc.constantFrom('meta l4proto tcp', 'tcp dport 5'), fc.oneof(...NAT[hook])))
}

const rules = (one: fc.Arbitrary<string>) =>
  fc.array(one, { minLength: 1, maxLength: 6 }).map((lines) => lines.map((line) => `\t\t${line}`).join('\n'))

/** `usable`: what this kernel and this nft know. */
export function rulesets(usable: (rule: string) => boolean): fc.Arbitrary<string> {
  const filter = rules(rule.filter(usable))
  return fc
    .record({
      family: fc.constantFrom('ip', 'inet'),
      priority: fc.constantFrom('filter', 'raw - 3', 'mangle + 5', '-7'),
      policy: fc.constantFrom('accept', 'drop'),
      base: filter,
      other: filter,
      before: rules(natRule('prerouting')),
      after: rules(natRule('postrouting')),
      elements: setOf(key),
      nets: setOf(fc.constantFrom('10.1.0.0/16', '10.3.0.1-10.3.0.9', '10.5.0.1')),
      verdicts: mapOf(key, fc.constantFrom('accept', 'drop', 'goto other'))
    })
    .map(({ family, priority, policy, base, other, before, after, elements, nets, verdicts }) =>
      [
        `table ${family} t {`,
        '\tset clients { type ipv4_addr; flags dynamic,timeout; timeout 1h; size 1000; }',
        `\tset services { type ipv4_addr . inet_proto . inet_service; comment "some"; elements = ${elements} }`,
        `\tset nets { type ipv4_addr; flags interval; elements = ${nets} }`,
        `\tmap verdicts { type ipv4_addr . inet_proto . inet_service : verdict; elements = ${verdicts} }`,
        '\tset links { type ifname . inet_service; elements = { "lo" . 5, "eth0" . 6 } }',
        '\tchain other {\n\t}',
        `\tchain more {\n${other}\n\t}`,
        `\tchain base {\n\t\ttype filter hook input priority ${priority}; policy ${policy};\n${base}\n\t}`,
        `\tchain before {\n\t\ttype nat hook prerouting priority dstnat;\n${before.replaceAll(/dnat to(?! :)/g, family === 'inet' ? 'dnat ip to' : 'dnat to')}\n\t}`,
        `\tchain after {\n\t\ttype nat hook postrouting priority srcnat;\n${after.replaceAll('snat to', family === 'inet' ? 'snat ip to' : 'snat to')}\n\t}`,
        '}',
        ''
      ].join('\n')
    )
}
