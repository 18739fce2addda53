import { isIP } from 'node:net'
import { UserError } from '../../problem.ts'

export type TransportProtocol = 'tcp' | 'udp' | 'sctp'

/** Where a packet is to go, as the user wrote it. */
export interface Destination {
  /** `pod`: the name of one pod of a Service, as headless Services give them. */
  readonly kind: 'address' | 'name' | 'service' | 'pod'
  /** The address, or the name; of a pod: the Service's. */
  readonly host: string
  readonly namespace?: string
  /** The pod's hostname. */
  readonly pod?: string
  /** Number, or the name of a Service's port; absent for `service/…` with one port. */
  readonly port?: string
  readonly protocol: TransportProtocol
  /** From a URL: what an ingress would look at. */
  readonly url?: { readonly scheme: string; readonly host: string; readonly path: string; readonly query: string }
}

const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map(Object.entries<string>({ http: '80', https: '443' }))

/**
 * Reads a URL, `IP:port`, `[v6]:port`, `service/NS/NAME[:PORT]`, `NAME.NS.svc[.cluster.local]:port`, `POD.NAME.NS.svc:port`,
 * `10-42-0-7.NS.pod:port` or `node:port`.
 * Throws: UserError, saying what it takes.
 */
export function parseDestination(text: string, protocol: TransportProtocol): Destination {
  const service = /^(?:service|svc)\/([^/:]+)\/([^/:]+)(?::([\w-]+))?$/.exec(text)
  if (service)
    return {
      kind: 'service',
      namespace: service[1]!,
      host: service[2]!,
      ...(service[3] && { port: service[3] }),
      protocol
    }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return fromUrl(text, protocol)
  const match = /^(?:\[([^\]]+)\]|([^:/]+)):(\d+)$/.exec(text)
  if (!match && (isIP(text) !== 0 || /^[\w.-]+$/.test(text))) {
    throw new UserError(`trace: "${text}" needs a port: give ${isIP(text) === 6 ? `[${text}]` : text}:PORT, or a URL`)
  }
  if (!match)
    throw new UserError(
      `trace: "${text}" is no destination: give a URL, IP:port, [IPv6]:port, service/NAMESPACE/NAME[:PORT] or NAME.NAMESPACE.svc:port`
    )
  return fromHost(match[1] ?? match[2]!, match[3]!, protocol)
}

function fromUrl(text: string, protocol: TransportProtocol): Destination {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new UserError(`trace: "${text}" is no URL; write it as http://host:port/path`)
  }
  const scheme = url.protocol.slice(0, -1)
  const port = url.port || DEFAULT_PORTS.get(scheme)
  if (!port) throw new UserError(`trace: "${text}" names no port, and ${scheme} has none by default; add :port`)
  return {
    ...fromHost(url.hostname.replace(/^\[|\]$/g, ''), port, protocol),
    url: { scheme, host: url.hostname, path: url.pathname, query: url.search.slice(1) }
  }
}

function fromHost(host: string, port: string, protocol: TransportProtocol): Destination {
  if (Number(port) < 1 || Number(port) > 65535) throw new UserError(`trace: port ${port} is not between 1 and 65535`)
  if (host.includes('%'))
    throw new UserError(
      `trace: ${host}: a link-local address with its zone is no Service's; give the address without %`
    )
  if (/^[\d.]+$/.test(host) && isIP(host) === 0) throw new UserError(`trace: ${host} is no IPv4 address`)
  if (isIP(host) !== 0) return { kind: 'address', host, port, protocol }
  return inClusterDns(host, port, protocol) ?? { kind: 'name', host, port, protocol }
}

/** A name that the cluster's own DNS answers: a Service's, that of one pod of a headless Service, or a pod's address written with dashes. */
function inClusterDns(host: string, port: string, protocol: TransportProtocol): Destination | undefined {
  const [, pod, service, namespace] =
    /^(?:([a-z0-9-]+)\.)?([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?\.?$/i.exec(host) ?? []
  if (service !== undefined && namespace !== undefined) {
    return pod === undefined
      ? { kind: 'service', host: service, namespace, port, protocol }
      : { kind: 'pod', host: service, namespace, pod, port, protocol }
  }
  const dashed = /^([0-9a-f-]+)\.[a-z0-9-]+\.pod(?:\.[a-z0-9.-]+)?\.?$/i.exec(host)?.[1]
  const address = [dashed?.replaceAll('-', '.'), dashed?.replaceAll('-', ':')].find(
    (text) => text !== undefined && isIP(text) !== 0
  )
  return address === undefined ? undefined : { kind: 'address', host: address, port, protocol }
}
