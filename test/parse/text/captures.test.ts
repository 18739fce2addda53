import { existsSync, readFileSync } from 'node:fs'
import test from 'ava'
import type { PastedText } from '../../../src/parse/text/pasted.ts'
import { readPastedText } from '../../../src/parse/text/read.ts'

const shared = new URL('../../../../../shared/', import.meta.url)
const whenShared = existsSync(shared) ? test : test.skip
const text = (path: string) => readFileSync(new URL(path, shared), 'utf8')
const terminal = readFileSync(new URL('../../../../test/fixtures/text/traefik-terminal.txt', import.meta.url), 'utf8')

const FACTS = ['pods', 'services', 'servicePorts', 'endpoints', 'nodes', 'daemonsets', 'listeners'] as const
const facts = (pasted: PastedText) => Object.fromEntries(FACTS.map((kind) => [kind, pasted[kind]]))

whenShared("the operator's page, its lines joined by the browser, says what the terminal says", (t) => {
  const page = readPastedText(text('seed/kubernetes-iptables-traefik.txt'))
  const expected = readPastedText(terminal)
  t.deepEqual(facts(page), facts(expected))
  t.deepEqual(
    page.iptables.map(({ command, node, filtered }) => ({ command, node, filtered })),
    expected.iptables.map(({ command, node, filtered }) => ({ command, node, filtered }))
  )
  const blanks = (text: string) => text.trim().replace(/\s+/g, ' ')
  t.deepEqual(
    page.iptables.map((listing) => blanks(listing.text)),
    expected.iptables.map((listing) => blanks(listing.text))
  )
})

whenShared("the prose of the operator's page is reported, all of it", (t) => {
  const { unread } = readPastedText(text('seed/kubernetes-iptables-traefik.txt'))
  t.deepEqual(
    unread.map(({ line, text, message }) => [line, text.slice(0, 30), message]),
    [
      [1, 'Chains of iptables used by Kub', 'text, not a listing'],
      [18, 'Validate Traefik Pod status', 'not a row of the table above'],
      [18, 'kubectl exec [POD] [COMMAND] i', 'the output of `kubectl exec --stdin` is not read'],
      [19, 'Package routing via iptables t', 'text, not a listing'],
      [23, 'Be First to Comment', 'text, not a listing']
    ]
  )
})

interface Item {
  metadata: { name: string; namespace: string }
  [field: string]: any
}

for (const folder of ['k8s-1.20/base', 'k8s-1.36/iptables', 'k8s-1.36/nftables']) {
  const items = (kind: string): Item[] => JSON.parse(text(`captures/${folder}/kubectl/${kind}.json`)).items
  const wide = () => readPastedText(text(`captures/${folder}/kubectl/all-wide.txt`))
  const key = ({ metadata }: Item) => `${metadata.namespace}/${metadata.name}`

  whenShared(`${folder}: the wide tables are read to the last row`, (t) => {
    const pasted = wide()
    t.deepEqual(
      pasted.unread.filter(({ text }) => !text.startsWith('Warning: ')),
      []
    )
    t.is(pasted.pods.length, items('pods').length)
    t.is(pasted.services.length, items('services').length)
    t.is(pasted.nodes.length, items('nodes').length)
    t.true(pasted.coverage.every(({ complete }) => !complete))
  })

  whenShared(`${folder}: nodes are those of the JSON`, (t) => {
    for (const { metadata, status, spec } of items('nodes')) {
      const node = wide().nodes.find(({ node }) => node === metadata.name)!
      t.is(node.ready, status.conditions.find((condition: Item) => condition['type'] === 'Ready').status)
      t.is(node.unschedulable, spec.unschedulable ?? false)
      t.is(node.kubeletVersion, status.nodeInfo.kubeletVersion)
      t.is(node.osImage, status.nodeInfo.osImage)
      t.is(node.kernelVersion, status.nodeInfo.kernelVersion)
      t.is(node.containerRuntime, status.nodeInfo.containerRuntimeVersion)
      t.deepEqual(node.addresses, [status.addresses.find((address: Item) => address['type'] === 'InternalIP')])
    }
  })

  whenShared(`${folder}: pods are those of the JSON`, (t) => {
    const pods = new Map(wide().pods.map((pod) => [`${pod.namespace}/${pod.pod}`, pod]))
    for (const item of items('pods')) {
      const pod = pods.get(key(item))!
      t.is(pod.node, item['spec'].nodeName ?? '', key(item))
      t.is(pod.ip, item['status'].podIP ?? '', key(item))
      t.is(
        pod.ready,
        (item['status'].conditions ?? []).some(
          ({ type, status }: Record<string, string>) => type === 'Ready' && status === 'True'
        ),
        key(item)
      )
      if (pod.deletedAt === '') t.false('deletionTimestamp' in item.metadata, key(item))
    }
  })

  whenShared(`${folder}: services and their ports are those of the JSON`, (t) => {
    const pasted = wide()
    for (const item of items('services')) {
      const { spec, status } = item as Record<string, any>
      const service = pasted.services.find(({ namespace, service }) => `${namespace}/${service}` === key(item))!
      t.is(service.type, spec.type)
      t.is(service.clusterIp, spec.clusterIP ?? '', key(item))
      t.deepEqual(service.selector, spec.selector ?? {}, key(item))
      if (service.externalIps !== null) t.deepEqual(service.externalIps, spec.externalIPs ?? [], key(item))
      const ingress = status.loadBalancer.ingress ?? []
      if (service.loadBalancerIps !== null && !spec.externalIPs) {
        t.deepEqual(service.loadBalancerIps, ingress.flatMap(({ ip }: { ip?: string }) => ip ?? []).sort(), key(item))
        t.deepEqual(
          service.loadBalancerHostnames,
          ingress.flatMap(({ hostname }: { hostname?: string }) => hostname ?? []),
          key(item)
        )
      }
      if (spec.type === 'ExternalName') t.is(service.externalName, spec.externalName)
      t.deepEqual(
        pasted.servicePorts
          .filter((port) => `${port.namespace}/${port.service}` === key(item))
          .map(({ port, nodePort, protocol }) => ({ port, nodePort, protocol })),
        (spec.ports ?? []).map(({ port, nodePort = 0, protocol }: Record<string, unknown>) => ({
          port,
          nodePort,
          protocol
        })),
        key(item)
      )
    }
  })

  whenShared(`${folder}: endpoints are ready ones of the JSON, and as many are said to be left out`, (t) => {
    const pasted = wide()
    for (const item of items('endpoints')) {
      const ready: string[] = (item['subsets'] ?? []).flatMap(
        ({ addresses = [], ports = [null] }: Record<string, any[]>) =>
          ports.flatMap((port) => addresses.map(({ ip }) => `${ip}:${port?.port ?? null}`))
      )
      const shown = pasted.endpoints
        .filter(({ namespace, object }) => `${namespace}/${object}` === key(item))
        .map(({ address, port }) => `${address}:${port}`)
      const left = pasted.coverage.find(
        ({ kind, namespace, object }) => kind === 'endpoints' && `${namespace}/${object}` === key(item)
      )
      t.deepEqual(
        shown.filter((endpoint) => !ready.includes(endpoint)),
        [],
        key(item)
      )
      t.is(shown.length + Number(/^\d+/.exec(left?.why ?? '0')![0]), ready.length, key(item))
    }
  })

  whenShared(`${folder}: joined into one line, the tables say the same`, (t) => {
    const pasted = wide()
    const joined = readPastedText(
      text(`captures/${folder}/kubectl/all-wide.txt`)
        .replace(/^Warning: .*\n/, '')
        .replace(/\s+/g, ' ')
    )
    t.deepEqual(joined.unread, [])
    t.deepEqual(facts(joined), facts(pasted))
    t.deepEqual(joined.coverage, pasted.coverage)
  })
}
