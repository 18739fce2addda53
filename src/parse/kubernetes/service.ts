import type { Protocol, ServiceFact, ServicePortFact } from '../facts.ts'
import { at, boolean, type Json, map, number, object, objects, text, texts } from './json.ts'

type Identity = { namespace: string; name: string }

export function readService(item: Json, { namespace, name }: Identity): ServiceFact {
  const spec = object(item.spec) ?? {}
  const ingress = objects(at(item, 'status', 'loadBalancer', 'ingress'))
  return {
    namespace,
    service: name,
    uid: text(at(item, 'metadata', 'uid')) ?? '',
    type: text(spec.type) ?? 'ClusterIP',
    clusterIp: text(spec.clusterIP) ?? '',
    clusterIps: clusterIps(spec),
    externalIps: texts(spec.externalIPs),
    externalName: text(spec.externalName) ?? '',
    loadBalancerIps: ingress.flatMap((entry) => text(entry.ip) ?? []),
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
    healthCheckNodePort: number(spec.healthCheckNodePort) ?? 0,
    ipFamilies: texts(spec.ipFamilies),
    selector: map(spec.selector),
    labels: map(at(item, 'metadata', 'labels')),
    annotations: map(at(item, 'metadata', 'annotations')),
    createdAt: text(at(item, 'metadata', 'creationTimestamp')) ?? ''
  }
}

/** The API server writes both fields since 1.20; before, only the single one. */
function clusterIps(spec: Json): string[] {
  const all = texts(spec.clusterIPs)
  const single = text(spec.clusterIP)
  return all.length > 0 || !single ? all : [single]
}

export function readServicePorts(item: Json, { namespace, name }: Identity): ServicePortFact[] {
  return objects(at(item, 'spec', 'ports')).flatMap((port) => {
    const value = number(port.port)
    if (value === undefined) return []
    return {
      namespace,
      service: name,
      portName: text(port.name) ?? '',
      protocol: (text(port.protocol) ?? 'TCP') as Protocol,
      port: value,
      // The API server fills targetPort with the port where the manifest leaves it out.
      targetPort: String(port.targetPort ?? value),
      nodePort: number(port.nodePort) ?? 0
    }
  })
}
