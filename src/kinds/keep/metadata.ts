import { fields, isObject, list, type Shape, scalars } from './shape.ts'

/** Annotations that change how traffic flows. No other is kept: applied configurations, notes and tokens stand in annotations. */
const KEPT = new Set([
  'endpoints.kubernetes.io/over-capacity',
  'endpoints.kubernetes.io/last-change-trigger-time',
  'service.kubernetes.io/topology-mode',
  'service.kubernetes.io/topology-aware-hints',
  'service.alpha.kubernetes.io/tolerate-unready-endpoints',
  'kubernetes.io/ingress.class',
  'ingressclass.kubernetes.io/is-default-class',
  'flannel.alpha.coreos.com/backend-type',
  'flannel.alpha.coreos.com/public-ip'
])
// Not all of traefik.ingress.kubernetes.io/: Traefik 1 reads auth- and custom-request-headers there, which hold credentials.
const KEPT_PREFIXES = [
  'svccontroller.k3s.cattle.io/',
  'traefik.ingress.kubernetes.io/router.',
  'traefik.ingress.kubernetes.io/service.'
]

const annotations: Shape = {
  by: (value) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).filter(([name, text]) => typeof text === 'string' && isKept(name)))
      : undefined
}

function isKept(name: string): boolean {
  return KEPT.has(name) || KEPT_PREFIXES.some((prefix) => name.startsWith(prefix))
}

export const metadata = fields({
  ...scalars(
    'name',
    'generateName',
    'namespace',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'deletionTimestamp'
  ),
  labels: 'map',
  annotations,
  ownerReferences: list(fields(scalars('apiVersion', 'kind', 'name', 'uid', 'controller')))
})

/** A condition without its message, in which controllers quote whatever went wrong. */
export const conditions = list(fields(scalars('type', 'status', 'reason', 'lastTransitionTime')))

/** status.loadBalancer of Services and Ingresses. */
export const loadBalancer = fields({
  ingress: list(
    fields({ ...scalars('ip', 'hostname', 'ipMode'), ports: list(fields(scalars('port', 'protocol', 'error'))) })
  )
})
