import type { TraefikRouteFact } from '../facts.ts'
import { at, boolean, type Json, number, object, objects, portOrName, text, texts } from './json.ts'

type Identity = { namespace: string; name: string }

/** IngressRoute, IngressRouteTCP and IngressRouteUDP of traefik.io/v1alpha1 and traefik.containo.us/v1alpha1: a row for each Service of each route. */
export function readTraefikRoutes(item: Json, { namespace, name }: Identity): TraefikRouteFact[] {
  const kind = text(item.kind) ?? ''
  const common = {
    namespace,
    route: name,
    kind,
    apiGroup: (text(item.apiVersion) ?? '').split('/')[0]!,
    entryPoints: texts(at(item, 'spec', 'entryPoints')),
    tls: object(at(item, 'spec', 'tls')) !== undefined,
    routeClass: text(at(item, 'metadata', 'annotations', 'kubernetes.io/ingress.class')) ?? ''
  }
  return objects(at(item, 'spec', 'routes')).flatMap((route, position) => {
    const rule = {
      ...common,
      position,
      rule: text(route.match) ?? '',
      syntax: text(route.syntax) ?? '',
      priority: number(route.priority) ?? 0,
      middlewares: objects(route.middlewares).map(
        (each) => `${text(each.namespace) ?? namespace}/${text(each.name) ?? ''}`
      )
    }
    const services = objects(route.services).map((service) => ({ ...rule, ...serviceOf(service, namespace) }))
    return services.length > 0 ? services : [{ ...rule, ...NO_SERVICE }]
  })
}

const NO_SERVICE = {
  serviceKind: '',
  serviceNamespace: '',
  service: '',
  servicePort: '',
  scheme: '',
  weight: null,
  nativeLb: null
}

function serviceOf(
  service: Json,
  namespace: string
): Omit<typeof NO_SERVICE, 'weight' | 'nativeLb'> & Pick<TraefikRouteFact, 'weight' | 'nativeLb'> {
  return {
    serviceKind: text(service.kind) ?? 'Service',
    serviceNamespace: text(service.namespace) ?? namespace,
    service: text(service.name) ?? '',
    servicePort: portOrName(service.port) ?? '',
    scheme: text(service.scheme) ?? '',
    weight: number(service.weight) ?? null,
    nativeLb: boolean(service.nativeLB) ?? null
  }
}
