import { isIP } from 'node:net'
import type { IntendedEndpoint } from '../../model/intent/endpoints.ts'
import type { Family } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'

/** A Service as it is listed, before an address family is asked about. */
export interface ListedService {
  readonly externalLocal: boolean
  readonly internalLocal: boolean
  readonly sourceRanges: readonly string[]
  readonly proxiedByBalancer: boolean
  readonly hintsAnnotation: string
  readonly createdAt: string | null
  /** Why kube-proxy's intent for it cannot be told; undefined where it can. */
  readonly undecided: string | undefined
}

interface ServiceRow {
  namespace: string
  service: string
  external: string | null
  internal: string | null
  ranges: string | null
  mode: string | null
  labels: string | null
  annotations: string | null
  createdAt: string | null
}

/** By `namespace/name`. The store is scoped to the snapshot. */
export function listedServices(store: Store): Map<string, ListedService> {
  const rows = store
    .prepare(
      `SELECT namespace, service, external_traffic_policy AS external, internal_traffic_policy AS internal, load_balancer_source_ranges AS ranges,
       load_balancer_ip_mode AS mode, labels, annotations, created_at AS createdAt FROM services`
    )
    .all() as ServiceRow[]
  return new Map(rows.map((row) => [`${row.namespace}/${row.service}`, listed(row)]))
}

function listed({ external, internal, ranges, mode, labels, annotations, createdAt }: ServiceRow): ListedService {
  const marks = JSON.parse(annotations ?? '{}') as Record<string, string>
  const others = (JSON.parse(labels ?? '{}') as Record<string, string>)['service.kubernetes.io/service-proxy-name']
  return {
    externalLocal: external === 'Local',
    internalLocal: internal === 'Local',
    sourceRanges: JSON.parse(ranges ?? '[]') as string[],
    proxiedByBalancer: mode === 'Proxy',
    createdAt,
    hintsAnnotation:
      marks['service.kubernetes.io/topology-mode'] ?? marks['service.kubernetes.io/topology-aware-hints'] ?? '',
    undecided:
      others !== undefined
        ? `it is the proxy ${others}'s Service`
        : external === null
          ? "the Service's policies are not in the snapshot"
          : undefined
  }
}

/** The endpoints of each Service port, `namespace/name port-name protocol family`, as one listing had them. */
export class Endpoints {
  private readonly byPort = new Map<string, IntendedEndpoint[]>()
  private readonly services = new Set<string>()
  /** Service ports of which an Endpoints object does not tell what kube-proxy goes by. */
  private readonly doubtful = new Set<string>()

  constructor(rows: Iterable<EndpointRow>) {
    for (const row of rows) this.add(row)
  }

  private add([
    namespace,
    service,
    portName,
    protocol,
    address,
    port,
    ready,
    serving,
    terminating,
    node,
    zones,
    nodes,
    kind,
    source
  ]: EndpointRow): void {
    this.services.add(`${namespace}/${service}`)
    const family = isIP(address)
    if (family === 0 || port === null) return
    const key = portKey({ namespace, service, portName, protocol }, family as Family)
    const list = this.byPort.get(key) ?? []
    this.byPort.set(key, list)
    list.push({
      destination: `${family === 6 ? `[${address}]` : address}:${port}`,
      node,
      ready: ready === 1,
      servingTerminating: serving === 1 && terminating === 1,
      hintZones: names(zones),
      hintNodes: names(nodes)
    })
    // Up to 1.20 hand-made addresses that are not ready were mirrored to slices as ready.
    if (ready === null || (source === 'endpoints' && ready === 0 && kind === '')) this.doubtful.add(key)
  }

  of(port: ServicePort, family: Family): readonly IntendedEndpoint[] {
    return this.byPort.get(portKey(port, family)) ?? []
  }

  isDoubtful(port: ServicePort, family: Family): boolean {
    return this.doubtful.has(portKey(port, family))
  }

  hasService(namespace: string, service: string): boolean {
    return this.services.has(`${namespace}/${service}`)
  }
}

export interface ServicePort {
  readonly namespace: string
  readonly service: string
  readonly portName: string | null
  readonly protocol: string
}

export function portKey({ namespace, service, portName, protocol }: ServicePort, family: Family): string {
  return `${namespace}/${service} ${portName} ${protocol} ${family}`
}

/** In the order of COLUMNS. */
export type EndpointRow = [
  namespace: string,
  service: string,
  portName: string | null,
  protocol: string,
  address: string,
  port: number | null,
  ready: number | null,
  serving: number | null,
  terminating: number | null,
  node: string | null,
  zones: string | null,
  nodes: string | null,
  kind: string | null,
  source: string
]

const COLUMNS = `namespace, service, port_name, protocol, address, port, ready, serving, terminating, node, hint_zones, hint_nodes, target_kind, source`

/** What kube-proxy went by before the nodes were read. */
export function endpointsBefore(store: Store): Endpoints {
  return new Endpoints(
    store
      .prepare(
        `SELECT ${COLUMNS} FROM endpoint_objects WHERE source = coalesce((SELECT 'endpointslices' FROM coverage WHERE subject = 'endpointslices' AND status <> 'failed'), 'endpoints')`
      )
      .raw()
      .iterate() as Iterable<EndpointRow>
  )
}

/** And after; undefined where they were not listed again. */
export function endpointsAfter(store: Store): Endpoints | undefined {
  if (!isListed(store, 'endpointslices-after')) return undefined
  return new Endpoints(
    store
      .prepare(`SELECT ${COLUMNS} FROM endpoint_objects WHERE source = 'endpointslices-after'`)
      .raw()
      .iterate() as Iterable<EndpointRow>
  )
}

export function isListed(store: Store, subject: string): boolean {
  return store.prepare("SELECT 1 FROM coverage WHERE subject = ? AND status = 'complete'").get(subject) !== undefined
}

function names(list: string | null): string[] {
  return list === null || list === '[]' ? [] : (JSON.parse(list) as string[])
}
