import type { Aspect, Section } from './change.ts'
import type { FactRow } from './fact-rows.ts'

/** One table of API objects, or of their parts, and which of its columns are worth telling when they differ. */
export interface RowKind {
  readonly section: Section
  /** Subject of the coverage view that tells whether a missing row is known to be missing. */
  readonly subject: string
  readonly table: string
  /** 'object' for the objects themselves, otherwise the parts' name. */
  readonly aspect: Aspect
  readonly key: readonly string[]
  readonly fields: readonly string[]
  /** Name of the object the row belongs to. */
  object(row: FactRow): string
  /** Name of the part within its object; '' for the object itself. */
  part(row: FactRow): string
  /** What made the object; '' for nothing. */
  workload?(row: FactRow): string
  /** What came or went, in few words. */
  summary(row: FactRow): string
}

const inNamespace =
  (column: string) =>
  (row: FactRow): string =>
    `${row.namespace}/${row[column]}`

/**
 * Left out on purpose, because they change without anything having happened or say it a second time: a pod's restarts,
 * its containers' momentary states, times of creation and deletion.
 */
export const ROW_KINDS: readonly RowKind[] = [
  {
    section: 'service',
    subject: 'services',
    table: '_service',
    aspect: 'object',
    key: ['namespace', 'service'],
    fields: [
      'type',
      'cluster_ip',
      'cluster_ips',
      'external_ips',
      'external_name',
      'load_balancer_ips',
      'load_balancer_hostnames',
      'load_balancer_ip_mode',
      'load_balancer_class',
      'load_balancer_source_ranges',
      'external_traffic_policy',
      'internal_traffic_policy',
      'traffic_distribution',
      'session_affinity',
      'session_affinity_timeout',
      'publish_not_ready_addresses',
      'health_check_node_port',
      'ip_families',
      'selector',
      'labels',
      'annotations',
      'uid'
    ],
    object: inNamespace('service'),
    part: () => '',
    summary: (row) => [row.type, row.cluster_ip].filter(Boolean).join(' ')
  },
  {
    section: 'service',
    subject: 'services',
    table: '_service_port',
    aspect: 'port',
    key: ['namespace', 'service', 'protocol', 'port'],
    fields: ['port_name', 'target_port', 'node_port'],
    object: inNamespace('service'),
    part: (row) => `${row.port}/${row.protocol}`,
    summary: (row) =>
      [row.port_name, `to ${row.target_port}`, row.node_port ? `node port ${row.node_port}` : '']
        .filter(Boolean)
        .join(', ')
  },
  {
    section: 'pod',
    subject: 'pods',
    table: '_pod',
    aspect: 'object',
    key: ['namespace', 'pod'],
    fields: [
      'uid',
      'node',
      'ip',
      'ips',
      'host_network',
      'phase',
      'status',
      'ready',
      'owner_kind',
      'owner_name',
      'labels'
    ],
    object: inNamespace('pod'),
    part: () => '',
    workload: workloadOf,
    summary: (row) =>
      [row.ip || 'no address', row.node ? `on ${row.node}` : 'on no node', row.status].filter(Boolean).join(' ')
  },
  {
    section: 'pod',
    subject: 'pods',
    table: '_container',
    aspect: 'container',
    key: ['namespace', 'pod', 'container'],
    fields: ['kind', 'image', 'environment'],
    object: inNamespace('pod'),
    part: (row) => String(row.container),
    summary: (row) => String(row.image ?? '')
  },
  {
    section: 'pod',
    subject: 'pods',
    table: '_container_port',
    aspect: 'port',
    key: ['namespace', 'pod', 'container', 'protocol', 'port', 'host_port', 'host_ip'],
    fields: ['port_name'],
    object: inNamespace('pod'),
    part: (row) => `${row.container} ${row.port}/${row.protocol}`,
    summary: (row) => (row.host_port ? `host port ${row.host_ip ? `${row.host_ip}:` : ''}${row.host_port}` : '')
  },
  {
    section: 'node',
    subject: 'nodes',
    table: '_node',
    aspect: 'object',
    key: ['node'],
    fields: [
      'ready',
      'unschedulable',
      'addresses',
      'pod_cidrs',
      'kubelet_version',
      'kube_proxy_version',
      'os_image',
      'kernel_version',
      'container_runtime',
      'labels'
    ],
    object: (row) => String(row.node),
    part: () => '',
    summary: (row) => addressList(row.addresses)
  },
  {
    section: 'daemonset',
    subject: 'daemonsets',
    table: '_daemonset',
    aspect: 'object',
    key: ['namespace', 'daemonset'],
    fields: ['desired', 'current', 'ready', 'labels', 'selector', 'node_selector'],
    object: inNamespace('daemonset'),
    part: () => '',
    summary: (row) => (row.desired === null ? '' : `wants ${row.desired} pods`)
  },
  {
    section: 'ingress',
    subject: 'ingresses',
    table: '_ingress',
    aspect: 'object',
    key: ['namespace', 'ingress', 'host', 'path', 'path_type', 'service', 'service_port'],
    fields: ['ingress_class'],
    object: (row) => `${row.namespace}/${row.ingress}`,
    part: (row) => `${row.host || '*'}${row.path ?? ''}`,
    summary: (row) => `${row.host || '*'}${row.path ?? ''} to ${row.service}:${row.service_port}`
  },
  {
    section: 'namespace',
    subject: 'namespaces',
    table: '_namespace',
    aspect: 'object',
    key: ['namespace'],
    fields: ['phase', 'labels'],
    object: (row) => String(row.namespace),
    part: () => '',
    summary: (row) => String(row.phase ?? '')
  }
]

/** Pods of a Deployment are made by a ReplicaSet that bears its name and the hash that is among the pod's labels. */
function workloadOf({ namespace, owner_kind: kind, owner_name: name, labels }: FactRow): string {
  if (!name) return ''
  const hash =
    typeof labels === 'string' ? (JSON.parse(labels) as Record<string, string>)['pod-template-hash'] : undefined
  const end = `-${hash}`
  return `${namespace}/${kind === 'ReplicaSet' && hash && String(name).endsWith(end) ? String(name).slice(0, -end.length) : name}`
}

function addressList(addresses: string | number | null | undefined): string {
  if (typeof addresses !== 'string') return ''
  return (JSON.parse(addresses) as { type: string; address: string }[])
    .filter(({ type }) => type.endsWith('IP'))
    .map(({ address }) => address)
    .join(', ')
}

/** What nodes and pods show of their own network. */
export const HOST_KINDS: readonly {
  readonly subject: string
  readonly table: string
  readonly aspect: Aspect
  readonly key: readonly string[]
  name(row: FactRow): string
  summary(row: FactRow): string
  isTold(row: FactRow): boolean
}[] = [
  {
    subject: 'addresses',
    table: '_interface_address',
    aspect: 'address',
    key: ['interface', 'address', 'prefix_length'],
    name: (row) => `${row.address}/${row.prefix_length}`,
    summary: (row) => `on ${row.interface}`,
    // Every pod brings a veth with a link-local address, and takes it along when it goes.
    isTold: (row) => row.scope === 'global'
  },
  {
    subject: 'routes',
    table: '_route',
    aspect: 'route',
    key: ['destination', 'gateway', 'interface', 'type', 'source'],
    name: (row) => String(row.destination),
    summary: (row) =>
      [
        row.type === 'unicast' ? '' : row.type,
        row.gateway ? `via ${row.gateway}` : '',
        row.interface ? `dev ${row.interface}` : ''
      ]
        .filter(Boolean)
        .join(' '),
    isTold: () => true
  },
  {
    subject: 'listeners',
    table: '_listener',
    aspect: 'listener',
    key: ['protocol', 'address', 'port'],
    name: (row) =>
      `${String(row.address).includes(':') ? `[${row.address}]` : row.address}:${row.port}/${row.protocol}`,
    summary: (row) => String(row.process ?? ''),
    isTold: () => true
  }
]
