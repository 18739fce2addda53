import type { CollectedItem, ItemKind } from '../../src/collect/item.ts'
import { address, ENDPOINT_PORT, type Service } from './services.ts'

/** What `kubectl get -o json` lists of a cluster with these Services, as far as snap reads it. `at`: when, ISO 8601. */
export function objectItems(services: readonly Service[], nodes: number, at: string): CollectedItem[] {
  const pods = services.flatMap((service) => service.endpoints.map((pod) => podOf(service, pod, nodes)))
  return [
    list(
      'nodes',
      Array.from({ length: nodes }, (_, node) => nodeObject(node)),
      at
    ),
    list(
      'namespaces',
      [...new Set(services.map((service) => split(service).namespace))].map((name) => ({
        metadata: { name },
        status: { phase: 'Active' }
      })),
      at
    ),
    list('services', services.map(serviceObject), at),
    list(
      'endpointslices',
      services.map((service) => sliceObject(service, nodes)),
      at
    ),
    list('pods', [...pods.map(podObject), ...hostPortPods(nodes)], at)
  ]
}

function list(kind: ItemKind, items: readonly object[], at: string): CollectedItem {
  const content = Buffer.from(JSON.stringify({ kind: 'List', items }))
  return {
    kind,
    command: ['kubectl', 'get', kind, '--all-namespaces', '-o', 'json'],
    startedAt: at,
    endedAt: at,
    exitCode: 0,
    error: null,
    stderr: null,
    content
  }
}

function split({ name }: Service): { namespace: string; service: string } {
  const [, namespace = '', service = ''] = /^(.*)\/(.*):http$/.exec(name) ?? []
  return { namespace, service }
}

function nodeObject(node: number): object {
  return {
    metadata: { name: `node-${node}` },
    spec: { podCIDR: `10.64.${node}.0/24` },
    status: {
      addresses: [{ type: 'InternalIP', address: `192.168.0.${node + 1}` }],
      conditions: [{ type: 'Ready', status: 'True' }],
      nodeInfo: { kubeletVersion: 'v1.32.1' }
    }
  }
}

function serviceObject(of: Service): object {
  const { namespace, service } = split(of)
  const ports = [{ name: 'http', protocol: 'TCP', port: 80, targetPort: ENDPOINT_PORT }]
  return {
    metadata: { namespace, name: service },
    spec: { type: 'ClusterIP', clusterIP: of.clusterIp, ipFamilies: ['IPv4'], selector: { app: service }, ports }
  }
}

/** The pods whose host ports each node's dump has (dump.ts). */
function hostPortPods(nodes: number): object[] {
  return Array.from({ length: nodes * 3 }, (_, index) => {
    const [node, pod] = [Math.floor(index / 3), index % 3]
    const ip = `10.64.${node & 255}.${10 + pod}`
    const ports = [8000 + pod * 2, 8001 + pod * 2].map((port) => ({
      containerPort: port,
      hostPort: port,
      protocol: 'TCP'
    }))
    return {
      metadata: { namespace: 'host-ports', name: `pod-${node}-${pod}`, labels: {} },
      spec: { nodeName: `node-${node}`, containers: [{ name: 'web', image: 'web', ports }] },
      status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] }
    }
  })
}

interface Pod {
  readonly namespace: string
  readonly service: string
  readonly name: string
  readonly ip: string
  readonly node: string
}

/** A pod's suffix looks as random as real ones do, and is the same each day. */
function podOf(of: Service, pod: number, nodes: number): Pod {
  const { namespace, service } = split(of)
  const suffix = (Math.imul(pod + 1, 0x85ebca6b) >>> 0).toString(36).padStart(7, '0')
  return { namespace, service, name: `${service}-${suffix}`, ip: address(pod), node: `node-${pod % nodes}` }
}

function sliceObject(of: Service, nodes: number): object {
  const { namespace, service } = split(of)
  const endpoints = of.endpoints.map((each) => {
    const { ip, node, name } = podOf(of, each, nodes)
    return {
      addresses: [ip],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: node,
      targetRef: { kind: 'Pod', namespace, name }
    }
  })
  return {
    metadata: { namespace, name: `${service}-slice`, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: 'http', protocol: 'TCP', port: ENDPOINT_PORT }]
  }
}

function podObject({ namespace, service, name, ip, node }: Pod): object {
  return {
    metadata: { namespace, name, labels: { app: service } },
    spec: {
      nodeName: node,
      containers: [
        { name: 'web', image: 'web', ports: [{ name: 'http', containerPort: ENDPOINT_PORT, protocol: 'TCP' }] }
      ]
    },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] }
  }
}
