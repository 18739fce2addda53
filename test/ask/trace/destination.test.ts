import { join } from 'node:path'
import test from 'ava'
import { openSnapshot } from '../../../src/archive/open.ts'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import { type TraceRequest, trace } from '../../../src/ask/trace/trace.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { root } from '../../support/cli.ts'

const SAMPLE = '2026-11-22T12-00-00Z'
let store: Store
test.before(async () => {
  store = openStore(':memory:')
  await importSnapshot(store, await openSnapshot(join(root, 'snapshots', SAMPLE)), new Date(0))
  scopeTo(store, SAMPLE)
})

/** `10.43.0.10:53/udp`, a remark, or the error. */
function told(request: TraceRequest): string {
  try {
    const { nodes, remark } = trace(store, SAMPLE, request)
    const [first] = nodes
    return remark ?? `${first!.target.address}:${first!.target.port}/${first!.target.protocol}`
  } catch (error) {
    return (error as Error).message
  }
}

const CLIENT = 'pod/demo/db-0'
const table: readonly [Omit<TraceRequest, 'node'>, RegExp][] = [
  [{ destination: 'service/demo/web' }, /^10\.43\.154\.73:80\/tcp$/],
  [{ destination: 'web.demo.svc:80' }, /^10\.43\.154\.73:80\/tcp$/],
  [{ destination: 'web.demo.svc.cluster.local.:80' }, /^10\.43\.154\.73:80\/tcp$/],
  [{ destination: 'http://web.demo.svc.cluster.local/x' }, /^10\.43\.154\.73:80\/tcp$/],
  [{ destination: 'web.demo:80' }, /^10\.43\.154\.73:80\/tcp$/],
  [{ destination: 'web:80', from: CLIENT }, /^10\.43\.154\.73:80\/tcp$/],
  [{ destination: 'web:80' }, /asks no DNS; did you mean service\/demo\/web:80 or service\/prod-eu-1\/web:80\?$/],
  [{ destination: '10-42-0-168.demo.pod.cluster.local:5432' }, /^10\.42\.0\.168:5432\/tcp$/],
  [{ destination: 'fd00--7.demo.pod:80' }, /^fd00::7:80\/tcp$/],
  [{ destination: 'db-0.db.demo.svc:5432' }, /^10\.42\.0\.168:5432\/tcp$/],
  [{ destination: 'db-9.db.demo.svc:5432' }, /Service demo\/db has no endpoint of a pod db-9/],
  [{ destination: 'service/kube-system/kube-dns:53' }, /^10\.43\.0\.10:53\/tcp$/],
  [{ destination: 'service/kube-system/kube-dns:53', protocol: 'udp' }, /^10\.43\.0\.10:53\/udp$/],
  [{ destination: 'service/kube-system/kube-dns:dns' }, /^10\.43\.0\.10:53\/udp$/],
  [{ destination: 'service/demo/db' }, /^demo\/db is headless: .* directly; trace one of them: 10\.42\.0\.168:\d+/],
  [{ destination: 'service/demo/ext' }, /^demo\/ext is an ExternalName Service: clients get the name db\.example\.com/],
  [{ destination: 'service/demo/wbe' }, /no Service demo\/wbe in this snapshot; namespace demo has .*web/],
  [{ destination: 'service/dmo/web' }, /no Service dmo\/web in this snapshot; there is demo\/web/],
  [
    { destination: 'service/none/nothing' },
    /no Service none\/nothing in this snapshot, which has no Service in namespace none/
  ],
  [{ destination: '141.75.148.138' }, /needs a port: give 141\.75\.148\.138:PORT/],
  [{ destination: 'fd00::1' }, /needs a port: give \[fd00::1\]:PORT/],
  [
    { destination: '[fd00::1]:80', from: CLIENT },
    /pod demo\/db-0 has no IPv6 address in this snapshot, only 10\.42\.0\.168/
  ],
  [{ destination: '10.43.154.73:80', from: 'pod/demo/nope' }, /pod demo\/nope is not in this snapshot/],
  [{ destination: '10.43.154.73:99999' }, /port 99999 is not between/],
  [{ destination: '999.1.1.1:80' }, /999\.1\.1\.1 is no IPv4 address/],
  [{ destination: '127.0.0.1:80' }, /127\.0\.0\.1 is loopback: .* give --from node\/NAME/],
  [{ destination: '127.0.0.1:80', from: 'node/kube-master' }, /^127\.0\.0\.1:80\/tcp$/],
  [{ destination: 'service/kube-system/kube-dns', protocol: 'udp' }, /^10\.43\.0\.10:53\/udp$/],
  [{ destination: 'service/kube-system/kube-dns' }, /several ports; .* with one of dns-tcp \(53\), metrics \(9153\)$/],
  [
    { destination: 'service/kube-system/kube-dns:9' },
    /no port 9; it has dns \(53\/UDP\), dns-tcp \(53\/TCP\), metrics \(9153\/TCP\)$/
  ],
  [{ destination: 'service/demo/web', protocol: 'udp' }, /demo\/web has no UDP port; it has http \(80\)$/],
  [{ destination: 'nobody.example.org:80' }, /no node is named nobody\.example\.org/]
]

test('a port that the Service of a cluster IP does not have: it says which it has, and a pod asks', (t) => {
  const [first] = trace(store, SAMPLE, { destination: '10.43.154.73:81', node: 'kube-master' }).nodes
  t.like(first, {
    sender: { name: 'pod demo/db-0' },
    target: { besides: { frontend: { service: 'web' }, ports: 'http (80)' } }
  })
})

for (const [request, expected] of table) {
  test(`${request.destination}${request.from ? ` from ${request.from}` : ''}${request.protocol ? ` over ${request.protocol}` : ''}`, (t) =>
    t.regex(told(request), expected))
}
