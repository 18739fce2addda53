import test from 'ava'
import { readList } from '../../../src/parse/iptables/list.ts'
import { type Columns, readRow } from '../../../src/parse/iptables/row.ts'
import type { Dump } from '../../../src/parse/iptables/rule.ts'
import { parseSpec } from '../../../src/parse/iptables/spec.ts'

const plain: Columns = { number: false, counters: false, exact: true }
const verbose: Columns = { number: false, counters: true, exact: true }
const spaced: Columns = { number: false, counters: true, exact: false }

/** Rows and what save prints for them; wordings one by one are in wording.test.ts. */
const rows: readonly [string, Columns, string][] = [
  [
    'KUBE-MARK-MASQ  6    -- !10.42.0.0/16         10.43.99.34          /* traefik-ns/traefik:admin cluster IP */ tcp dpt:8080',
    plain,
    '! -s 10.42.0.0/16 -d 10.43.99.34/32 -p tcp -m comment --comment "traefik-ns/traefik:admin cluster IP" -m tcp --dport 8080 -j KUBE-MARK-MASQ'
  ],
  ['          !47   -- !10.42.0.0/16         0.0.0.0/0           ', plain, '! -s 10.42.0.0/16 ! -p 47'],
  ['ACCEPT     all  -f  0.0.0.0/0            0.0.0.0/0           ', plain, '-f -j ACCEPT'],
  ['ACCEPT     all  !f  0.0.0.0/0            0.0.0.0/0           ', plain, '! -f -j ACCEPT'],
  ['T-x        all  --  0.0.0.0/0            0.0.0.0/0           [goto] ', plain, '-g T-x'],
  [
    'T-x        tcp  --  0.0.0.0/0            0.0.0.0/0           [goto]  tcp dpt:80',
    plain,
    '-p tcp -m tcp --dport 80 -g T-x'
  ],
  [
    'LOG        all  --  0.0.0.0/0            0.0.0.0/0            LOG flags 0 level 4 prefix "it\'s "q" \\ "',
    plain,
    '-j LOG --log-prefix "it\\\'s \\"q\\" \\\\ "'
  ],
  [
    'ACCEPT     all  --  0.0.0.0/0            0.0.0.0/0            /*   two  spaces   */',
    plain,
    '-m comment --comment "  two  spaces  " -j ACCEPT'
  ],
  ['ACCEPT     all  --  0.0.0.0/0            0.0.0.0/0            /*  */', plain, '-m comment --comment "" -j ACCEPT'],
  [
    '   81  4860 KUBE-SERVICES  0    --  *      *       0.0.0.0/0            0.0.0.0/0            /* kubernetes service portals */',
    verbose,
    '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES'
  ],
  [
    '    0     0            tcp  --  !docker0 br-421a9e16d12b  0.0.0.0/0            0.0.0.0/0           ',
    verbose,
    '! -i docker0 -o br-421a9e16d12b -p tcp'
  ],
  [
    '   37  3848 NOTFROMHERE  all      eth1.1024 *       ::/0                 ::/0                ',
    verbose,
    '-i eth1.1024 -j NOTFROMHERE'
  ],
  ['   37  3848 NOTFROMHERE  all  eth1.1024  *  ::/0  ::/0', spaced, '-i eth1.1024 -j NOTFROMHERE'],
  [
    '    0     0 ufw6-x     all      *      *       2001:db8::/32        fe80::1             ',
    verbose,
    '-s 2001:db8::/32 -d fe80::1/128 -j ufw6-x'
  ],
  [
    '    0     0            all      *      *       ::/0                 ::/0                 tcp dpt:1',
    verbose,
    '-m tcp --dport 1'
  ],
  [
    '24  2088  LOG_RECENT_DROP  tcp  --  *  *  0.0.0.0/0  0.0.0.0/0  state  NEW  tcp  dpt:22flags:  0x17/0x02  recent:  CHECK  seconds:  60  name:  X  side:  source',
    spaced,
    '-p tcp -m state --state NEW -m tcp --dport 22 --tcp-flags FIN,SYN,RST,ACK SYN -m recent --rcheck --seconds 60 --name X --rsource -j LOG_RECENT_DROP'
  ],
  // Old wordings: in ` and ', TOS in capitals.
  [
    "    1    60 LOG        all  --  *      *       0.0.0.0/0            0.0.0.0/0           limit: avg 1/sec burst 5 LOG flags 0 level 4 prefix `it's in: '",
    verbose,
    '-m limit --limit 1/sec -j LOG --log-prefix "it\\\'s in: "'
  ],
  [
    "    1    60 ULOG       all  --  *      *       0.0.0.0/0            0.0.0.0/0           ULOG copy_range 0 nlgroup 1 prefix `Drop ' queue_threshold 1",
    verbose,
    '-j ULOG --ulog-cprange 0 --ulog-nlgroup 1 --ulog-prefix "Drop " --ulog-qthreshold 1'
  ],
  [
    '    1    60 ACCEPT     all  --  *      *       0.0.0.0/0            0.0.0.0/0           TOS match 0x10/0x3f',
    verbose,
    '-m tos --tos 0x10/0x3f -j ACCEPT'
  ],
  ['0  0  !6  --  *  *  10.0.12.0/255.0.255.0  0.0.0.0/0', spaced, '-s 10.0.12.0/255.0.255.0 ! -p tcp']
]

for (const [row, columns, text] of rows) {
  test(`row: ${JSON.stringify(row).replaceAll(' ', '·')}`, (t) => {
    const rule = readRow(row, columns)
    t.is(rule?.text, text)
    t.deepEqual(rule?.unknown, [])
    t.deepEqual(rule?.unreadable, columns.counters ? [] : ['interfaces', 'counters'])
  })
}

test('a row iptables does not know whole says what is unreadable', (t) => {
  const cases: readonly [string, string, readonly string[]][] = [
    [
      'DNAT       6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:80[48 bytes of unknown target data] ',
      '-p tcp -m tcp --dport 80 -j DNAT',
      ['target']
    ],
    [
      'DNAT       6    --  *      *       0.0.0.0/0            0.0.0.0/0            DNAT [unsupported revision]',
      '-p tcp -j DNAT',
      ['target']
    ],
    [
      "ACCEPT     6    --  *      *       0.0.0.0/0            0.0.0.0/0            UNKNOWN match `string' tcp dpt:80",
      '-p tcp -m string -m tcp --dport 80 -j ACCEPT',
      ['match']
    ],
    [
      'ACCEPT     6    --  *      *       0.0.0.0/0            0.0.0.0/0            limit: up to 1/sec burst 5',
      '-p tcp -m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 -j ACCEPT',
      ['match']
    ],
    [
      'ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            quota: 5 bytes',
      '-m quota --quota 5 -j ACCEPT',
      ['match']
    ],
    [
      'ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            /* a */ ctstate NEW /* b */',
      '-m comment --comment a -m conntrack --ctstate NEW -m comment --comment b -j ACCEPT',
      ['match']
    ],
    [
      'ACCEPT     tcp  --  any    any     anywhere             anywhere             multiport dports http,https',
      '-p tcp -m multiport --dports http,https -j ACCEPT',
      ['names']
    ],
    [
      'ACCEPT     tcp  --  any    any     anywhere             kube-master          tcp dpt:https',
      '-d kube-master -p tcp -m tcp --dport https -j ACCEPT',
      ['names']
    ]
  ]
  for (const [rest, text, unreadable] of cases) {
    const rule = readRow(`    0     0 ${rest}`, verbose)
    t.is(rule?.text, text)
    t.deepEqual(rule?.unreadable, unreadable)
  }
})

test('words in no known wording are kept, and a problem', (t) => {
  const dump = readList(
    `Chain INPUT (policy ACCEPT 0 packets, 0 bytes)
 pkts bytes target     prot opt in     out     source               destination         
    0     0 ACCEPT     tcp  --  *      *       0.0.0.0/0            0.0.0.0/0            webstr: host x.com tcp dpt:80
`,
    'filter'
  )
  t.deepEqual(
    chain(dump, 'INPUT')!.rules.map((rule) => [rule.text, rule.unreadable]),
    [['-p tcp -m tcp --dport 80 -j ACCEPT webstr: host x.com', ['match']]]
  )
  t.is(dump.problems.length, 1)
})

const counts: readonly [string, string, { packets: string; bytes: string } | null, boolean][] = [
  ['99999', '1', { packets: '99999', bytes: '1' }, true],
  ['100K', '10M', { packets: '100000', bytes: '10000000' }, false],
  ['7G', '3T', { packets: '7000000000', bytes: '3000000000000' }, false],
  ['18446744073709551615', '2', { packets: '18446744073709551615', bytes: '2' }, true],
  ['0K', '0K', null, false]
]

for (const [packets, bytes, counters, exact] of counts) {
  test(`counters ${packets} ${bytes}`, (t) => {
    const rule = readRow(`${packets} ${bytes} ACCEPT all -- * * 0.0.0.0/0 0.0.0.0/0`, spaced)!
    t.deepEqual(rule.counters ?? null, counters)
    t.is(rule.unreadable.includes('counters'), !exact)
  })
}

const listing = `Chain PREROUTING (policy ACCEPT 17 packets, 1020 bytes)
 pkts bytes target     prot opt in     out     source               destination         
   81  4860 KUBE-SERVICES  0    --  *      *       0.0.0.0/0            0.0.0.0/0            /* kubernetes service portals */

Chain KUBE-SERVICES (2 references)
 pkts bytes target     prot opt in     out     source               destination         
`

function chain(dump: Dump, name: string) {
  return dump.tables[0]?.chains.get(name)
}

test('a whole listing', (t) => {
  const dump = readList(listing, 'nat')
  t.deepEqual(dump.problems, [])
  t.deepEqual(dump.lines, { rules: 1, chains: 2, structure: 2, comments: 0, blank: 1, unread: 0 })
  t.like(dump.tables[0], { name: 'nat', complete: true })
  t.deepEqual(chain(dump, 'PREROUTING'), {
    name: 'PREROUTING',
    policy: 'ACCEPT',
    counters: { packets: '17', bytes: '1020' },
    rules: [
      {
        text: '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
        counters: { packets: '81', bytes: '4860' },
        line: 3
      }
    ]
  })
  t.deepEqual(chain(dump, 'KUBE-SERVICES'), { name: 'KUBE-SERVICES', policy: null, rules: [] })
})

test('without a command nobody knows the table', (t) => {
  t.is(readList(listing).tables[0]!.name, null)
})

test('what a line in front of them names is the table of the chains after it', (t) => {
  const chain = (name: string) =>
    `Chain ${name} (policy ACCEPT)\nnum  target     prot opt source               destination         \n`
  const { tables, problems } = readList(
    `Table: filter\n${chain('INPUT')}\n${chain('OUTPUT')}\nTable: nat\n${chain('PREROUTING')}\n${chain('OUTPUT')}`
  )
  t.deepEqual(
    tables.map(({ name, chains }) => [name, ...chains.keys()]),
    [
      ['filter', 'INPUT', 'OUTPUT'],
      ['nat', 'PREROUTING', 'OUTPUT']
    ]
  )
  t.deepEqual(problems, [])
})

test('one chain is not its whole table', (t) => {
  t.false(readList(listing.slice(listing.indexOf('Chain KUBE')), 'nat').tables[0]!.complete)
})

/** What stands between two chains, and which chains are read, each with the number of its rules. */
const borders: readonly [what: string, border: string, chains: readonly string[], complete: boolean][] = [
  ['words behind a chain', 'Chain B (1 references) <- look here\nHEADING', ['A 1', 'B 1'], true],
  ['a chain without references', 'Chain B\nHEADING', ['A 1'], false],
  ['a chain that a terminal broke', 'Chain B (policy ACCEPT 12 packets,\n 3 bytes)\nHEADING', ['A 1'], false],
  ['headings without a chain', 'HEADING', ['A 1'], false]
]

for (const [what, border, chains, complete] of borders) {
  test(`no row goes to another chain than its own: ${what}`, (t) => {
    const heading = 'target     prot opt source               destination         '
    const row = (target: string) => `${target}     all  --  0.0.0.0/0            0.0.0.0/0           `
    const text = `Chain A (1 references)\n${heading}\n${row('ACCEPT')}\n\n${border.replace('HEADING', heading)}\n${row('RETURN')}\n`
    const {
      tables: [table],
      problems
    } = readList(text, 'nat')
    t.deepEqual(
      [...table!.chains.values()].map(({ name, rules }) => `${name} ${rules.length}`),
      chains
    )
    t.is(table!.chains.get('A')!.rules[0]!.text, '-j ACCEPT')
    t.true(problems.length > 0)
    t.is(
      [...table!.chains.values()].every((chain) => chain.complete !== false),
      complete
    )
  })
}

test('a comment with a line feed splits its row', (t) => {
  const dump = readList(
    `Chain INPUT (policy ACCEPT 0 packets, 0 bytes)
 pkts bytes target     prot opt in     out     source               destination         
    1     2 ACCEPT     all  --  *      *       0.0.0.0/0            0.0.0.0/0            /* x
COMMIT
y */ ctstate NEW
    3     4 DROP       all  --  *      *       0.0.0.0/0            0.0.0.0/0           
`,
    'filter'
  )
  t.deepEqual(dump.problems, [])
  t.deepEqual(
    chain(dump, 'INPUT')!.rules.map(({ text, line }) => [text, line]),
    [
      ['-m comment --comment "x\nCOMMIT\ny" -m conntrack --ctstate NEW -j ACCEPT', 3],
      ['-j DROP', 6]
    ]
  )
  t.is(dump.lines.rules, 4)
})

test('commands at the prompt say table, chain, node and filter', (t) => {
  const dump =
    readList(`root@kube-master:~# iptables -t nat -L KUBE-SERVICES -n | column -t | egrep 'KUBE-SERVICES|traefik'
Chain  KUBE-SERVICES  (2  references)
KUBE-SVC-O2EOQBSIC5NZRIQN  tcp  --  0.0.0.0/0  10.43.99.34  /*  traefik-ns/traefik:keycloak  cluster  IP  */  tcp  dpt:8087
[root@kube-worker1 ~]# iptables -nvL
Chain INPUT (policy DROP 0 packets, 0 bytes)
 pkts bytes target     prot opt in     out     source               destination         
[root@kube-worker1 ~]# iptables -vnL FORWARD
Chain FORWARD (policy DROP 0 packets, 0 bytes)
 pkts bytes target     prot opt in     out     source               destination         
`)
  t.deepEqual(
    dump.tables.map(({ name, prompt, complete }) => [name, prompt, complete]),
    [
      ['nat', 'root@kube-master', false],
      ['filter', 'root@kube-worker1', true],
      ['filter', 'root@kube-worker1', false]
    ]
  )
  t.false(chain(dump, 'KUBE-SERVICES')!.complete)
  t.deepEqual(
    chain(dump, 'KUBE-SERVICES')!.rules.map(({ text, unreadable }) => [text, unreadable]),
    [
      [
        '-d 10.43.99.34/32 -p tcp -m comment --comment "traefik-ns/traefik:keycloak cluster IP" -m tcp --dport 8087 -j KUBE-SVC-O2EOQBSIC5NZRIQN',
        ['interfaces', 'counters']
      ]
    ]
  )
  t.is(dump.problems.length, 1)
})

test('a filter may drop even the chain’s own line: the command named it', (t) => {
  const dump = readList(`# iptables -t nat -L KUBE-SERVICES -n -v | grep traefik
    0     0 KUBE-SVC-O2EOQBSIC5NZRIQN  tcp  --  *      *       0.0.0.0/0            10.43.99.34          tcp dpt:8087
`)
  t.like(chain(dump, 'KUBE-SERVICES'), { declared: false, complete: false, policy: null })
  t.is(chain(dump, 'KUBE-SERVICES')!.rules.length, 1)
})

const uncertain: readonly string[] = [
  'iptables -t nat -nL | grep KUBE',
  'iptables -t nat -L KUBE-X -n | cut -c1-80',
  'iptables -t nat -L KUBE-X -n | grep -o .*',
  'iptables -t nat -L KUBE-X -n | sort'
]

for (const command of uncertain) {
  test(`rows are not read where their chain or their words are not certain: ${command}`, (t) => {
    const dump = readList(
      `# ${command}\nChain KUBE-X (1 references)\nKUBE-SEP-A  all  --  0.0.0.0/0            0.0.0.0/0           \n`
    )
    t.deepEqual(chain(dump, 'KUBE-X')!.rules, [])
    t.false(chain(dump, 'KUBE-X')!.complete)
    t.is(dump.lines.unread, 1)
  })
}

/** A row, the lines after it, what is read of them, and how many of those lines are the rule's. */
const broken: readonly [row: string, rest: string, text: string, taken: number][] = [
  [
    'NODEPORTS  all  --  0.0.0.0/0            0.0.0.0/0            /* the last rule */ ADDRTYPE',
    ' match dst-type LOCAL',
    '-m comment --comment "the last rule" -m addrtype --dst-type LOCAL -j NODEPORTS',
    1
  ],
  [
    'DROP       all  --  0.0.0.0/0            0.0.0.0/0',
    '        recent: UPDATE seconds: 60 hit_count: 4 name: SSH side: source',
    '-m recent --update --seconds 60 --hitcount 4 --name SSH --rsource -j DROP',
    1
  ],
  [
    '           all  --  0.0.0.0/0            0.0.0.0/0           ',
    'state NEW tcp dpt:22',
    '-m state --state NEW -m tcp --dport 22',
    1
  ],
  [
    'DROP       all  --  0.0.0.0/0            0.0.0.0/0',
    'state NEW\ntcp dpt:22',
    '-m state --state NEW -m tcp --dport 22 -j DROP',
    2
  ],
  [
    'NODEPORTS  all  --  0.0.0.0/0            0.0.0.0/0            ADDRTYPE',
    'match dst-type\nLOCAL',
    '-m addrtype --dst-type LOCAL -j NODEPORTS',
    2
  ]
]

/** The same where not all can be read: what may be the rule's is kept in it, token for token, so that nobody takes it for the whole of one. */
const doubted: typeof broken = [
  ['DROP       all  --  0.0.0.0/0            0.0.0.0/0           ', 'unheard: of 5', '-j DROP unheard: of 5', 1],
  [
    'DROP       tcp  --  0.0.0.0/0            0.0.0.0/0            tcp dpt:22',
    'state NEW\nunheard: of 5',
    '-p tcp -m tcp --dport 22 -m state --state NEW -j DROP unheard: of 5',
    2
  ],
  [
    'DROP       all  --  0.0.0.0/0            0.0.0.0/0           ',
    'from there on\nthe log',
    '-j DROP from there on',
    1
  ],
  ['DROP       all  --  0.0.0.0/0            0.0.0.0/0           ', '...', '-j DROP', 0]
]

for (const [cases, isCertain] of [
  [broken, true],
  [doubted, false]
] as const) {
  for (const [row, rest, text, taken] of cases) {
    test(`a row that something broke: ${JSON.stringify(row)} ${JSON.stringify(rest)}`, (t) => {
      const after = rest.split('\n').length
      const {
        tables: [table],
        problems,
        lines
      } = readList(
        [
          'Chain OWN (2 references)',
          'target     prot opt source               destination         ',
          row,
          rest,
          'MARKED     tcp  --  0.0.0.0/0            0.0.0.0/0            tcp dpt:30062'
        ].join('\n'),
        'nat'
      )
      const own = table!.chains.get('OWN')!
      t.deepEqual(
        own.rules.map((rule) => [rule.line, rule.text]),
        [
          [3, text],
          [4 + after, '-p tcp -m tcp --dport 30062 -j MARKED']
        ]
      )
      t.is(parseSpec(own.rules[0]!.text).remainder === undefined, isCertain || taken === 0)
      t.is(own.complete !== false, isCertain)
      t.is(table!.complete, false)
      t.true(problems.length > 0)
      t.deepEqual([lines.rules, lines.unread], [2 + taken, after - taken])
    })
  }
}

for (const prompt of ['root@node-a:~ #', '[root@node-a ~]# ', '$', 'node-a:~/x$']) {
  test(`a prompt alone ends a listing: ${prompt}`, (t) => {
    const dump = readList(`${listing}${prompt}\n`, 'nat')
    t.deepEqual(dump.problems, [])
    t.deepEqual(dump.tables, readList(listing, 'nat').tables)
  })
}

test('a count that went round is not told, and a name that no chain can have is no target', (t) => {
  const text =
    ` Chain A (policy ACCEPT)\n pkts bytes target     prot opt in     out     source               destination         \n` +
    '-2633M 3879G ACCEPT     all  --  *      *       0.0.0.0/0            0.0.0.0/0           \n'
  const {
    tables: [table]
  } = readList(text)
  t.deepEqual(
    table!.chains.get('A')!.rules.map(({ text, counters }) => [text, counters]),
    [['-j ACCEPT', undefined]]
  )
  t.is(readRow('-ACCEPT     all  --  0.0.0.0/0            0.0.0.0/0           ', plain), null)
})

test('the same chain listed twice is two tables: two nodes, or two moments', (t) => {
  t.is(readList(listing + listing, 'nat').tables.length, 2)
})

test('a warning makes the listing incomplete', (t) => {
  const dump = readList(`${listing}# Warning: iptables-legacy tables present, use iptables-legacy to see them\n`, 'nat')
  t.false(dump.tables[0]!.complete)
  t.is(dump.problems.length, 1)
})
