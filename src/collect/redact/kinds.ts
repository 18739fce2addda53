import { conditions, loadBalancer, metadata } from './metadata.ts'
import { reduceDaemonSet, reducePod } from './pod.ts'
import { keptRule } from './rule.ts'
import { fields, list, reduce, type Shape, scalars } from './shape.ts'

const targetRef = fields(scalars('kind', 'namespace', 'name', 'uid'))
const object = (parts: { readonly [name: string]: Shape }) =>
  fields({ ...scalars('apiVersion', 'kind'), metadata, ...parts })

const node = object({
  spec: fields({
    ...scalars('podCIDR', 'unschedulable'),
    podCIDRs: list('scalar'),
    taints: list(fields(scalars('key', 'value', 'effect', 'timeAdded')))
  }),
  status: fields({
    addresses: list(fields(scalars('type', 'address'))),
    conditions,
    nodeInfo: fields(
      scalars(
        'architecture',
        'bootID',
        'containerRuntimeVersion',
        'kernelVersion',
        'kubeProxyVersion',
        'kubeletVersion',
        'operatingSystem',
        'osImage'
      )
    )
  })
})

const namespace = object({ status: fields(scalars('phase')) })

const service = object({
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
})

const endpointAddresses = list(fields({ ...scalars('ip', 'hostname', 'nodeName'), targetRef }))
const endpoints = object({
  subsets: list(
    fields({
      addresses: endpointAddresses,
      notReadyAddresses: endpointAddresses,
      ports: list(fields(scalars('name', 'port', 'protocol', 'appProtocol')))
    })
  )
})

const named = list(fields(scalars('name')))
const endpointSlice = object({
  addressType: 'scalar',
  endpoints: list(
    fields({
      ...scalars('hostname', 'nodeName', 'zone'),
      addresses: list('scalar'),
      conditions: fields(scalars('ready', 'serving', 'terminating')),
      hints: fields({ forZones: named, forNodes: named }),
      // discovery.k8s.io/v1beta1 has it instead of nodeName and zone.
      topology: 'map',
      targetRef
    })
  ),
  ports: list(fields(scalars('name', 'port', 'protocol', 'appProtocol')))
})

const backend = fields({
  // extensions/v1beta1 and networking.k8s.io/v1beta1 name the Service here, v1 in `service`.
  ...scalars('serviceName', 'servicePort'),
  service: fields({ name: 'scalar', port: fields(scalars('name', 'number')) }),
  resource: fields(scalars('apiGroup', 'kind', 'name'))
})
const ingress = object({
  spec: fields({
    ingressClassName: 'scalar',
    backend,
    defaultBackend: backend,
    tls: list(fields({ hosts: list('scalar') })),
    rules: list(
      fields({ host: 'scalar', http: fields({ paths: list(fields({ ...scalars('path', 'pathType'), backend })) }) })
    )
  }),
  status: fields({ loadBalancer })
})

/** `services[].port` is a number or a name; secrets of `tls` are left out, so that `tls: {}` alone stays. */
const traefikRoute = object({
  spec: fields({
    entryPoints: list('scalar'),
    routes: list(
      fields({
        ...scalars('kind', 'priority', 'syntax'),
        match: { by: keptRule },
        middlewares: list(fields(scalars('name', 'namespace'))),
        services: list(fields(scalars('kind', 'name', 'namespace', 'port', 'scheme', 'weight', 'nativeLB')))
      })
    ),
    tls: fields({})
  })
})

/** The kind an API object must have, and what of it is kept. */
export interface KindRule {
  readonly kind: string | readonly string[]
  readonly reduce: (object: unknown) => unknown
}

const by = (shape: Shape) => (value: unknown) => reduce(value, shape)

export const KIND_RULES = {
  nodes: { kind: 'Node', reduce: by(node) },
  namespaces: { kind: 'Namespace', reduce: by(namespace) },
  services: { kind: 'Service', reduce: by(service) },
  endpoints: { kind: 'Endpoints', reduce: by(endpoints) },
  endpointslices: { kind: 'EndpointSlice', reduce: by(endpointSlice) },
  pods: { kind: 'Pod', reduce: reducePod },
  daemonsets: { kind: 'DaemonSet', reduce: reduceDaemonSet },
  ingresses: { kind: 'Ingress', reduce: by(ingress) },
  ingressroutes: { kind: ['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP'], reduce: by(traefikRoute) }
} as const satisfies { readonly [plural: string]: KindRule }

export type Listed = keyof typeof KIND_RULES
