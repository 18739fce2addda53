import type { ServiceFact, ServicePortFact } from '../facts.ts'
import {
  address,
  addresses,
  at,
  boolean,
  type Json,
  labels,
  map,
  number,
  object,
  objects,
  port,
  portOrName,
  protocol,
  text,
  texts
} from './json.ts'

type Identity = { namespace: string; name: string }

export function readService(item: Json, { namespace, name }: Identity): ServiceFact {
  const spec = object(item.spec) ?? {}
  const ingress = objects(at(item, 'status', 'loadBalancer', 'ingress'))
  return {
    namespace,
    service: name,
    uid: text(at(item, 'metadata', 'uid')) ?? '',
    type: text(spec.type) ?? 'ClusterIP',
    clusterIp: address(spec.clusterIP) ?? '',
    clusterIps: clusterIps(spec),
    externalIps: addresses(spec.externalIPs),
    externalName: text(spec.externalName) ?? '',
    loadBalancerIps: ingress.flatMap((entry) => address(entry.ip) ?? []),
    loadBalancerHostnames: ingress.flatMap((entry) => text(entry.hostname) ?? []),
    loadBalancerIpMode: ingress.map((entry) => text(entry.ipMode)).find((mode) => mode) ?? '',
    loadBalancerClass: text(spec.loadBalancerClass) ?? '',
    loadBalancerSourceRanges: texts(spec.loadBalancerSourceRanges),
    externalTrafficPolicy: text(spec.externalTrafficPolicy) ?? '',
    internalTrafficPolicy: text(spec.internalTrafficPolicy) ?? '',
    trafficDistribution: text(spec.trafficDistribution) ?? '',
    sessionAffinity: text(spec.sessionAffinity) ?? '',
    sessionAffinityTimeout: number(at(spec, 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds')) ?? 0,
    publishNotReadyAddresses: boolean(spec.publishNotReadyAddresses) ?? false,
    healthCheckNodePort: port(spec.healthCheckNodePort) ?? 0,
    ipFamilies: texts(spec.ipFamilies),
    selector: labels(spec.selector),
    labels: labels(at(item, 'metadata', 'labels')),
    annotations: map(at(item, 'metadata', 'annotations')),
    createdAt: text(at(item, 'metadata', 'creationTimestamp')) ?? ''
  }
}

/** The API server writes both fields since 1.20; before, only the single one. */
function clusterIps(spec: Json): string[] {
  const all = addresses(spec.clusterIPs)
  const single = address(spec.clusterIP)
  return all.length > 0 || !single ? all : [single]
}

export function readServicePorts(item: Json, { namespace, name }: Identity): ServicePortFact[] {
  return objects(at(item, 'spec', 'ports')).flatMap((each) => {
    const value = port(each.port)
    if (value === undefined) return []
    return {
      namespace,
      service: name,
      portName: text(each.name) ?? '',
      protocol: protocol(each.protocol),
      port: value,
      // The API server fills targetPort with the port where the manifest leaves it out.
      targetPort: portOrName(each.targetPort) ?? String(value),
      nodePort: port(each.nodePort) ?? 0
    }
  })
}
