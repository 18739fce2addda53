/**
 * Objects with something in every field that an API object can have, for each kind that is collected: `S` stands where a text
 * may be. Fields nobody knows yet stand beside them.
 */
import type { ApiName } from '../../../src/kinds/kinds.ts'

export const S = '§'

type Tree = { readonly [field: string]: unknown }

const unknown = { fieldOfTomorrow: S, listOfTomorrow: [S, { deep: S }], objectOfTomorrow: { deep: { deeper: S } } }

const metadata: Tree = {
  ...unknown,
  name: S,
  generateName: S,
  namespace: S,
  selfLink: S,
  uid: S,
  resourceVersion: S,
  creationTimestamp: S,
  deletionTimestamp: S,
  clusterName: S,
  generation: 1,
  labels: { app: S },
  finalizers: [S],
  annotations: {
    'kubectl.kubernetes.io/last-applied-configuration': S,
    'example.com/token': S,
    'kubernetes.io/ingress.class': S,
    'traefik.ingress.kubernetes.io/auth-secret': S,
    'traefik.ingress.kubernetes.io/custom-request-headers': S,
    'traefik.ingress.kubernetes.io/router.middlewares': S
  },
  ownerReferences: [{ apiVersion: S, kind: S, name: S, uid: S, controller: true, blockOwnerDeletion: true }],
  managedFields: [
    {
      manager: S,
      operation: S,
      apiVersion: S,
      time: S,
      fieldsType: S,
      subresource: S,
      fieldsV1: { 'f:metadata': { 'f:labels': { 'f:app': S } } }
    }
  ]
}
const top = { ...unknown, apiVersion: S, metadata }
const condition = {
  ...unknown,
  type: S,
  status: S,
  reason: S,
  message: S,
  lastTransitionTime: S,
  lastProbeTime: S,
  lastHeartbeatTime: S,
  observedGeneration: 1
}
const selector = { ...unknown, matchLabels: { app: S }, matchExpressions: [{ key: S, operator: S, values: [S] }] }
const reference = {
  ...unknown,
  apiVersion: S,
  kind: S,
  namespace: S,
  name: S,
  uid: S,
  resourceVersion: S,
  fieldPath: S
}

const handler = {
  exec: { command: [S] },
  httpGet: { path: S, port: S, host: S, scheme: S, httpHeaders: [{ name: S, value: S }] },
  tcpSocket: { host: S, port: S },
  grpc: { port: 1, service: S },
  sleep: { seconds: 1 }
}
const probe = {
  ...unknown,
  ...handler,
  initialDelaySeconds: 1,
  periodSeconds: 1,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 1,
  terminationGracePeriodSeconds: 1
}
const securityContext = {
  ...unknown,
  capabilities: { add: [S], drop: [S] },
  seLinuxOptions: { user: S, role: S, type: S, level: S },
  seccompProfile: { type: S, localhostProfile: S },
  windowsOptions: { gmsaCredentialSpec: S, gmsaCredentialSpecName: S, runAsUserName: S },
  procMount: S,
  appArmorProfile: { type: S, localhostProfile: S },
  sysctls: [{ name: S, value: S }]
}
const container: Tree = {
  ...unknown,
  name: S,
  image: S,
  imagePullPolicy: S,
  command: [S, `--token=${S}`, `--proxy-mode ${S}`],
  args: [S, `--api-token=${S}`, `--providers.consul.token=${S}`],
  workingDir: S,
  restartPolicy: S,
  env: [
    { name: S, value: S },
    { name: 'SRC_PORT', value: S },
    { name: S, valueFrom: { secretKeyRef: { name: S, key: S } } },
    { name: S, valueFrom: { configMapKeyRef: { name: S, key: S } } },
    {
      name: S,
      valueFrom: {
        fieldRef: { apiVersion: S, fieldPath: S },
        resourceFieldRef: { containerName: S, resource: S, divisor: S }
      }
    }
  ],
  envFrom: [{ prefix: S, secretRef: { name: S }, configMapRef: { name: S } }],
  ports: [{ ...unknown, name: S, containerPort: 1, hostPort: 1, hostIP: S, protocol: S }],
  resources: { limits: { cpu: S, memory: S }, requests: { cpu: S }, claims: [{ name: S }] },
  volumeMounts: [{ name: S, mountPath: S, subPath: S, subPathExpr: S, mountPropagation: S }],
  volumeDevices: [{ name: S, devicePath: S }],
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: { postStart: handler, preStop: handler },
  terminationMessagePath: S,
  terminationMessagePolicy: S,
  securityContext
}
const volumes = [
  { ...unknown, name: S, hostPath: { path: S, type: S } },
  { name: S, secret: { secretName: S, items: [{ key: S, path: S }] } },
  { name: S, configMap: { name: S, items: [{ key: S, path: S }] } },
  { name: S, projected: { sources: [{ serviceAccountToken: { audience: S, path: S } }, { secret: { name: S } }] } },
  { name: S, csi: { driver: S, volumeAttributes: { password: S }, nodePublishSecretRef: { name: S } } },
  { name: S, nfs: { server: S, path: S } },
  { name: S, iscsi: { targetPortal: S, iqn: S, secretRef: { name: S } } },
  { name: S, rbd: { monitors: [S], image: S, keyring: S, user: S } },
  { name: S, cephfs: { monitors: [S], user: S, secretFile: S } },
  { name: S, flexVolume: { driver: S, options: { password: S } } },
  { name: S, gitRepo: { repository: S } },
  { name: S, downwardAPI: { items: [{ path: S, fieldRef: { fieldPath: S } }] } },
  { name: S, persistentVolumeClaim: { claimName: S } },
  { name: S, azureFile: { secretName: S, shareName: S } }
]
const podSpec: Tree = {
  ...unknown,
  nodeName: S,
  hostNetwork: true,
  hostname: S,
  subdomain: S,
  restartPolicy: S,
  dnsPolicy: S,
  serviceAccountName: S,
  serviceAccount: S,
  schedulerName: S,
  priorityClassName: S,
  runtimeClassName: S,
  nodeSelector: { role: S },
  volumes,
  containers: [container],
  initContainers: [container],
  ephemeralContainers: [{ ...container, targetContainerName: S }],
  imagePullSecrets: [{ name: S }],
  hostAliases: [{ ip: S, hostnames: [S] }],
  dnsConfig: { nameservers: [S], searches: [S], options: [{ name: S, value: S }] },
  affinity: {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: selector, namespaces: [S], topologyKey: S }]
    }
  },
  tolerations: [{ key: S, operator: S, value: S, effect: S }],
  topologySpreadConstraints: [{ topologyKey: S, labelSelector: selector }],
  readinessGates: [{ conditionType: S }],
  securityContext,
  overhead: { cpu: S },
  schedulingGates: [{ name: S }],
  resourceClaims: [{ name: S, resourceClaimName: S }]
}
const ended = { ...unknown, exitCode: 1, signal: 1, reason: S, message: S, startedAt: S, finishedAt: S, containerID: S }
const state = { ...unknown, running: { startedAt: S }, waiting: { reason: S, message: S }, terminated: ended }
const containerStatus = {
  ...unknown,
  name: S,
  ready: true,
  started: true,
  restartCount: 1,
  image: S,
  imageID: S,
  containerID: S,
  state,
  lastState: state,
  volumeMounts: [{ name: S, mountPath: S }]
}
const loadBalancer = {
  ...unknown,
  ingress: [{ ...unknown, ip: S, hostname: S, ipMode: S, ports: [{ port: 1, protocol: S, error: S }] }]
}
const addresses = [{ ...unknown, ip: S, hostname: S, nodeName: S, targetRef: reference }]
const backend = {
  ...unknown,
  serviceName: S,
  servicePort: S,
  service: { name: S, port: { name: S, number: 1 } },
  resource: { apiGroup: S, kind: S, name: S }
}

/** All that IngressRoute, IngressRouteTCP and IngressRouteUDP have, in Traefik 2 and 3, as one object. */
const traefikService = {
  ...unknown,
  kind: S,
  name: S,
  namespace: S,
  port: S,
  scheme: S,
  weight: 1,
  nativeLB: true,
  nodePortLB: true,
  passHostHeader: true,
  serversTransport: S,
  strategy: S,
  terminationDelay: 1,
  tls: true,
  proxyProtocol: { version: 1 },
  responseForwarding: { flushInterval: S },
  passiveHealthCheck: { failureWindow: S, maxFailedAttempts: 1 },
  sticky: { cookie: { name: S, sameSite: S, path: S, domain: S, secure: true, httpOnly: true, maxAge: 1 } },
  healthCheck: {
    path: S,
    scheme: S,
    hostname: S,
    method: S,
    mode: S,
    interval: S,
    timeout: S,
    headers: { authorization: S }
  }
}
const traefikTls = {
  ...unknown,
  secretName: S,
  certResolver: S,
  passthrough: true,
  options: { name: S, namespace: S },
  store: { name: S, namespace: S },
  domains: [{ main: S, sans: [S] }]
}

const labelSelector = {
  ...unknown,
  matchLabels: { app: S },
  matchExpressions: [{ ...unknown, key: S, operator: S, values: [S] }]
}
const policyPeer = {
  ...unknown,
  podSelector: labelSelector,
  namespaceSelector: labelSelector,
  ipBlock: { ...unknown, cidr: S, except: [S] }
}
const gatewayRef = { ...unknown, group: S, kind: S, namespace: S, name: S, sectionName: S, port: 1, weight: 1 }
const gatewayFilter = {
  ...unknown,
  type: S,
  requestHeaderModifier: { set: [{ name: S, value: S }], add: [{ name: S, value: S }], remove: [S] },
  requestRedirect: {
    ...unknown,
    scheme: S,
    hostname: S,
    port: 1,
    statusCode: 301,
    path: { type: S, replaceFullPath: S }
  },
  urlRewrite: { ...unknown, hostname: S, path: { type: S, replacePrefixMatch: S } },
  requestMirror: { ...unknown, backendRef: gatewayRef },
  extensionRef: { group: S, kind: S, name: S }
}
const gatewayMatch = {
  ...unknown,
  path: { type: S, value: S },
  headers: [{ type: S, name: S, value: S }],
  queryParams: [{ type: S, name: S, value: S }]
}

function gatewayRoute(kind: string): Tree {
  return {
    ...top,
    kind,
    spec: {
      ...unknown,
      parentRefs: [gatewayRef],
      hostnames: [S],
      rules: [
        {
          ...unknown,
          name: S,
          matches: [
            { ...gatewayMatch, method: S },
            { ...gatewayMatch, method: { ...unknown, type: S, service: S, method: S } }
          ],
          filters: [gatewayFilter],
          backendRefs: [{ ...gatewayRef, filters: [gatewayFilter] }],
          timeouts: { request: S, backendRequest: S },
          sessionPersistence: { sessionName: S }
        }
      ]
    },
    status: { ...unknown, parents: [{ ...unknown, controllerName: S, parentRef: gatewayRef, conditions: [condition] }] }
  }
}

export const WHOLE_OBJECTS: { readonly [plural in ApiName]: Tree } = {
  nodes: {
    ...top,
    kind: 'Node',
    spec: {
      ...unknown,
      podCIDR: S,
      podCIDRs: [S],
      providerID: S,
      unschedulable: true,
      externalID: S,
      taints: [{ key: S, value: S, effect: S, timeAdded: S }],
      configSource: { configMap: { name: S } }
    },
    status: {
      ...unknown,
      capacity: { cpu: S },
      allocatable: { cpu: S },
      phase: S,
      conditions: [condition],
      addresses: [{ type: S, address: S }],
      images: [{ names: [S], sizeBytes: 1 }],
      nodeInfo: {
        ...unknown,
        machineID: S,
        systemUUID: S,
        bootID: S,
        kernelVersion: S,
        osImage: S,
        containerRuntimeVersion: S,
        kubeletVersion: S,
        kubeProxyVersion: S,
        operatingSystem: S,
        architecture: S
      },
      volumesInUse: [S],
      volumesAttached: [{ name: S, devicePath: S }],
      config: { error: S },
      daemonEndpoints: { kubeletEndpoint: { Port: 1 } }
    }
  },
  namespaces: {
    ...top,
    kind: 'Namespace',
    spec: { finalizers: [S] },
    status: { ...unknown, phase: S, conditions: [condition] }
  },
  services: {
    ...top,
    kind: 'Service',
    spec: {
      ...unknown,
      type: S,
      clusterIP: S,
      clusterIPs: [S],
      externalIPs: [S],
      externalName: S,
      externalTrafficPolicy: S,
      internalTrafficPolicy: S,
      trafficDistribution: S,
      ipFamilyPolicy: S,
      ipFamily: S,
      ipFamilies: [S],
      loadBalancerIP: S,
      loadBalancerClass: S,
      loadBalancerSourceRanges: [S],
      sessionAffinity: S,
      topologyKeys: [S],
      healthCheckNodePort: 1,
      selector: { app: S },
      ports: [{ ...unknown, name: S, port: 1, protocol: S, targetPort: S, nodePort: 1, appProtocol: S }],
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 1 } }
    },
    status: { ...unknown, loadBalancer, conditions: [condition] }
  },
  endpoints: {
    ...top,
    kind: 'Endpoints',
    subsets: [
      {
        ...unknown,
        addresses,
        notReadyAddresses: addresses,
        ports: [{ name: S, port: 1, protocol: S, appProtocol: S }]
      }
    ]
  },
  endpointslices: {
    ...top,
    kind: 'EndpointSlice',
    addressType: S,
    ports: [{ name: S, port: 1, protocol: S, appProtocol: S }],
    endpoints: [
      {
        ...unknown,
        addresses: [S],
        hostname: S,
        nodeName: S,
        zone: S,
        targetRef: reference,
        conditions: { ready: true },
        deprecatedTopology: { zone: S },
        topology: { 'kubernetes.io/hostname': S },
        hints: { forZones: [{ name: S }], forNodes: [{ name: S }] }
      }
    ]
  },
  pods: {
    ...top,
    kind: 'Pod',
    spec: podSpec,
    status: {
      ...unknown,
      phase: S,
      reason: S,
      message: S,
      podIP: S,
      podIPs: [{ ip: S }],
      hostIP: S,
      hostIPs: [{ ip: S }],
      nominatedNodeName: S,
      qosClass: S,
      startTime: S,
      conditions: [condition],
      containerStatuses: [containerStatus],
      initContainerStatuses: [containerStatus],
      ephemeralContainerStatuses: [containerStatus],
      resize: S
    }
  },
  daemonsets: {
    ...top,
    kind: 'DaemonSet',
    spec: {
      ...unknown,
      selector,
      updateStrategy: { type: S, rollingUpdate: { maxUnavailable: S } },
      template: { metadata, spec: podSpec }
    },
    status: { ...unknown, desiredNumberScheduled: 1, conditions: [condition] }
  },
  ingresses: {
    ...top,
    kind: 'Ingress',
    spec: {
      ...unknown,
      ingressClassName: S,
      backend,
      defaultBackend: backend,
      tls: [{ hosts: [S], secretName: S }],
      rules: [{ ...unknown, host: S, http: { paths: [{ ...unknown, path: S, pathType: S, backend }] } }]
    },
    status: { loadBalancer }
  },
  ingressroutes: {
    ...top,
    kind: 'IngressRoute',
    status: { ...unknown, conditions: [condition] },
    spec: {
      ...unknown,
      entryPoints: [S],
      tls: traefikTls,
      parentRefs: [{ name: S, namespace: S }],
      routes: [
        {
          ...unknown,
          kind: S,
          match: `Host(\`${S}\`)`,
          priority: 1,
          syntax: S,
          observability: { accessLogs: true, traceVerbosity: S },
          middlewares: [{ ...unknown, name: S, namespace: S }],
          services: [traefikService]
        }
      ]
    }
  },
  networkpolicies: {
    ...top,
    kind: 'NetworkPolicy',
    spec: {
      ...unknown,
      podSelector: labelSelector,
      policyTypes: [S],
      ingress: [{ ...unknown, from: [policyPeer], ports: [{ ...unknown, protocol: S, port: S, endPort: 1 }] }],
      egress: [{ ...unknown, to: [policyPeer], ports: [{ ...unknown, protocol: S, port: S, endPort: 1 }] }]
    },
    status: { ...unknown, conditions: [condition] }
  },
  gatewayclasses: {
    ...top,
    kind: 'GatewayClass',
    spec: {
      ...unknown,
      controllerName: S,
      description: S,
      parametersRef: { group: S, kind: S, name: S, namespace: S }
    },
    status: { ...unknown, conditions: [condition], supportedFeatures: [{ name: S }] }
  },
  gateways: {
    ...top,
    kind: 'Gateway',
    spec: {
      ...unknown,
      gatewayClassName: S,
      addresses: [{ ...unknown, type: S, value: S }],
      infrastructure: { labels: { app: S }, annotations: { note: S } },
      listeners: [
        {
          ...unknown,
          name: S,
          hostname: S,
          port: 443,
          protocol: S,
          tls: { mode: S, certificateRefs: [{ kind: S, name: S, namespace: S }], options: { key: S } },
          allowedRoutes: {
            ...unknown,
            namespaces: {
              from: S,
              selector: { matchLabels: { app: S }, matchExpressions: [{ key: S, operator: S, values: [S] }] }
            },
            kinds: [{ group: S, kind: S }]
          }
        }
      ]
    },
    status: {
      ...unknown,
      addresses: [{ ...unknown, type: S, value: S }],
      conditions: [condition],
      listeners: [
        { ...unknown, name: S, attachedRoutes: 1, supportedKinds: [{ group: S, kind: S }], conditions: [condition] }
      ]
    }
  },
  httproutes: gatewayRoute('HTTPRoute'),
  grpcroutes: gatewayRoute('GRPCRoute'),
  tlsroutes: gatewayRoute('TLSRoute'),
  tcproutes: gatewayRoute('TCPRoute'),
  udproutes: gatewayRoute('UDPRoute'),
  referencegrants: {
    ...top,
    kind: 'ReferenceGrant',
    spec: {
      ...unknown,
      from: [{ ...unknown, group: S, kind: S, namespace: S }],
      to: [{ ...unknown, group: S, kind: S, name: S }]
    }
  }
}

/** The tree with `text(path)` in place of each `S`; a path is `spec.ports[].name`. */
export function planted(tree: unknown, text: (path: string) => string, path = ''): unknown {
  if (typeof tree === 'string') return tree.replace(S, () => text(path))
  if (Array.isArray(tree)) return tree.map((one) => planted(one, text, `${path}[]`))
  if (typeof tree !== 'object' || tree === null) return tree
  return Object.fromEntries(
    Object.entries(tree).map(([field, one]) => [
      field,
      planted(one, text, path === '' ? field : `${path}.${/[./]/.test(field) ? `'${field}'` : field}`)
    ])
  )
}
