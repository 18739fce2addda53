import type { CollectedItem } from '../../../src/collect/item.ts'
import { endpointChain, servicePortHash, servicePortName } from '../../../src/model/chain-names.ts'

/** A small cluster as its objects and its nodes' rules say it; the two need not agree. */
export interface Cluster {
  readonly services: readonly Service[]
  readonly nodes: readonly Node[]
  readonly pods: readonly { readonly name: string; readonly node: string; readonly address: string }[]
  /** What could not be collected. */
  readonly failed: readonly string[]
}

export interface Service {
  readonly name: string
  readonly clusterIp: string
  readonly port: number
  readonly nodePort: number
  readonly label: string
  readonly endpoints: readonly { readonly address: string; readonly ready: boolean }[]
}

export interface Node {
  readonly name: string
  /** The Services as this node's rules have them: kube-proxy may hang. */
  readonly programmed: readonly Service[]
  readonly extraRules: readonly string[]
  readonly policy: string
}

/** How a dump may look without meaning anything else. */
export interface Look {
  readonly resourceVersion: string
  readonly counters: number
  /** Shuffles the dispatch rules and the endpoints of a Service. */
  shuffle<T>(list: readonly T[]): T[]
}

const list = (items: readonly object[], look: Look) =>
  JSON.stringify({ kind: 'List', metadata: { resourceVersion: look.resourceVersion }, items: look.shuffle(items) })

export function itemsOf(cluster: Cluster, look: Look, at: Date): CollectedItem[] {
  const item = (kind: CollectedItem['kind'], content: string, extra: Partial<CollectedItem> = {}): CollectedItem => {
    const failed = cluster.failed.includes(extra.node ?? kind)
    return {
      kind,
      command: [kind],
      startedAt: at.toISOString(),
      endedAt: at.toISOString(),
      exitCode: failed ? 1 : 0,
      error: failed ? 'refused' : null,
      stderr: null,
      ...extra,
      content: failed ? null : Buffer.from(content)
    }
  }
  const meta = (name: string) => ({ namespace: 'demo', name, uid: name, resourceVersion: look.resourceVersion })
  return [
    item(
      'nodes',
      list(
        cluster.nodes.map(({ name }) => ({ metadata: { name, resourceVersion: look.resourceVersion }, status: {} })),
        look
      )
    ),
    item(
      'services',
      list(
        cluster.services.map((service) => ({
          metadata: { ...meta(service.name), labels: { label: service.label } },
          spec: {
            type: 'NodePort',
            clusterIP: service.clusterIp,
            clusterIPs: [service.clusterIp],
            ports: [{ name: 'http', protocol: 'TCP', port: service.port, nodePort: service.nodePort, targetPort: 8080 }]
          },
          status: {}
        })),
        look
      )
    ),
    item(
      'endpointslices',
      list(
        cluster.services.map((service) => ({
          metadata: { ...meta(`${service.name}-x`), labels: { 'kubernetes.io/service-name': service.name } },
          addressType: 'IPv4',
          ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
          endpoints: look
            .shuffle(service.endpoints)
            .map(({ address, ready }) => ({ addresses: [address], conditions: { ready } }))
        })),
        look
      )
    ),
    item(
      'pods',
      list(
        cluster.pods.map(({ name, node, address }) => ({
          metadata: meta(name),
          spec: { nodeName: node, containers: [{ name: 'web', image: 'web:1' }] },
          status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }] }
        })),
        look
      )
    ),
    ...cluster.nodes.map((node) => item('iptables-save', dumpOf(node, look), { node: node.name }))
  ]
}

function dumpOf({ programmed, extraRules, policy }: Node, look: Look): string {
  const counters = `[${look.counters}:${look.counters * 60}] `
  const jumps = look.shuffle(programmed).flatMap((service) => dispatch(service))
  const chains = programmed.flatMap(chainsOf)
  const rules = [
    '-A PREROUTING -j KUBE-SERVICES',
    ...extraRules.map((rule) => `-A EXTRA ${rule}`),
    ...look
      .shuffle(programmed)
      .map(
        ({ name, nodePort }) =>
          `-A KUBE-NODEPORTS -p tcp -m comment --comment "demo/${name}:http" -m tcp --dport ${nodePort} -j ${chainOf(name)}`
      ),
    ...jumps,
    '-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    ...programmed.flatMap((service) => choices(service, look))
  ]
  return (
    `*nat\n:PREROUTING ${policy} [${look.counters}:0]\n${['KUBE-SERVICES', 'KUBE-NODEPORTS', 'EXTRA', ...chains].map((chain) => `:${chain} - [0:0]\n`).join('')}` +
    `${rules.map((rule) => `${counters}${rule}\n`).join('')}COMMIT\n`
  )
}

function chainOf(service: string): string {
  return `KUBE-SVC-${servicePortHash(servicePortName('demo', service, 'http'), 'TCP')}`
}

const endpointOf = (service: string, address: string) =>
  endpointChain(servicePortName('demo', service, 'http'), 'TCP', address, 8080)

const ready = ({ endpoints }: Service) => endpoints.filter((endpoint) => endpoint.ready)

function chainsOf(service: Service): string[] {
  return [chainOf(service.name), ...ready(service).map(({ address }) => endpointOf(service.name, address))]
}

function dispatch({ name, clusterIp, port }: Service): string[] {
  const match = `-d ${clusterIp}/32 -p tcp -m comment --comment "demo/${name}:http cluster IP" -m tcp --dport ${port}`
  return [
    `-A KUBE-SERVICES ! -s 10.42.0.0/16 ${match} -j KUBE-MARK-MASQ`,
    `-A KUBE-SERVICES ${match} -j ${chainOf(name)}`
  ]
}

function choices(service: Service, look: Look): string[] {
  const endpoints = look.shuffle(ready(service))
  return endpoints.flatMap(({ address }, index) => {
    const left = endpoints.length - index
    const chance = left > 1 ? `-m statistic --mode random --probability ${(1 / left).toFixed(11)} ` : ''
    const chain = endpointOf(service.name, address)
    return [
      `-A ${chainOf(service.name)} ${chance}-j ${chain}`,
      `-A ${chain} -s ${address}/32 -j KUBE-MARK-MASQ`,
      `-A ${chain} -p tcp -m tcp -j DNAT --to-destination ${address}:8080`
    ]
  })
}
