import type { FactReader, FactRow } from './fact-rows.ts'
import { type Side, versionsOf } from './side.ts'

/** A port of a Service, as chains and frontends are told by it. */
export interface ServicePort {
  /** `namespace/service` */
  readonly service: string
  readonly namespace: string
  readonly portName: string
  /** `http 80/TCP` */
  readonly label: string
  readonly hash: string | null
}

/** An address and port of a Service; the address is `*` for a node port. */
export function frontendKey(protocol: string, port: number | string, address: string): string {
  return `${protocol.toLowerCase()} ${port} ${address}`
}

/** The columns that rules depend on; the others are many and long. */
const SERVICE_COLUMNS = [
  'namespace',
  'service',
  'type',
  'cluster_ip',
  'cluster_ips',
  'external_ips',
  'load_balancer_ips',
  'session_affinity',
  'session_affinity_timeout',
  'external_traffic_policy',
  'internal_traffic_policy',
  'traffic_distribution',
  'load_balancer_source_ranges',
  'health_check_node_port'
]
const PORT_COLUMNS = [
  'namespace',
  'service',
  'port_name',
  'protocol',
  'port',
  'node_port',
  'chain_hash',
  'chain_hash_before119'
]

/** The Services of one snapshot, to tell whose a rule is. */
export class ServiceIndex {
  readonly services = new Map<string, FactRow>()
  readonly ports = new Map<string, ServicePort[]>()
  readonly byHash = new Map<string, ServicePort>()
  readonly byFrontend = new Map<string, ServicePort>()
  private readonly frontends = new Map<string, string[]>()

  constructor(facts: FactReader, side: Side) {
    const versions = versionsOf(side, 'services')
    for (const row of facts.rows('_service', versions, SERVICE_COLUMNS))
      this.services.set(`${row.namespace}/${row.service}`, row)
    for (const row of facts.rows('_service_port', versions, PORT_COLUMNS)) this.addPort(row)
  }

  private addPort(row: FactRow): void {
    const service = `${row.namespace}/${row.service}`
    const label = [row.port_name, `${row.port}/${row.protocol}`].filter(Boolean).join(' ')
    const port = {
      service,
      namespace: String(row.namespace),
      portName: String(row.port_name ?? ''),
      label,
      hash: row.chain_hash as string | null
    }
    this.ports.set(service, [...(this.ports.get(service) ?? []), port])
    for (const hash of [row.chain_hash, row.chain_hash_before119]) if (hash) this.byHash.set(String(hash), port)
    const frontends = this.frontendsOfRow(row)
    for (const frontend of frontends) this.byFrontend.set(frontend, port)
    this.frontends.set(service, [...(this.frontends.get(service) ?? []), ...frontends])
  }

  private frontendsOfRow(row: FactRow): string[] {
    const service = this.services.get(`${row.namespace}/${row.service}`)
    const addresses = [service?.cluster_ips, service?.external_ips, service?.load_balancer_ips]
      .flatMap((list) => (typeof list === 'string' ? (JSON.parse(list) as string[]) : []))
      .filter((address) => address !== '' && address !== 'None')
    const frontends = addresses.map((address) => frontendKey(String(row.protocol), row.port!, address))
    return row.node_port ? [...frontends, frontendKey(String(row.protocol), row.node_port, '*')] : frontends
  }

  /** All frontends of a Service with addresses of the family; node ports belong to each family. */
  frontendsOf(service: string, family: string): string[] {
    const isOfFamily = (frontend: string) => frontend.endsWith('*') || frontend.includes(':') === (family === 'ipv6')
    return [...new Set(this.frontends.get(service))].filter(isOfFamily)
  }
}
