import type { ItemKind } from '../../archive/manifest.ts'
import { KIND_RULES } from '../../collect/redact/kinds.ts'
import { endpointChain, servicePortHash, servicePortName } from '../../model/chain-names.ts'
import type { EndpointFact, ServicePortFact } from '../../parse/facts.ts'
import { readEndpointSlice, readEndpoints } from '../../parse/kubernetes/endpoints.ts'
import type { Json } from '../../parse/kubernetes/json.ts'
import { type ObjectProblem, readItems, readList } from '../../parse/kubernetes/list.ts'
import { readNamespace, readNode } from '../../parse/kubernetes/node.ts'
import { readContainerPorts, readContainers, readPod } from '../../parse/kubernetes/pod.ts'
import { readService, readServicePorts } from '../../parse/kubernetes/service.ts'
import { readTraefikRoutes } from '../../parse/kubernetes/traefik.ts'
import { readDaemonSet, readIngress } from '../../parse/kubernetes/workload.ts'
import type { FactTables } from '../facts.ts'

type Identity = { namespace: string; name: string }
type Reader = (item: Json, identity: Identity) => object | object[]

/** Each kind of list, the scope its rows are kept in, and what each table reads from an object. */
const KINDS: {
  readonly [kind in ItemKind]?: { scope: string; object: string; tables: { readonly [table: string]: Reader } }
} = {
  nodes: { scope: 'nodes', object: 'Node', tables: { _node: readNode } },
  namespaces: { scope: 'namespaces', object: 'Namespace', tables: { _namespace: readNamespace } },
  services: {
    scope: 'services',
    object: 'Service',
    tables: { _service: readService, _service_port: (item, who) => readServicePorts(item, who).map(withChainHash) }
  },
  endpoints: {
    scope: 'endpoints',
    object: 'Endpoints',
    tables: { _endpoint: (item, who) => readEndpoints(item, who).map(withChain) }
  },
  endpointslices: {
    scope: 'endpointslices',
    object: 'EndpointSlice',
    tables: { _endpoint: (item, who) => readEndpointSlice(item, who).map(withChain) }
  },
  'endpointslices-after': {
    scope: 'endpointslices',
    object: 'EndpointSlice',
    tables: { _endpoint: (item, who) => readEndpointSlice(item, who).map(withChain) }
  },
  pods: {
    scope: 'pods',
    object: 'Pod',
    tables: { _pod: readPod, _container: readContainers, _container_port: readContainerPorts }
  },
  daemonsets: { scope: 'daemonsets', object: 'DaemonSet', tables: { _daemonset: readDaemonSet } },
  ingresses: { scope: 'ingresses', object: 'Ingress', tables: { _ingress: readIngress } },
  ingressroutes: { scope: 'ingressroutes', object: 'IngressRoute', tables: { _traefik_route: readTraefikRoutes } }
}

export interface ObjectFacts {
  readonly scope: string
  readonly tables: FactTables
  readonly problems: readonly ObjectProblem[]
}

/** Throws where the JSON is no list of objects. */
export function objectFacts(kind: ItemKind, json: string): ObjectFacts {
  const { scope, object, tables } = KINDS[kind]!
  const rule = Object.entries(KIND_RULES).find(([, { kind }]) => kind === object)?.[1]
  // What snap collected is reduced already; what somebody else packed as a snapshot may not be.
  const items = readList(json).map((item) => (rule === undefined ? item : (rule.reduce(item) as Json)))
  const read = Object.entries(tables).map(([table, reader]) => ({ table, ...readItems(items, object, reader) }))
  return {
    scope,
    tables: Object.fromEntries(read.map(({ table, rows }) => [table, rows.flat()])),
    // Every table meets the same nameless objects; one report of each is enough.
    problems: read[0]!.problems
  }
}

export function withChainHash(
  port: ServicePortFact
): ServicePortFact & { chainHash: string | null; chainHashBefore119: string | null } {
  if (port.portName === null) return { ...port, chainHash: null, chainHashBefore119: null }
  const hash = (before: boolean) =>
    servicePortHash(servicePortName(port.namespace, port.service, port.portName!, before), port.protocol)
  return { ...port, chainHash: hash(false), chainHashBefore119: port.portName === '' ? hash(true) : null }
}

export function withChain(
  endpoint: EndpointFact
): EndpointFact & { chain: string | null; chainBefore119: string | null } {
  const { portName, protocol, port } = endpoint
  if (portName === null || protocol === null || port === null) return { ...endpoint, chain: null, chainBefore119: null }
  const chain = (before: boolean) =>
    endpointChain(
      servicePortName(endpoint.namespace, endpoint.service, portName, before),
      protocol,
      endpoint.address,
      port
    )
  return { ...endpoint, chain: chain(false), chainBefore119: portName === '' ? chain(true) : null }
}
