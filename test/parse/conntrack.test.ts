import { existsSync, readFileSync } from 'node:fs'
import test from 'ava'
import { readConntrack } from '../../src/parse/conntrack.ts'

const lines: [title: string, line: string, expected: object][] = [
  [
    'a DNATed connection, as `conntrack -L` prints it',
    'tcp      6 86399 ESTABLISHED src=10.42.1.5 dst=10.43.0.1 sport=42476 dport=443 src=141.75.148.138 dst=10.42.1.5 sport=6443 dport=42476 [ASSURED] mark=0 use=1',
    {
      family: 'ipv4',
      protocol: 'TCP',
      state: 'ESTABLISHED',
      destination: '10.43.0.1',
      destinationPort: 443,
      replySource: '141.75.148.138',
      replySourcePort: 6443,
      replied: true,
      assured: true,
      mark: 0,
      zone: null
    }
  ],
  [
    'UDP without an answer, extended',
    'ipv4     2 udp      17 19 src=10.42.1.5 dst=10.43.0.10 sport=50869 dport=53 [UNREPLIED] src=10.42.0.3 dst=10.42.1.5 sport=53 dport=50869 mark=0 zone=3 use=1',
    { family: 'ipv4', protocol: 'UDP', state: '', replySource: '10.42.0.3', replied: false, assured: false, zone: 3 }
  ],
  [
    'counters between the directions',
    'ipv6     10 tcp      6 117 SYN_SENT src=2001:db8::1 dst=2001:db8::2 sport=1 dport=2 packets=1 bytes=80 [UNREPLIED] src=2001:db8::2 dst=2001:db8::1 sport=2 dport=1 packets=0 bytes=0 mark=0 use=1',
    { family: 'ipv6', state: 'SYN_SENT', source: '2001:db8::1', sourcePort: 1 }
  ],
  [
    'ICMP, which has no ports',
    'icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=7 src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=7 mark=0 use=1',
    { protocol: 'ICMP', sourcePort: null, destinationPort: null }
  ],
  [
    'a protocol without a name',
    'unknown  2 580 src=10.0.0.1 dst=224.0.0.1 [UNREPLIED] src=224.0.0.1 dst=10.0.0.1 mark=0 use=1',
    { protocol: '2' }
  ],
  [
    'offloaded, without seconds',
    'ipv4     2 tcp      6 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 [OFFLOAD] mark=5 use=2',
    { protocol: 'TCP', state: '', mark: 5 }
  ]
]
for (const [title, line, expected] of lines) {
  test(title, (t) => {
    const { connections, problems } = readConntrack(`${line}\n`)
    t.deepEqual(problems, [])
    t.is(connections.length, 1)
    t.like(connections[0], expected)
  })
}

test('what is no connection is told, the others are read', (t) => {
  const { connections, problems } = readConntrack(`${lines[0]![1]}\ntcp 6 1 src=1.2.3.4\nhello\n`)
  t.is(connections.length, 1)
  t.deepEqual(
    problems.map(({ line }) => line),
    [2, 3]
  )
})

const capture = new URL('../../../../shared/captures/k8s-1.20/base/kube-master/conntrack-L.txt', import.meta.url)
const captured = existsSync(capture) ? test : test.skip
captured('a real table, every line of it', (t) => {
  const text = readFileSync(capture, 'utf8')
  const { connections, problems } = readConntrack(text)
  t.deepEqual(problems, [])
  t.is(connections.length, text.trimEnd().split('\n').length)
})
