import test from 'ava'
import { comment, destinationPorts, option } from '../../../src/parse/iptables/accessors.ts'
import { printSpec } from '../../../src/parse/iptables/print.ts'
import type { RuleSpec } from '../../../src/parse/iptables/rule.ts'
import { parseSpec, specOf } from '../../../src/parse/iptables/spec.ts'

const nothing = { matches: [] }
const yes = (value: string) => ({ negated: false, value })
const not = (value: string) => ({ negated: true, value })
const opt = (name: string, ...args: string[]) => ({ name, negated: false, args })
const notOpt = (name: string, ...args: string[]) => ({ name, negated: true, args })
const jump = (name: string, ...options: ReturnType<typeof opt>[]) => ({ name, goto: false, options })

/** What iptables-save prints: reads as this, and prints as it stood. */
const printed: readonly [string, RuleSpec][] = [
  ['', nothing],
  ['-j ACCEPT', { matches: [], target: jump('ACCEPT') }],
  ['-g KUBE-X', { matches: [], target: { name: 'KUBE-X', goto: true, options: [] } }],
  [
    '! -s 10.42.0.0/16 -d 10.96.0.1/32 -i eth0 ! -o br+ -p tcp ! -f -j ACCEPT',
    {
      source: not('10.42.0.0/16'),
      destination: yes('10.96.0.1/32'),
      inInterface: yes('eth0'),
      outInterface: not('br+'),
      protocol: yes('tcp'),
      fragment: { negated: true },
      matches: [],
      target: jump('ACCEPT')
    }
  ],
  [
    '-d 10.96.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y',
    {
      destination: yes('10.96.0.1/32'),
      protocol: yes('tcp'),
      matches: [
        { module: 'comment', options: [opt('--comment', 'default/kubernetes:https cluster IP')] },
        { module: 'tcp', options: [opt('--dport', '443')] }
      ],
      target: jump('KUBE-SVC-NPX46M4PTMTKRN6Y')
    }
  ],
  [
    '-m comment --comment "x\nCOMMIT\n*nat\n:EVIL ACCEPT [0:0]\n-A INPUT -j DROP" -j ACCEPT',
    {
      matches: [
        { module: 'comment', options: [opt('--comment', 'x\nCOMMIT\n*nat\n:EVIL ACCEPT [0:0]\n-A INPUT -j DROP')] }
      ],
      target: jump('ACCEPT')
    }
  ],
  [
    '-m comment --comment "ends with backslash\\\\" -j ACCEPT',
    { matches: [{ module: 'comment', options: [opt('--comment', 'ends with backslash\\')] }], target: jump('ACCEPT') }
  ],
  [
    '-m comment --comment "\\\\\\\\\\"x\\\\\\\\\\"" -j ACCEPT',
    { matches: [{ module: 'comment', options: [opt('--comment', '\\\\"x\\\\"')] }], target: jump('ACCEPT') }
  ],
  ['-m comment --comment "don\\\'t"', { matches: [{ module: 'comment', options: [opt('--comment', "don't")] }] }],
  [
    '-m string --string "it\'s" --algo bm',
    { matches: [{ module: 'string', options: [opt('--string', "it's"), opt('--algo', 'bm')] }] }
  ],
  [
    '-m string ! --string "!" --algo kmp --to 65535',
    { matches: [{ module: 'string', options: [notOpt('--string', '!'), opt('--algo', 'kmp'), opt('--to', '65535')] }] }
  ],
  [
    '-m comment --comment --comment -j ACCEPT',
    { matches: [{ module: 'comment', options: [opt('--comment', '--comment')] }], target: jump('ACCEPT') }
  ],
  ['-m comment --comment ""', { matches: [{ module: 'comment', options: [opt('--comment', '')] }] }],
  [
    '-m comment --comment first -m comment --comment second -j DROP',
    {
      matches: [
        { module: 'comment', options: [opt('--comment', 'first')] },
        { module: 'comment', options: [opt('--comment', 'second')] }
      ],
      target: jump('DROP')
    }
  ],
  [
    '-m comment --comment "\u{10ffff}\u{10fffe}\u{10ff80} bad" -j ACCEPT',
    {
      matches: [{ module: 'comment', options: [opt('--comment', '\u{10ffff}\u{10fffe}\u{10ff80} bad')] }],
      target: jump('ACCEPT')
    }
  ],
  ['-i we ird -j ACCEPT', { inInterface: yes('we ird'), matches: [], target: jump('ACCEPT') }],
  ['! -i !x -o !x -j DROP', { inInterface: not('!x'), outInterface: yes('!x'), matches: [], target: jump('DROP') }],
  ['-i -x -o -- -j DROP', { inInterface: yes('-x'), outInterface: yes('--'), matches: [], target: jump('DROP') }],
  ['-i q"if -o "x -j DROP', { inInterface: yes('q"if'), outInterface: yes('"x'), matches: [], target: jump('DROP') }],
  [
    '-j IDLETIMER --timeout 60 --label my label"x',
    { matches: [], target: jump('IDLETIMER', opt('--timeout', '60'), opt('--label', 'my label"x')) }
  ],
  [
    '-d 1.2.3.4/32 -i \x01\x02\x03\x04+',
    { destination: yes('1.2.3.4/32'), inInterface: yes('\x01\x02\x03\x04+'), matches: [] }
  ],
  [
    '-p tcp -m tcp --sport 1:1024 ! --dport 80:65535 ! --tcp-option 8 --tcp-flags FIN,SYN,RST,ACK SYN',
    {
      protocol: yes('tcp'),
      matches: [
        {
          module: 'tcp',
          options: [
            opt('--sport', '1:1024'),
            notOpt('--dport', '80:65535'),
            notOpt('--tcp-option', '8'),
            opt('--tcp-flags', 'FIN,SYN,RST,ACK', 'SYN')
          ]
        }
      ]
    }
  ],
  [
    '-p tcp -j DNAT --to-destination [dead::beef-dead::fee7]:1025-65535',
    {
      protocol: yes('tcp'),
      matches: [],
      target: jump('DNAT', opt('--to-destination', '[dead::beef-dead::fee7]:1025-65535'))
    }
  ],
  [
    '-m policy --dir in --pol ipsec --strict --reqid 1 --proto esp --next --reqid 2',
    {
      matches: [
        {
          module: 'policy',
          options: [
            opt('--dir', 'in'),
            opt('--pol', 'ipsec'),
            opt('--strict'),
            opt('--reqid', '1'),
            opt('--proto', 'esp'),
            opt('--next'),
            opt('--reqid', '2')
          ]
        }
      ]
    }
  ],
  [
    '-m set ! --match-set KUBE-LOOP src -m set --match-set foo dst,dst,src',
    {
      matches: [
        { module: 'set', options: [notOpt('--match-set', 'KUBE-LOOP', 'src')] },
        { module: 'set', options: [opt('--match-set', 'foo', 'dst,dst,src')] }
      ]
    }
  ],
  [
    '-m rateest --rateest1 RE1 --rateest-lt --rateest-bps --rateest2 RE2',
    {
      matches: [
        {
          module: 'rateest',
          options: [opt('--rateest1', 'RE1'), opt('--rateest-lt'), opt('--rateest-bps'), opt('--rateest2', 'RE2')]
        }
      ]
    }
  ],
  ['-m u32 --u32 "0x0=0x0&&0x0=0x1"', { matches: [{ module: 'u32', options: [opt('--u32', '0x0=0x0&&0x0=0x1')] }] }],
  [
    '-j LOG --log-prefix "x: " --log-tcp-options --log-uid',
    { matches: [], target: jump('LOG', opt('--log-prefix', 'x: '), opt('--log-tcp-options'), opt('--log-uid')) }
  ],
  [
    '-m recent --set --name ssh attack --mask 255.255.255.255 --rsource',
    {
      matches: [
        {
          module: 'recent',
          options: [opt('--set'), opt('--name', 'ssh attack'), opt('--mask', '255.255.255.255'), opt('--rsource')]
        }
      ]
    }
  ],
  ['-j it"s', { matches: [], target: jump('it"s') }]
]

for (const [text, spec] of printed) {
  test(`printed by iptables-save: ${JSON.stringify(text)}`, (t) => {
    t.deepEqual(parseSpec(text), spec)
    t.is(printSpec(parseSpec(text)), text)
  })
}

/** What others wrote: reads as the rule that iptables-save prints for it. */
const written: readonly [string, string][] = [
  [
    '-s 192.168.122.0/255.255.255.0 -d ! 192.168.122.0/255.255.255.0 -j MASQUERADE',
    '-s 192.168.122.0/255.255.255.0 ! -d 192.168.122.0/255.255.255.0 -j MASQUERADE'
  ],
  ['-p ! tcp -i ! eth0', '! -i eth0 ! -p tcp'],
  ['-p tcp -m tcp --dport ! 80', '-p tcp -m tcp ! --dport 80'],
  ['-p tcp --tcp-flags ! SYN,ACK SYN', '-p tcp -m tcp ! --tcp-flags SYN,ACK SYN'],
  [
    "-p tcp --dport 80 -j ACCEPT -m comment --comment 'dapp_Apache'",
    '-p tcp -m tcp --dport 80 -m comment --comment "\\\'dapp_Apache\\\'" -j ACCEPT'
  ],
  [
    '-m comment --comment kubernetes health check service ports -j KUBE-NODEPORTS',
    '-m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS'
  ],
  [
    '-p tcp -m tcp --dport 1000 -m comment --comment foo -c 0 0 -j ACCEPT',
    '-p tcp -m tcp --dport 1000 -m comment --comment foo -j ACCEPT'
  ],
  ['-j NFLOG --nflog-prefix  "x: " --nflog-group 5', '-j NFLOG --nflog-prefix "x: " --nflog-group 5'],
  [
    '-m nfacct --nfacct-name  ct_state_invalid_dropped_pkts -j DROP',
    '-m nfacct --nfacct-name ct_state_invalid_dropped_pkts -j DROP'
  ],
  ['-j TCPOPTSTRIP --strip-options ', '-j TCPOPTSTRIP --strip-options'],
  [
    '--source 10.0.0.0/8 --protocol udp --destination-port 53 --jump ACCEPT',
    '-s 10.0.0.0/8 -p udp -m udp --dport 53 -j ACCEPT'
  ],
  [
    '-p icmpv6 -m ipv6-icmp --icmpv6-type 133 -m icmpv6 -j ACCEPT',
    '-p icmpv6 -m icmp6 --icmpv6-type 133 -m icmp6 -j ACCEPT'
  ],
  ['-i "eth0" -j "ACCEPT"', '-i eth0 -j ACCEPT'],
  ['-j ACCEPT\t-p\ttcp', '-p tcp -j ACCEPT']
]

for (const [text, same] of written) {
  test(`written by others: ${text}`, (t) => {
    t.is(printSpec(parseSpec(text)), same)
    t.is(parseSpec(text).remainder, undefined)
    t.deepEqual(parseSpec(same), parseSpec(text))
  })
}

const unknown: readonly [string, RuleSpec][] = [
  [
    '-m mark --mark 1  -j ROUTE  --oif eth0 --continue',
    {
      matches: [{ module: 'mark', options: [opt('--mark', '1')] }],
      target: { name: 'ROUTE', goto: false, options: [opt('--oif', 'eth0'), opt('--continue')], opaque: true }
    }
  ],
  [
    '-m geoip ! --source-country CN,RU -m tcp --dport 1 -j DROP',
    {
      matches: [
        { module: 'geoip', options: [notOpt('--source-country', 'CN,RU')], opaque: true },
        { module: 'tcp', options: [opt('--dport', '1')] }
      ],
      target: jump('DROP')
    }
  ],
  [
    '-m conntrack --ctstate NEW --ctnew "a b" c',
    {
      matches: [{ module: 'conntrack', options: [opt('--ctstate', 'NEW'), opt('--ctnew', 'a b', 'c')], opaque: true }]
    }
  ],
  [
    '-j DNAT --to-destination 10.0.0.1 --spread even',
    {
      matches: [],
      target: {
        name: 'DNAT',
        goto: false,
        options: [opt('--to-destination', '10.0.0.1'), opt('--spread', 'even')],
        opaque: true
      }
    }
  ],
  ['-m webstr', { matches: [{ module: 'webstr', options: [], opaque: true }] }]
]

for (const [text, spec] of unknown) {
  test(`a module or option nobody knows keeps its words: ${text}`, (t) => {
    t.deepEqual(parseSpec(text), spec)
    t.deepEqual(parseSpec(printSpec(spec)), spec)
  })
}

const remainders: readonly [string, string][] = [
  ['-j ACCEPT stray words', 'stray words'],
  ['--dport 80 -j ACCEPT', '--dport 80'],
  ['-s 10.0.0.1 -s 10.0.0.2', '-s 10.0.0.2'],
  ['-j ACCEPT -j DROP', '-j DROP'],
  ['-p tcp !', '!'],
  ['-p', '-p'],
  ['-m comment --comment "never closed -j ACCEPT', '--comment "never closed -j ACCEPT'],
  ['-m tcp --tcp-flags SYN', '--tcp-flags SYN'],
  ['-i a name of more than fifteen bytes -j DROP', 'than fifteen bytes'],
  ['-t nat -j ACCEPT', '-t nat'],
  ['! -j ACCEPT', '! -j ACCEPT']
]

for (const [text, remainder] of remainders) {
  test(`words without a meaning are kept: ${text}`, (t) => {
    t.is(parseSpec(text).remainder, remainder)
  })
}

test('accessors', (t) => {
  const spec = parseSpec(
    '-p tcp -m comment --comment "a b" -m tcp --dport 80 -m multiport ! --dports 1,5:6,:3,9: -m udp --dport http -j DNAT --to-destination 10.0.0.1:80'
  )
  t.is(comment(spec), 'a b')
  t.is(comment(parseSpec('-j ACCEPT')), null)
  t.deepEqual(destinationPorts(spec), [
    { negated: false, ranges: [{ first: 80, last: 80 }] },
    {
      negated: true,
      ranges: [
        { first: 1, last: 1 },
        { first: 5, last: 6 },
        { first: 0, last: 3 },
        { first: 9, last: 65535 }
      ]
    },
    { negated: false, ranges: null }
  ])
  t.deepEqual(option(spec.target!, '--to-destination')?.args, ['10.0.0.1:80'])
})

test('what a listing could not carry goes with the rule', (t) => {
  t.deepEqual(specOf({ text: '-j ACCEPT', line: 1, unreadable: ['interfaces'] }), {
    matches: [],
    target: jump('ACCEPT'),
    unreadable: ['interfaces']
  })
  t.deepEqual(specOf({ text: '-j ACCEPT', line: 1 }), { matches: [], target: jump('ACCEPT') })
})
