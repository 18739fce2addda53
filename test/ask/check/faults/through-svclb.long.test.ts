/** A host port leads to a svclb pod, which is not the end of the way: what its node does with the cluster IP then is. */
import test from 'ava'
import { sampleItems } from '../../../support/sample.ts'
import { checkItems } from '../checking.ts'
import { Capture, type Loose, without } from './capture.ts'

const NODES = ['kube-master', 'kube-worker1', 'kube-worker2']
const ADDRESSES = ['141.75.148.138', '141.75.148.139', '141.75.148.140']

async function found(change: (capture: Capture) => void): Promise<string[]> {
  const capture = new Capture(await sampleItems('2026-11-22T12-00-00Z'))
  change(capture)
  return (await checkItems(capture.items)).flatMap(({ findings }) =>
    findings
      .filter(({ object }) => object.includes('traefik'))
      .map(({ code, node, message }) => `${code} ${node} ${message}`)
  )
}

/** kube-proxy's rules for a Service whose endpoints are gone: no translation, and refusals. */
function refused(capture: Capture): void {
  const ports = (JSON.parse(capture.read(({ kind }) => kind === 'services')) as Loose).items.find(
    ({ metadata }: Loose) => metadata.namespace === 'traefik-ns' && metadata.name === 'traefik'
  ).spec.ports as { name: string; port: number; nodePort: number }[]
  const rules = ports.flatMap(({ name, port, nodePort }) => {
    const comment = `-m comment --comment "traefik-ns/traefik:${name} has no endpoints"`
    const end = '-j REJECT --reject-with icmp-port-unreachable'
    return [
      `[0:0] -A KUBE-SERVICES -d 10.43.99.34/32 -p tcp ${comment} -m tcp --dport ${port} ${end}`,
      ...ADDRESSES.map(
        (address) => `[0:0] -A KUBE-EXTERNAL-SERVICES -d ${address}/32 -p tcp ${comment} -m tcp --dport ${port} ${end}`
      ),
      `[0:0] -A KUBE-EXTERNAL-SERVICES -p tcp ${comment} -m addrtype --dst-type LOCAL -m tcp --dport ${nodePort} ${end}`
    ]
  })
  for (const node of NODES)
    capture.dump(node, (text) =>
      without(/-A KUBE-(SERVICES|NODEPORTS|FW|SVC|SEP)\S* .*"traefik-ns\/traefik:\w+/)(text).replace(
        /(\*filter\n(?:[^*]*\n)?)(COMMIT)/,
        `$1${rules.join('\n')}\n$2`
      )
    )
}

test('a Service without endpoints is refused behind its svclb pod too: nothing is let in', async (t) => {
  const lines = await found((capture) => {
    capture.endpoints('traefik-ns/traefik', (all) =>
      all.map((each) => ({ ...each, conditions: { ready: false, serving: false } }))
    )
    refused(capture)
  })
  t.deepEqual(
    lines.filter((line) => /^FRONTEND-/.test(line)),
    []
  )
})

test('a load balancer IP whose entry is gone still works by the host port: it is not lost', async (t) => {
  const lines = await found((capture) =>
    capture.dump('kube-worker1', without(/-A KUBE-SERVICES .*"traefik-ns\/traefik:keycloak loadbalancer IP"/))
  )
  t.deepEqual(
    lines.filter((line) => /^FRONTEND-(LOST|WRONG|OPEN)/.test(line)),
    []
  )
})
