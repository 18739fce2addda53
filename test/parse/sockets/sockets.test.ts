import { existsSync, readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { protocolsListed } from '../../../src/parse/sockets/command.ts'
import { readNetstat } from '../../../src/parse/sockets/netstat.ts'
import { readProcNet } from '../../../src/parse/sockets/proc-net.ts'
import type { Sockets } from '../../../src/parse/sockets/socket.ts'
import { readSs } from '../../../src/parse/sockets/ss.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../../../test/fixtures/sockets/${name}`, import.meta.url), 'utf8')
const shared = new URL('../../../../../shared/captures/', import.meta.url)
const whenShared = existsSync(shared) ? test : test.skip

const brief = ({ listeners }: Sockets) => listeners.map((l) => `${l.protocol} ${l.address} ${l.port}`).sort()

// The sockets of one process, asked in five ways (see the port for what each is).
const LISTENING = [
  'TCP 0.0.0.0 18001', // IPv4 alone
  'TCP 0.0.0.0 22', // another user's: no process shown
  'TCP 127.0.0.1 18004',
  'TCP 127.0.0.1 18006', // bound to ::ffff:127.0.0.1
  'TCP :: 18002', // both families
  'TCP :: 18003', // IPv6 alone
  'TCP ::1 18005',
  'UDP 127.0.0.1 18007',
  'UDP :: 18008'
]

for (const [name, read, udp] of [
  ['ss-lntup.txt', readSs, true],
  ['ss-lnt.txt', readSs, false],
  ['netstat-tulpen.txt', readNetstat, true],
  ['netstat-antup.txt', readNetstat, true],
  ['proc-net.txt', readProcNet, true]
] as const) {
  test(`every listing of the same sockets says the same: ${name}`, (t) => {
    const sockets = read(fixture(name))
    t.deepEqual(sockets.problems, [])
    t.deepEqual(
      brief(sockets),
      LISTENING.filter((line) => udp || !line.startsWith('UDP'))
    )
  })
}

test('only ss tells a :: socket that takes no IPv4 from one that does', (t) => {
  const only = (sockets: Sockets) =>
    sockets.listeners.filter((l) => l.address === '::' && l.protocol === 'TCP').map((l) => [l.port, l.ipv6Only])
  t.deepEqual(only(readSs(fixture('ss-lntup.txt'))), [
    [18002, false],
    [18003, true]
  ])
  t.deepEqual(only(readNetstat(fixture('netstat-tulpen.txt'))), [
    [18002, null],
    [18003, null]
  ])
})

test('a process is its name, and null where the listing shows none', (t) => {
  const processes = (sockets: Sockets) =>
    sockets.listeners
      .filter((l) => l.port === 22 || l.port === 18001)
      .map((l) => l.process)
      .sort()
  t.deepEqual(processes(readSs(fixture('ss-lntup.txt'))), ['node', null])
  t.deepEqual(processes(readNetstat(fixture('netstat-tulpen.txt'))), ['node', null])
  t.deepEqual(processes(readSs(fixture('ss-lnt.txt'))), [null, null])
  t.deepEqual(processes(readProcNet(fixture('proc-net.txt'))), [null, null])
})

const ONE_LINE: [name: string, read: (text: string) => Sockets, text: string, expected: string[]][] = [
  ['busybox writes tcp for IPv6 too', readNetstat, 'tcp 0 0 :::8087 :::* LISTEN 1/traefik', ['TCP :: 8087 traefik']],
  [
    'net-tools keeps blanks of a process title',
    readNetstat,
    'tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      812/nginx: master p ',
    ['TCP 0.0.0.0 80 nginx: master p']
  ],
  [
    'busybox with user and inode',
    readNetstat,
    'udp        0      0 0.0.0.0:68              0.0.0.0:*                           0          2201       9/udhcpc',
    ['UDP 0.0.0.0 68 udhcpc']
  ],
  ['a TCP connection is no listener', readNetstat, 'tcp 0 0 10.0.0.1:22 10.0.0.2:5 ESTABLISHED 1/sshd', []],
  [
    'several processes share a socket',
    readSs,
    'tcp LISTEN 0 5 0.0.0.0:80 0.0.0.0:* users:(("nginx",pid=1,fd=6),("nginx",pid=2,fd=6),("helper",pid=3,fd=6))',
    ['TCP 0.0.0.0 80 nginx,helper']
  ],
  ['ss before 4.1 writes no pid=', readSs, 'tcp LISTEN 0 128 *:22 *:* users:(("sshd",1023,3))', ['TCP :: 22 sshd']],
  [
    'an old ss writes IPv4 as *',
    readSs,
    'tcp LISTEN 0 128 *:22 *:*\ntcp LISTEN 0 128 :::80 :::*',
    ['TCP 0.0.0.0 22 null', 'TCP :: 80 null']
  ],
  [
    'a narrow terminal moves the process to the next line',
    readSs,
    'tcp LISTEN 0 5 [::]:80 [::]:*\n   users:(("web",pid=4,fd=5))',
    ['TCP :: 80 web']
  ],
  ['SCTP', readSs, 'sctp LISTEN 0 5 10.0.0.1:3868 0.0.0.0:*', ['SCTP 10.0.0.1 3868 null']],
  ['no Netid column', readSs, 'UNCONN 0 0 127.0.0.1:53 0.0.0.0:*', ['UDP 127.0.0.1 53 null']],
  ['unix sockets are not ours', readSs, 'u_str LISTEN 0 5 /run/containerd/containerd.sock 2201 * 0', []],
  ['Windows line ends', readSs, 'tcp LISTEN 0 5 0.0.0.0:80 0.0.0.0:*\r\n', ['TCP 0.0.0.0 80 null']],
  [
    'a state in the wrong place',
    readProcNet,
    '   0: 0100007F:1F40 0100007F:0050 01 00000000:00000000 00:00000000 00000000',
    []
  ],
  [
    'no header: the state decides',
    readProcNet,
    '   0: 0100007F:1F40 00000000:0000 0A 00000000:0\n   1: 00000000:0044 00000000:0000 07 00000000:0',
    ['TCP 127.0.0.1 8000 null', 'UDP 0.0.0.0 68 null']
  ]
]

for (const [name, read, text, expected] of ONE_LINE) {
  test(`one line: ${name}`, (t) => {
    const { listeners, problems } = read(text)
    t.deepEqual(problems, [])
    t.deepEqual(
      listeners.map((l) => `${l.protocol} ${l.address} ${l.port} ${l.process}`),
      expected
    )
  })
}

test('the device a socket is bound to stands beside the address, not in it', (t) => {
  const { listeners } = readSs('udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*\nudp UNCONN 0 0 [fe80::1]%eth0:546 [::]:*')
  t.deepEqual(
    listeners.map((l) => [l.address, l.interface]),
    [
      ['127.0.0.53', 'lo'],
      ['fe80::1', 'eth0']
    ]
  )
})

const UNREAD: [name: string, read: (text: string) => Sockets, text: string, message: RegExp][] = [
  ['port name', readSs, 'tcp LISTEN 0 128 0.0.0.0:ssh 0.0.0.0:*', /'ssh' is not a number; list sockets with -n/],
  ['port name', readNetstat, 'tcp 0 0 0.0.0.0:http 0.0.0.0:* LISTEN', /'http' is not a number/],
  ['host name', readNetstat, 'tcp 0 0 localhost:631 0.0.0.0:* LISTEN', /'localhost' is not an IP address/],
  ['cut address', readNetstat, 'tcp6 0 0 fe80::e00c:16ff:fe6c:53 :::* LISTEN', /may be cut; list sockets with -W/],
  ['port out of range', readSs, 'tcp LISTEN 0 128 0.0.0.0:70000 0.0.0.0:*', /'70000'/],
  ['another program', readSs, 'bash: ss: command not found', /not a line of a socket listing/],
  ['another program', readNetstat, "netstat: invalid option -- 'p'", /not a line/],
  ['another program', readProcNet, 'cat: /proc/net/tcp6: No such file', /not a line/],
  ['nothing at all', readSs, '', /says nothing/],
  ['nothing at all', readNetstat, ' \n', /says nothing/],
  ['nothing at all', readProcNet, '', /says nothing/]
]

for (const [name, read, text, message] of UNREAD) {
  test(`${read.name} says what it cannot read: ${name}: ${text}`, (t) => {
    const { listeners, problems } = read(text)
    t.deepEqual(listeners, [])
    t.is(problems.length, 1)
    t.regex(problems[0]!.message, message)
    t.is(problems[0]!.line, 1)
  })
}

test('a header alone is a listing of nothing, not an unread one', (t) => {
  t.deepEqual(readSs('Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess\n'), {
    listeners: [],
    protocols: null,
    problems: []
  })
})

test('a problem names its line and byte offset', (t) => {
  const { problems } = readSs('tcp LISTEN 0 5 0.0.0.0:80 0.0.0.0:*\nü\nx\n')
  t.deepEqual(
    problems.map((p) => [p.line, p.offset, p.text]),
    [
      [2, 36, 'ü'],
      [3, 39, 'x']
    ]
  )
})

test('/proc/net tells by its headers which protocols it lists in full', (t) => {
  const text = fixture('proc-net.txt')
  const [tcp4, tcp6, udp4, udp6] = text.split(/^(?= +sl )/m)
  t.deepEqual(readProcNet(text).protocols, ['TCP', 'UDP'])
  t.deepEqual(readProcNet(tcp4! + tcp6!).protocols, ['TCP'])
  t.deepEqual(readProcNet(tcp4! + udp4! + udp6!).protocols, ['UDP'])
  t.deepEqual(readProcNet(tcp4!).protocols, [])
})

for (const [command, expected] of [
  ['ss -lntup', 'TCP,UDP'],
  ['ss -H -l -n -t', 'TCP'],
  ['ss -lntu4', ''],
  ['ss -ntu', ''],
  ['ss -lnS', 'SCTP'],
  ['ss -ln', 'TCP,UDP,SCTP'],
  ['ss -lnx', ''],
  ['ss -lnt sport = :80', ''],
  ['ss --listening --tcp', 'TCP'],
  ['netstat -tulpen', 'TCP,UDP'],
  ['netstat -ln', 'TCP,UDP'],
  ['netstat --inet -ln', ''],
  ['kubectl exec traefik -n traefik-ns -- netstat -lnt', 'TCP'],
  ['/usr/sbin/ss -lnu', 'UDP'],
  ['cat /proc/net/tcp', '']
] as const) {
  test(`protocols listed in full by: ${command}`, (t) => t.is(protocolsListed(command.split(' ')).join(), expected))
}

whenShared('every socket listing of the captures is read to the last line', (t) => {
  const files = readdirSync(shared, { recursive: true, encoding: 'utf8' })
  let rows = 0
  for (const file of files.filter((name) => /\/(ss-\w+|proc-net-tcp)\.txt$/.test(name))) {
    const text = readFileSync(new URL(file, shared), 'utf8')
    const { listeners, problems } = file.includes('/ss-') ? readSs(text) : readProcNet(text)
    t.deepEqual(problems, [], file)
    rows += listeners.length
    t.is(listeners.length, text.split('\n').filter((line) => /LISTEN|UNCONN| 0A 0/.test(line)).length, file)
  }
  t.true(rows > 800)
})

whenShared('the Traefik pod listens on its four ports', (t) => {
  const file = 'week-1.20/day1/pods/traefik-ns/traefik-59cfdc49c7-dmm58/proc-net-tcp.txt'
  const sockets = readProcNet(readFileSync(new URL(file, shared), 'utf8'))
  t.deepEqual(brief(sockets), ['TCP :: 8000', 'TCP :: 8443', 'TCP :: 8888', 'TCP :: 9000'])
  t.deepEqual(sockets.protocols, ['TCP'])
})
