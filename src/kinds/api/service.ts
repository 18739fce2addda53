import { AGE, cell, field, joined, pairs } from '../column/column.ts'
import { conditions, loadBalancer } from '../keep/metadata.ts'
import { object } from '../keep/object.ts'
import { fields, list, scalars } from '../keep/shape.ts'
import type { ApiKind } from '../kind.ts'
import type { Got } from '../row.ts'

export const services = {
  singular: 'service',
  short: ['svc'],
  title: 'Services',
  isNamespaced: true,
  lists: [{ kind: 'Service', plural: 'services', versions: ['v1'] }],
  supportBundle: 'services',
  clusterInfoDump: true,
  reduce: object({
    spec: fields({
      ...scalars(
        'type',
        'clusterIP',
        'externalName',
        'externalTrafficPolicy',
        'internalTrafficPolicy',
        'trafficDistribution',
        'healthCheckNodePort',
        'allocateLoadBalancerNodePorts',
        'ipFamilyPolicy',
        'ipFamily',
        'loadBalancerClass',
        'loadBalancerIP',
        'publishNotReadyAddresses',
        'sessionAffinity'
      ),
      clusterIPs: list('scalar'),
      externalIPs: list('scalar'),
      ipFamilies: list('scalar'),
      topologyKeys: list('scalar'),
      loadBalancerSourceRanges: list('scalar'),
      ports: list(fields(scalars('name', 'port', 'protocol', 'targetPort', 'nodePort', 'appProtocol'))),
      selector: 'map',
      sessionAffinityConfig: fields({ clientIP: fields(scalars('timeoutSeconds')) })
    }),
    status: fields({ loadBalancer, conditions })
  }),
  nameColumn: 'service',
  tables: [
    {
      name: '_service',
      diff: {
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
        leftOut: { created_at: 'a time; a Service made anew has another UID' },
        summary: (row) => [row.type, row.cluster_ip].filter(Boolean).join(' ')
      }
    },
    {
      name: '_service_port',
      diff: {
        aspect: 'port',
        key: ['namespace', 'service', 'protocol', 'port'],
        fields: ['port_name', 'target_port', 'node_port'],
        leftOut: {
          chain_hash: "follows from the port's name",
          chain_hash_before119: "follows from the port's name"
        },
        part: (row) => `${row.port}/${row.protocol}`,
        summary: (row) =>
          [row.port_name, `to ${row.target_port}`, row.node_port ? `node port ${row.node_port}` : '']
            .filter(Boolean)
            .join(', ')
      }
    }
  ],
  get: {
    key: 'service',
    parts: [
      {
        name: 'ports',
        by: ['namespace', 'service'],
        sql: 'SELECT namespace, service, port_name, protocol, port, target_port, node_port, chain_hash FROM service_ports'
      }
    ],
    columns: [
      field('NAME', 'service'),
      field('TYPE', 'type'),
      { head: 'CLUSTER-IP', value: (got: Got) => cell(got.cluster_ip) },
      { head: 'EXTERNAL-IP', value: externalIp },
      { head: 'PORT(S)', value: ports },
      AGE,
      { head: 'SELECTOR', isWide: true, value: ({ selector }: Got) => pairs(selector) }
    ]
  }
} as const satisfies ApiKind

function ports({ ports: list }: Got): string {
  return joined(
    (list as Got[]).map(({ port, node_port: node, protocol }) => `${port}${node ? `:${node}` : ''}/${protocol}`)
  )
}

/** Source: kubectl's printers.go, getServiceExternalIP. */
function externalIp({
  type,
  external_ips: external,
  load_balancer_ips: ips,
  load_balancer_hostnames: names,
  external_name: name
}: Got): string | null {
  if (type === null) return null
  if (type === 'ExternalName') return cell(name) as string | null
  if (![external, ...(type === 'LoadBalancer' ? [ips, names] : [])].every(Array.isArray)) return null
  const given = type === 'LoadBalancer' ? [...(ips as string[]), ...(names as string[])] : []
  const all = [...given, ...(external as string[])]
  return all.length === 0 && type === 'LoadBalancer' ? '<pending>' : joined(all)
}
