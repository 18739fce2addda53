import { isIPv6 } from 'node:net'
import type { Statement } from 'better-sqlite3'
import type { Family, Host, HostAddress, Route } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import type { TraefikContainer } from './entry-points.ts'
import type { IngressRule } from './ingress-rule.ts'
import { nodeIpsets } from './node-ipsets.ts'
import type { TraefikRoute } from './traefik-routes.ts'
import { unreadHooks } from './unread-hooks.ts'

export interface PodAddress {
  readonly namespace: string
  readonly pod: string
  readonly node: string | null
  readonly hostNetwork: boolean
  /** The Service whose svclb pod it is, `namespace/name`; null for other pods. */
  readonly balances: string | null
  /** By the usual labels of Traefik's own charts and k3s. */
  readonly isTraefik: boolean
}

/** An address and port at which a Service is reached. */
export interface Frontend {
  readonly namespace: string
  readonly service: string
  readonly portName: string | null
  readonly protocol: string
  /** cluster-ip, external-ip, load-balancer-ip or node-port */
  readonly kind: string
  /** '' for a node port. */
  readonly address: string
  readonly port: number
}

export interface Sockets {
  /** Protocols of which every socket is listed: only of these a missing socket proves that nobody listens. */
  readonly inFull: readonly string[]
  readonly sockets: readonly { protocol: string; address: string; port: number; process: string | null }[]
}

export interface KnownHost {
  readonly host: Host
  /** Whether its kernel settings were read on the node. */
  readonly settingsRead: boolean
  readonly assumption?: string
}

/** What a packet's way needs to know of the cluster, asked of the one snapshot that the store is scoped to. */
export class Cluster {
  private readonly store: Store
  /** Making a statement over the views takes longer than running it. */
  private readonly statements = new Map<string, Statement>()
  private podAddresses: Map<string, string[]> | undefined
  private readonly hosts = new Map<string, KnownHost>()
  private allNodes: string[] | undefined
  private readonly pods = new Map<string, PodAddress | undefined>()

  constructor(store: Store) {
    this.store = store
  }

  /** All nodes that the snapshot names; from its pods where it has no list of nodes. */
  nodes(): string[] {
    return (this.allNodes ??= this.all<{ node: string }>(
      `SELECT node FROM nodes UNION SELECT node FROM coverage WHERE node IS NOT NULL
       UNION SELECT node FROM pods WHERE node <> '' AND NOT EXISTS (SELECT 1 FROM coverage WHERE subject = 'nodes' AND status = 'complete')
       ORDER BY 1`
    ).map(({ node }) => node))
  }

  /** The node whose own address this is. */
  nodeOf(address: string): string | undefined {
    return this.all<{ node: string }>(
      'SELECT node FROM node_addresses WHERE address = ? ORDER BY type LIMIT 1',
      address
    )[0]?.node
  }

  /** Every address of every node. */
  nodeAddresses(): Set<string> {
    return new Set(
      this.all<{ address: string }>('SELECT DISTINCT address FROM node_addresses').map(({ address }) => address)
    )
  }

  /** A node's addresses in the API, internal ones first. */
  listedAddresses(node: string): string[] {
    return this.all<{ address: string }>(
      "SELECT address FROM node_addresses WHERE node = ? AND type IN ('InternalIP', 'ExternalIP') ORDER BY type = 'ExternalIP', instr(address, ':')",
      node
    ).map(({ address }) => address)
  }

  /** The running pod that has this address for its own. */
  podAt(address: string): PodAddress | undefined {
    this.learnPods([address])
    return this.pods.get(address)
  }

  /** Finds the pods of many addresses at once: in a large cluster each search is a scan of all pods. */
  learnPods(addresses: readonly string[]): void {
    const asked = JSON.stringify(addresses.filter((address) => !this.pods.has(address)))
    if (asked === '[]') return
    for (const address of addresses) if (!this.pods.has(address)) this.pods.set(address, undefined)
    const rows = this.all<{
      namespace: string
      pod: string
      node: string | null
      labels: string | null
      ip: string | null
      ips: string | null
    }>(
      `SELECT namespace, pod, node, labels, ip, ips FROM pods
       WHERE coalesce(host_network, 0) = 0 AND coalesce(phase, 'Running') = 'Running' AND (
         ip IN (SELECT value FROM json_each(?))
         OR instr(ips, ',') > 0 AND EXISTS (SELECT 1 FROM json_each(ips) i WHERE i.value IN (SELECT value FROM json_each(?))))
       -- A pod being deleted may still be listed with an address that another has by now.
       ORDER BY coalesce(deleted_at, '') <> '', ready DESC, namespace, pod`,
      asked,
      asked
    )
    for (const { labels, ip, ips, ...row } of rows) {
      for (const address of [ip, ...(JSON.parse(ips ?? '[]') as string[])]) {
        if (address && this.pods.has(address) && this.pods.get(address) === undefined) {
          this.pods.set(address, { ...row, hostNetwork: false, ...rolesOf(row.namespace, labels) })
        }
      }
    }
  }

  podNamed(namespace: string, pod: string): { node: string | null; addresses: readonly string[] } | undefined {
    const [row] = this.all<{ node: string | null; ip: string | null; ips: string | null }>(
      'SELECT node, ip, ips FROM pods WHERE namespace = ? AND pod = ?',
      namespace,
      pod
    )
    return (
      row && {
        node: row.node,
        addresses: [...new Set([...(row.ip ? [row.ip] : []), ...(JSON.parse(row.ips ?? '[]') as string[])])]
      }
    )
  }

  /** Addresses of a Service's endpoints, the ready ones first; of one pod where `pod` is given. */
  endpointsOf(
    namespace: string,
    service: string,
    pod?: string
  ): { address: string; port: number; portName: string | null }[] {
    return this.all(
      `SELECT DISTINCT address, port, port_name AS portName FROM endpoints WHERE namespace = ? AND service = ? AND (? IS NULL OR pod = ?) AND port IS NOT NULL
       ORDER BY ready DESC, address, port`,
      namespace,
      service,
      pod ?? null,
      pod ?? null
    )
  }

  /** `namespace/name` of Services called so, in any namespace. */
  servicesNamed(service: string): string[] {
    return this.all<{ name: string }>(
      "SELECT namespace || '/' || service AS name FROM services WHERE service = ? ORDER BY 1",
      service
    ).map(({ name }) => name)
  }

  servicesIn(namespace: string): string[] {
    return this.all<{ service: string }>('SELECT service FROM services WHERE namespace = ? ORDER BY 1', namespace).map(
      ({ service }) => service
    )
  }

  /** A running pod of the node that is no endpoint of the Service, first by name. */
  somePodOn(
    node: string,
    frontend: Frontend,
    family: Family
  ): { namespace: string; pod: string; ip: string } | undefined {
    const { namespace, service } = frontend
    const endpoints = new Set(
      this.all<{ address: string }>(
        'SELECT DISTINCT address FROM endpoints WHERE namespace = ? AND service = ?',
        namespace,
        service
      ).map(({ address }) => address)
    )
    // One more than there are endpoints: one of them at least is none.
    return this.all<{ namespace: string; pod: string; ip: string }>(
      `SELECT namespace, pod, ip FROM pods WHERE node = ? AND coalesce(host_network, 0) = 0 AND coalesce(phase, 'Running') = 'Running'
         AND ip <> '' AND (instr(ip, ':') > 0) = ? ORDER BY namespace, pod LIMIT ?`,
      node,
      Number(family === 6),
      endpoints.size + 1
    ).find(({ ip }) => !endpoints.has(ip))
  }

  /** Where a Service is reached; all its frontends. */
  frontendsOf(namespace: string, service: string): Frontend[] {
    return this.frontends('namespace = ? AND service = ?', namespace, service)
  }

  frontendAt(address: string, port: number, protocol: string): Frontend | undefined {
    return this.frontends('address = ? AND port = ? AND lower(protocol) = ?', address, port, protocol)[0]
  }

  /** Of Services that have the address to themselves. */
  frontendsAtAddress(address: string): Frontend[] {
    return this.frontends("address = ? AND kind = 'cluster-ip'", address)
  }

  /** Whether there may be cluster IPs of the family: all Services were listed, and none has one, or not. */
  mayServe(family: Family): boolean {
    return (
      this.unlisted('services') !== undefined ||
      this.all(
        "SELECT 1 FROM frontends WHERE kind = 'cluster-ip' AND (instr(address, ':') > 0) = ? LIMIT 1",
        Number(family === 6)
      ).length > 0
    )
  }

  frontendsAtPort(port: number, protocol: string): Frontend[] {
    return this.frontends(
      "port = ? AND lower(protocol) = ? AND kind IN ('load-balancer-ip', 'external-ip')",
      port,
      protocol
    )
  }

  private frontends(where: string, ...values: unknown[]): Frontend[] {
    return this.all<Frontend>(
      `SELECT namespace, service, port_name AS portName, protocol, kind, address, port FROM frontends WHERE ${where}
       ORDER BY kind = 'node-port', kind <> 'cluster-ip', kind, address`,
      ...values
    )
  }

  service(
    namespace: string,
    service: string
  ): { type: string | null; clusterIp: string | null; externalName: string | null } | undefined {
    return this.all<{ type: string | null; clusterIp: string | null; externalName: string | null }>(
      'SELECT type, cluster_ip AS clusterIp, external_name AS externalName FROM services WHERE namespace = ? AND service = ?',
      namespace,
      service
    )[0]
  }

  /** A pod's own network, as its rules see it. */
  podHost(addresses: readonly string[]): Host {
    return {
      addresses: addresses.map((address) => ({ address, prefix: isIPv6(address) ? 128 : 32, interface: 'eth0' }))
    }
  }

  /** A node's addresses and routes as far as the snapshot has them; `assumption` where that may not be all. The same object each time. */
  nodeHost(node: string, family: Family, alsoOwn: readonly string[], sysctls: ReadonlyMap<string, string>): KnownHost {
    const key = JSON.stringify([node, family, alsoOwn])
    let known = this.hosts.get(key)
    if (!known) this.hosts.set(key, (known = this.readHost(node, family, alsoOwn, sysctls)))
    return known
  }

  /** The node's kernel settings, and `assumed` where the snapshot has none of them. */
  private sysctls(
    node: string,
    interfaces: readonly string[],
    assumed: ReadonlyMap<string, string>
  ): ReadonlyMap<string, string> {
    const read = new Map(
      this.all<{ name: string; value: string }>('SELECT name, value FROM sysctls WHERE node = ?', node).map(
        ({ name, value }) => [name, value]
      )
    )
    if (read.size === 0) return assumed
    // An interface that is not named has the values of `default`.
    for (const name of interfaces) {
      const setting = `net.ipv4.conf.${name.replaceAll('.', '/')}.route_localnet`
      const value = read.get(setting) ?? read.get('net.ipv4.conf.default.route_localnet')
      if (value !== undefined) read.set(`net.ipv4.conf.${name}.route_localnet`, value)
    }
    return read
  }

  private readHost(
    node: string,
    family: Family,
    alsoOwn: readonly string[],
    assumed: ReadonlyMap<string, string>
  ): KnownHost {
    const own = this.all<{ address: string; prefix: number; interface: string | null }>(
      "SELECT address, prefix_length AS prefix, interface FROM node_addresses WHERE node = ? AND type = 'Interface'",
      node
    )
      .filter(({ address }) => isIPv6(address) === (family === 6))
      .map(({ interface: on, ...address }): HostAddress => (on === null ? address : { ...address, interface: on }))
    const sysctls = this.sysctls(
      node,
      own.flatMap((address) => address.interface ?? []),
      assumed
    )
    const settingsRead = sysctls !== assumed
    const ipset = nodeIpsets(this.store, node)
    const unread = unreadHooks(this.store, node, family)
    const settings = { sysctls, ...(ipset && { ipset }), ...(unread && { unread }) }
    // Where all addresses were read and none is of this family, it has none.
    if (
      own.length === 0 &&
      this.all("SELECT 1 FROM coverage WHERE subject = 'addresses' AND node = ? AND status = 'complete'", node)
        .length === 0
    ) {
      const known = [...new Set([...this.listedAddresses(node), ...alsoOwn])].filter(
        (address) => isIPv6(address) === (family === 6)
      )
      return {
        settingsRead,
        host: { addresses: known.map((address) => ({ address, prefix: family === 6 ? 128 : 32 })), ...settings },
        assumption: `the interfaces of ${node} are not in the snapshot: only ${known.join(', ') || 'loopback'} is taken to be its own address`
      }
    }
    const routes = this.routes(node, family)
    return { settingsRead, host: { addresses: own, ...settings, ...(routes.length > 0 && { routes }) } }
  }

  private routes(node: string, family: Family): Route[] {
    return this.all<{
      destination: string
      gateway: string | null
      interface: string | null
      type: string
      source: string | null
    }>('SELECT destination, gateway, interface, type, source FROM routes WHERE node = ?', node)
      .filter(({ destination }) => destination.includes(':') === (family === 6))
      .map((route) => ({
        destination: route.destination,
        type: route.type,
        ...(route.interface !== null && { interface: route.interface }),
        ...(route.gateway !== null && { gateway: route.gateway }),
        ...(route.source && { source: route.source })
      }))
  }

  /** Addresses of the node's pods, in the order of their names. */
  podAddressesOn(node: string): readonly string[] {
    return (this.podAddresses ??= this.allPodAddresses()).get(node) ?? []
  }

  private allPodAddresses(): Map<string, string[]> {
    const byNode = new Map<string, string[]>()
    const rows = this.store
      .prepare(
        "SELECT node, ip, iif(instr(ips, ','), ips, NULL) FROM pods WHERE coalesce(host_network, 0) = 0 AND ip <> '' ORDER BY namespace, pod"
      )
      .raw()
      .all() as [string, string, string | null][]
    for (const [node, ip, ips] of rows) {
      const addresses = byNode.get(node) ?? []
      byNode.set(node, addresses)
      addresses.push(...(ips === null ? [ip] : (JSON.parse(ips) as string[])))
    }
    return byNode
  }

  podCidrs(node: string): string[] {
    const row = this.all<{ cidrs: string | null }>('SELECT pod_cidrs AS cidrs FROM nodes WHERE node = ?', node)[0]
    return row?.cidrs ? (JSON.parse(row.cidrs) as string[]) : []
  }

  /** Undefined where the Ingress objects were not listed. */
  ingressRules(): IngressRule[] | undefined {
    if (this.all("SELECT 1 FROM coverage WHERE subject = 'ingresses' AND status <> 'failed'").length === 0)
      return undefined
    return this.all<IngressRule>(
      'SELECT namespace, ingress, ingress_class AS class, host, path, path_type AS pathType, service, service_port AS port FROM ingresses ORDER BY namespace, ingress'
    )
  }

  /** Empty, too, where they were not listed: `unlisted` says so. */
  traefikRoutes(): TraefikRoute[] {
    return this.all<TraefikRoute>(
      `SELECT namespace, route, kind, entry_points AS entryPoints, tls, position, rule, priority, middlewares, service_kind AS serviceKind,
         service_namespace AS serviceNamespace, service, service_port AS servicePort, weight, native_lb AS nativeLb
       FROM traefik_routes ORDER BY namespace, route, position, service_namespace, service`
    )
  }

  /** What the snapshot has of a pod's containers. */
  containersOf(namespace: string, pod: string): TraefikContainer[] {
    const ports = this.all<{ container: string; name: string; port: number; protocol: string }>(
      'SELECT container, port_name AS name, port, protocol FROM container_ports WHERE namespace = ? AND pod = ?',
      namespace,
      pod
    )
    return this.all<{ container: string; arguments: string | null }>(
      "SELECT container, arguments FROM containers WHERE namespace = ? AND pod = ? AND kind <> 'init'",
      namespace,
      pod
    ).map(({ container, arguments: words }) => ({
      arguments: words === null ? null : (JSON.parse(words) as string[]),
      ports: ports.filter((port) => port.container === container)
    }))
  }

  /** Ready endpoints of a Service's port, which is named by number or name. */
  readyEndpoints(
    namespace: string,
    service: string,
    port: string
  ): { address: string; pod: string | null; node: string | null }[] {
    return this.all(
      `SELECT DISTINCT iif(instr(e.address, ':'), '[' || e.address || ']', e.address) || ':' || e.port AS address, e.pod_namespace || '/' || e.pod AS pod, e.node
       FROM endpoints e JOIN service_ports p USING (namespace, service, port_name)
       WHERE namespace = ? AND service = ? AND (CAST(p.port AS TEXT) = ? OR p.port_name = ?) AND e.ready = 1 ORDER BY 1`,
      namespace,
      service,
      port,
      port
    )
  }

  /** Why an object of this kind that is not found may be there all the same; undefined where all of them (of the namespace) were listed. */
  unlisted(subject: string, namespace?: string): string | undefined {
    const parts = this.all<{ status: string; detail: string | null; namespace: string | null }>(
      'SELECT status, detail, namespace FROM coverage WHERE subject = ?',
      subject
    )
    if (
      parts.some(
        (part) =>
          part.status === 'complete' ||
          (part.status === 'partial' && namespace !== undefined && part.namespace === namespace)
      )
    )
      return undefined
    const [part] = parts
    return part === undefined ? `${subject} were not collected` : `${subject}: ${part.detail ?? part.status}`
  }

  /** Whether every pod, and so every pod address, is known. */
  allPodsKnown(): boolean {
    return this.all("SELECT 1 FROM coverage WHERE subject = 'pods' AND status = 'complete'").length > 0
  }

  /** Sockets open at a pod or node; undefined where they were not listed. */
  listeners(owner: { node: string } | { namespace: string; pod: string }): Sockets | undefined {
    const [where, values] =
      'pod' in owner
        ? (['namespace = ? AND pod = ?', [owner.namespace, owner.pod]] as const)
        : (['node = ? AND pod IS NULL', [owner.node]] as const)
    const parts = this.all<{ status: string; protocols: string | null }>(
      `SELECT status, protocols FROM coverage WHERE subject = 'listeners' AND status <> 'failed' AND ${where}`,
      ...values
    )
    if (parts.length === 0) return undefined
    return {
      inFull: parts
        .filter(({ status }) => status === 'complete')
        .flatMap(({ protocols }) => JSON.parse(protocols ?? '[]') as string[]),
      sockets: this.all(`SELECT DISTINCT protocol, address, port, process FROM listeners WHERE ${where}`, ...values)
    }
  }

  /** `namespace/service:port` whose chains end in this hash, which is computed from that name. */
  serviceOfHash(hash: string): string | undefined {
    return this.all<{ name: string }>(
      `SELECT namespace || '/' || service || iif(port_name = '', '', ':' || port_name) AS name FROM service_ports
       WHERE chain_hash = ? OR chain_hash_before119 = ? LIMIT 1`,
      hash,
      hash
    )[0]?.name
  }

  private all<T>(sql: string, ...values: unknown[]): T[] {
    let statement = this.statements.get(sql)
    if (!statement) this.statements.set(sql, (statement = this.store.prepare(sql)))
    return statement.all(...values) as T[]
  }
}

/** `cluster IP`, `node port`: what kind of frontend it is, as it is said. */
export function inWords(kind: string): string {
  return kind.replaceAll('-', ' ').replace(/ ip$/, ' IP')
}

function rolesOf(namespace: string, labels: string | null): Pick<PodAddress, 'balances' | 'isTraefik'> {
  const map = JSON.parse(labels ?? '{}') as Record<string, string>
  const service = map['svccontroller.k3s.cattle.io/svcname']
  return {
    balances:
      service === undefined ? null : `${map['svccontroller.k3s.cattle.io/svcnamespace'] ?? namespace}/${service}`,
    isTraefik: map['app.kubernetes.io/name'] === 'traefik' || map['app'] === 'traefik'
  }
}
