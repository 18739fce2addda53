/** What the server has, in the words of Kubernetes' discovery documents. */

export interface Resource {
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
}

export interface Group {
  readonly groupVersion: string
  /** `/api/v1`, `/apis/apps/v1` */
  readonly root: string
  readonly resources: readonly Resource[]
}

const resource = (plural: string, kind: string, namespaced = true): Resource => ({ plural, kind, namespaced })

export const GROUPS: readonly Group[] = [
  {
    groupVersion: 'v1',
    root: '/api/v1',
    resources: [
      resource('namespaces', 'Namespace', false),
      resource('nodes', 'Node', false),
      resource('pods', 'Pod'),
      resource('services', 'Service'),
      resource('endpoints', 'Endpoints'),
      resource('secrets', 'Secret'),
      resource('serviceaccounts', 'ServiceAccount'),
      resource('persistentvolumeclaims', 'PersistentVolumeClaim')
    ]
  },
  { groupVersion: 'batch/v1', root: '/apis/batch/v1', resources: [resource('cronjobs', 'CronJob')] },
  {
    groupVersion: 'rbac.authorization.k8s.io/v1',
    root: '/apis/rbac.authorization.k8s.io/v1',
    resources: [
      resource('clusterroles', 'ClusterRole', false),
      resource('clusterrolebindings', 'ClusterRoleBinding', false),
      resource('roles', 'Role'),
      resource('rolebindings', 'RoleBinding')
    ]
  },
  { groupVersion: 'apps/v1', root: '/apis/apps/v1', resources: [resource('daemonsets', 'DaemonSet')] },
  {
    groupVersion: 'discovery.k8s.io/v1',
    root: '/apis/discovery.k8s.io/v1',
    resources: [resource('endpointslices', 'EndpointSlice')]
  },
  {
    groupVersion: 'extensions/v1beta1',
    root: '/apis/extensions/v1beta1',
    resources: [resource('ingresses', 'Ingress')]
  },
  {
    groupVersion: 'networking.k8s.io/v1',
    root: '/apis/networking.k8s.io/v1',
    resources: [resource('ingresses', 'Ingress'), resource('networkpolicies', 'NetworkPolicy')]
  },
  {
    groupVersion: 'gateway.networking.k8s.io/v1',
    root: '/apis/gateway.networking.k8s.io/v1',
    resources: [
      resource('gatewayclasses', 'GatewayClass', false),
      resource('gateways', 'Gateway'),
      resource('httproutes', 'HTTPRoute')
    ]
  },
  ...['traefik.io', 'traefik.containo.us'].map(
    (group): Group => ({
      groupVersion: `${group}/v1alpha1`,
      root: `/apis/${group}/v1alpha1`,
      resources: [
        resource('ingressroutes', 'IngressRoute'),
        resource('ingressroutetcps', 'IngressRouteTCP'),
        resource('ingressrouteudps', 'IngressRouteUDP')
      ]
    })
  )
]

/** The document at a path, if discovery has one there. */
export function discovery(path: string): object | undefined {
  if (path === '/version')
    return {
      major: '1',
      minor: '20',
      gitVersion: 'v1.20.2',
      gitCommit: '',
      gitTreeState: '',
      buildDate: '',
      goVersion: '',
      compiler: '',
      platform: 'linux/amd64'
    }
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
  if (path === '/apis')
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: GROUPS.filter(({ root }) => root !== '/api/v1').map(group)
    }
  const found = GROUPS.find(({ root }) => root === path)
  return (
    found && {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: found.groupVersion,
      resources: found.resources.map(({ plural, kind, namespaced }) => ({
        name: plural,
        singularName: '',
        namespaced,
        kind,
        verbs: ['get', 'list', 'create', 'delete']
      }))
    }
  )
}

function group({ groupVersion }: Group): object {
  const [name, version] = groupVersion.split('/')
  return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } }
}
