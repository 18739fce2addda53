import type { EndpointFact } from '../facts.ts'
import { address, addresses, at, boolean, type Json, object, objects, port, protocol, text, texts } from './json.ts'

type Identity = { namespace: string; name: string }
type Port = Pick<EndpointFact, 'portName' | 'protocol' | 'port'>

/** A slice that serves no Service (no service-name label) is nobody's endpoint and gives no rows. */
export function readEndpointSlice(item: Json, { namespace, name }: Identity): EndpointFact[] {
  const service = text(at(item, 'metadata', 'labels', 'kubernetes.io/service-name'))
  if (!service) return []
  const ports = slicePorts(item.ports)
  const read = item.addressType === 'FQDN' ? texts : addresses
  return objects(item.endpoints).flatMap((endpoint) =>
    read(endpoint.addresses).flatMap((address) =>
      ports.map((port) => ({ namespace, service, object: name, ...port, address, ...sliceEndpoint(endpoint) }))
    )
  )
}

function slicePorts(ports: unknown): Port[] {
  const known = objects(ports).map((each) => ({
    portName: text(each.name) ?? '',
    protocol: protocol(each.protocol),
    port: port(each.port) ?? null
  }))
  // `ports: null` (a headless Service without ports): the addresses still are endpoints.
  return known.length > 0 ? known : [{ portName: '', protocol: null, port: null }]
}

function sliceEndpoint(endpoint: Json) {
  const conditions = object(endpoint.conditions)
  // A nil condition is read as kube-proxy reads it: ready unless said otherwise, serving as ready, not terminating.
  const ready = boolean(conditions?.ready) ?? true
  const hints = object(endpoint.hints)
  return {
    ready,
    serving: boolean(conditions?.serving) ?? ready,
    terminating: boolean(conditions?.terminating) ?? false,
    // v1beta1 (Kubernetes 1.17 to 1.24) has the node and zone in a topology map.
    node: text(endpoint.nodeName) ?? text(at(endpoint, 'topology', 'kubernetes.io/hostname')) ?? '',
    zone: text(endpoint.zone) ?? text(at(endpoint, 'topology', 'topology.kubernetes.io/zone')) ?? '',
    ...target(endpoint.targetRef),
    hintZones: objects(hints?.forZones).flatMap((zone) => text(zone.name) ?? []),
    hintNodes: objects(hints?.forNodes).flatMap((node) => text(node.name) ?? [])
  }
}

function target(reference: unknown) {
  return {
    targetKind: text(at(reference, 'kind')) ?? '',
    targetNamespace: text(at(reference, 'namespace')) ?? '',
    targetName: text(at(reference, 'name')) ?? '',
    targetUid: text(at(reference, 'uid')) ?? ''
  }
}

/** An Endpoints object says ready or not ready; whether a not ready address serves or terminates it does not say. */
export function readEndpoints(item: Json, { namespace, name }: Identity): EndpointFact[] {
  return objects(item.subsets).flatMap((subset) => {
    const ports = slicePorts(subset.ports)
    const row = (ready: boolean) => (entry: Json) =>
      ports.map((port) => ({
        namespace,
        service: name,
        object: name,
        ...port,
        address: address(entry.ip) ?? '',
        ready,
        serving: ready ? true : null,
        terminating: ready ? false : null,
        node: text(entry.nodeName) ?? '',
        zone: null,
        ...target(entry.targetRef),
        hintZones: null,
        hintNodes: null
      }))
    return [...objects(subset.addresses).flatMap(row(true)), ...objects(subset.notReadyAddresses).flatMap(row(false))]
  })
}
