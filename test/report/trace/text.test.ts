import test from 'ava'
import { traceText } from '../../../src/report/trace/text.ts'
import { traceService } from './service-dump.ts'

test('a tree with table, chain, rule number, counter, match, rewrite and share', (t) => {
  const { trace, setting } = traceService(2)
  t.is(
    traceText(trace, setting),
    `10.43.7.80:80/tcp
from an outside client (192.0.2.1) at node kube-master, in the dump given
node kube-master
nat PREROUTING 1                  → KUBE-SERVICES  (1 packet)
nat KUBE-SERVICES 1               → KUBE-SVC-YMIEM5RDZNXFFBVV
      (demo/web:http cluster IP, 12 packets)  -d 10.43.7.80 -p tcp --dport 80
├─  50.0%  nat KUBE-SVC-YMIEM5RDZNXFFBVV 1   → KUBE-SEP-AAAAAAAAAAAAAAA0  (0 packets)
│          nat KUBE-SEP-AAAAAAAAAAAAAAA0 1   DNAT 10.43.7.80:80 → 10.42.0.1:8080  (0 packets)
│          └─ accepted: forwarded, filter FORWARD: policy ACCEPT
└─  50.0%  nat KUBE-SVC-YMIEM5RDZNXFFBVV 2   → KUBE-SEP-AAAAAAAAAAAAAAA1  (0 packets)
           nat KUBE-SEP-AAAAAAAAAAAAAAA1 1   DNAT 10.43.7.80:80 → 10.42.0.2:8080  (0 packets)
           └─ accepted: forwarded, filter FORWARD: policy ACCEPT
taken for granted:
  the node forwards packets (net.ipv4.ip_forward is not known)
  the node has a route to the destination (its routes are not known)
  no nft tables but those of iptables act on the node (its nft ruleset is not given)
  the answers come back (the rules and routes that they meet are not followed)
`
  )
})

for (const endpoints of [1, 12, 13, 200]) {
  test(`100 columns hold a Service with ${endpoints} endpoints`, (t) => {
    const { trace, setting } = traceService(endpoints)
    const lines = traceText(trace, setting).split('\n')
    t.deepEqual(
      lines.filter((line) => line.length > 100),
      []
    )
    t.true(lines.length < 60)
  })
}

test('on a narrow terminal what a rule does goes below it, uncut', (t) => {
  const { trace, setting } = traceService(2)
  const text = traceText(trace, { ...setting, width: 60 })
  t.deepEqual(
    text.split('\n').filter((line) => line.length > 60),
    []
  )
  t.true(text.includes('DNAT 10.43.7.80:80 → 10.42.0.1:8080'), text)
})

test('a remark is wrapped too', (t) => {
  const { trace, setting } = traceService(1)
  const text = traceText({ ...trace, nodes: [], remark: 'word '.repeat(40).trim() }, { ...setting, width: 60 })
  t.deepEqual(
    text.split('\n').filter((line) => line.length > 60),
    []
  )
})

test('more than a dozen endpoints that end alike are told together', (t) => {
  const { trace, setting } = traceService(200)
  t.regex(
    traceText(trace, setting),
    /^└─ 100.0% {2}200 accepted, 0.5% each: 10.42.0.1:8080, 10.42.0.2:8080, 10.42.0.3:8080,\s+10.42.0.4:8080 and 196 more$/m
  )
})

test('what a terminal would act on is made visible', (t) => {
  const { trace, setting } = traceService(1, '\u001b]0;owned\u0007 \u202eevil')
  const text = traceText(trace, setting)
  t.false(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(text))
  t.true(text.includes('\\x1b]0;owned\\x07 \\u202eevil'))
})
