import type {
  GatewayClassFact,
  GatewayFact,
  GatewayListenerFact,
  GatewayRouteFact,
  ReferenceGrantFact
} from '../facts.ts'
import { at, type Json, number, object, objects, text, texts } from './json.ts'

/** Kinds of gateway.networking.k8s.io, whose versions v1alpha2 to v1 are alike in what is read here. */
type Identity = { namespace: string; name: string }

export function readGatewayClass(item: Json, { name }: Identity): GatewayClassFact {
  return {
    gatewayClass: name,
    controller: text(at(item, 'spec', 'controllerName')) ?? '',
    accepted: condition(at(item, 'status', 'conditions'), 'Accepted')
  }
}

export function readGateway(item: Json, { namespace, name }: Identity): GatewayFact {
  const values = (place: unknown) => objects(place).flatMap((address) => text(address.value) ?? [])
  return {
    namespace,
    gateway: name,
    gatewayClass: text(at(item, 'spec', 'gatewayClassName')) ?? '',
    addresses: values(at(item, 'spec', 'addresses')),
    statusAddresses: values(at(item, 'status', 'addresses')),
    programmed: condition(at(item, 'status', 'conditions'), 'Programmed')
  }
}

export function readGatewayListeners(item: Json, { namespace, name }: Identity): GatewayListenerFact[] {
  return objects(at(item, 'spec', 'listeners')).map((listener) => ({
    namespace,
    gateway: name,
    listener: text(listener.name) ?? '',
    hostname: text(listener.hostname) ?? '',
    port: number(listener.port) ?? null,
    protocol: text(listener.protocol) ?? '',
    // The API's defaults.
    tlsMode: object(listener.tls) === undefined ? '' : (text(at(listener, 'tls', 'mode')) ?? 'Terminate'),
    routesFrom: text(at(listener, 'allowedRoutes', 'namespaces', 'from')) ?? 'Same',
    routeKinds: objects(at(listener, 'allowedRoutes', 'kinds')).flatMap((kind) => text(kind.kind) ?? [])
  }))
}

/** A row for each backend of each rule of an HTTPRoute, GRPCRoute, TLSRoute, TCPRoute or UDPRoute. */
export function readGatewayRoutes(item: Json, { namespace, name }: Identity): GatewayRouteFact[] {
  const parents = objects(at(item, 'status', 'parents'))
  const common = {
    namespace,
    route: name,
    kind: text(item.kind) ?? '',
    hostnames: texts(at(item, 'spec', 'hostnames')),
    parents: objects(at(item, 'spec', 'parentRefs')).map((parent) => parentText(parent, namespace)),
    accepted: inAll(parents, 'Accepted'),
    resolved: inAll(parents, 'ResolvedRefs')
  }
  return objects(at(item, 'spec', 'rules')).flatMap((rule, position) => {
    const row = {
      ...common,
      position,
      matches: objects(rule.matches).map(matchText),
      filters: objects(rule.filters).map((filter) => filterText(filter, namespace))
    }
    const backends = objects(rule.backendRefs).map((backend) => ({ ...row, ...backendOf(backend, namespace) }))
    return backends.length > 0 ? backends : [{ ...row, ...NO_BACKEND }]
  })
}

export function readReferenceGrants(item: Json, { namespace, name }: Identity): ReferenceGrantFact[] {
  return objects(at(item, 'spec', 'from')).flatMap((from) =>
    objects(at(item, 'spec', 'to')).map((to) => ({
      namespace,
      referenceGrant: name,
      fromGroup: text(from.group) ?? '',
      fromKind: text(from.kind) ?? '',
      fromNamespace: text(from.namespace) ?? '',
      toGroup: text(to.group) ?? '',
      toKind: text(to.kind) ?? '',
      toName: text(to.name) ?? ''
    }))
  )
}

const NO_BACKEND = {
  backendGroup: '',
  backendKind: '',
  backendNamespace: '',
  backend: '',
  backendPort: null,
  weight: null
}

function backendOf(
  backend: Json,
  namespace: string
): Pick<GatewayRouteFact, 'backendGroup' | 'backendKind' | 'backendNamespace' | 'backend' | 'backendPort' | 'weight'> {
  return {
    backendGroup: text(backend.group) ?? '',
    backendKind: text(backend.kind) ?? 'Service',
    backendNamespace: text(backend.namespace) ?? namespace,
    backend: text(backend.name) ?? '',
    backendPort: number(backend.port) ?? null,
    weight: number(backend.weight) ?? 1
  }
}

/** `demo/web`, `demo/web/https`, `demo/web:8443`; of another kind than a Gateway with the kind in front. */
function parentText(parent: Json, namespace: string): string {
  const kind = text(parent.kind) ?? 'Gateway'
  const section = text(parent.sectionName)
  const port = number(parent.port)
  return (
    `${kind === 'Gateway' ? '' : `${kind} `}${text(parent.namespace) ?? namespace}/${text(parent.name) ?? ''}` +
    `${section === undefined ? '' : `/${section}`}${port === undefined ? '' : `:${port}`}`
  )
}

/** `PathPrefix /api && GET && header X-Key`; `PathPrefix /` is the API's default. */
function matchText(match: Json): string {
  const path = object(match.path)
  const grpc = object(match.method)
  const names = (what: string, list: unknown) => objects(list).map((one) => `${what} ${text(one.name) ?? ''}`)
  return (
    [
      ...(path ? [`${text(path.type) ?? 'PathPrefix'} ${text(path.value) ?? '/'}`] : []),
      ...(typeof match.method === 'string' ? [match.method] : []),
      ...(grpc ? [`${text(grpc.type) ?? 'Exact'} ${text(grpc.service) ?? '*'}/${text(grpc.method) ?? '*'}`] : []),
      ...names('header', match.headers),
      ...names('query', match.queryParams)
    ].join(' && ') || 'PathPrefix /'
  )
}

/** `RequestRedirect scheme=https statusCode=301`, `RequestMirror demo/web:80`, or the type alone. */
function filterText(filter: Json, namespace: string): string {
  const type = text(filter.type) ?? ''
  const mirror = object(at(filter, 'requestMirror', 'backendRef'))
  if (mirror) {
    const { backendNamespace, backend, backendPort } = backendOf(mirror, namespace)
    return `${type} ${backendNamespace}/${backend}${backendPort === null ? '' : `:${backendPort}`}`
  }
  const said = object(filter.requestRedirect) ?? object(filter.urlRewrite) ?? {}
  const path = object(said.path) ?? {}
  const words = Object.entries({ ...said, ...path }).filter(
    ([name, value]) => name !== 'type' && typeof value !== 'object'
  )
  return [type, ...words.map(([name, value]) => `${name}=${value}`)].join(' ')
}

/** 1 where it is true of all parents, 0 where it is false of one; null where the status does not say. */
function inAll(parents: readonly Json[], type: string): boolean | null {
  const said = parents.map((parent) => condition(parent.conditions, type))
  if (said.includes(false)) return false
  return said.length === 0 || said.includes(null) ? null : true
}

function condition(list: unknown, type: string): boolean | null {
  const status = objects(list).find((one) => one.type === type)?.status
  return status === 'True' ? true : status === 'False' ? false : null
}
