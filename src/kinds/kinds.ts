import { daemonsets } from './api/daemonset.ts'
import { endpoints } from './api/endpoints.ts'
import { endpointslices } from './api/endpointslice.ts'
import { gateways } from './api/gateway.ts'
import { gatewayclasses } from './api/gateway-class.ts'
import { grpcroutes, httproutes, tcproutes, tlsroutes, udproutes } from './api/gateway-route.ts'
import { ingresses } from './api/ingress.ts'
import { ingressroutes } from './api/ingressroute.ts'
import { namespaces } from './api/namespace.ts'
import { networkpolicies } from './api/network-policy.ts'
import { nodes } from './api/node.ts'
import { pods } from './api/pod.ts'
import { referencegrants } from './api/reference-grant.ts'
import { services } from './api/service.ts'
import type { ApiKind, HostKind } from './kind.ts'
import { addresses } from './node/address.ts'
import { connections } from './node/connection.ts'
import { ipsets } from './node/ipset.ts'
import { listeners } from './node/listener.ts'
import { nftTables } from './node/nft-table.ts'
import { routes } from './node/route.ts'
import { rules } from './node/rule.ts'
import { sysctls } from './node/sysctl.ts'
import { versions } from './node/version.ts'

/** The kinds of objects, in the order in which they are told. */
const API = {
  services,
  endpoints,
  endpointslices,
  pods,
  nodes,
  daemonsets,
  ingresses,
  ingressroutes,
  gatewayclasses,
  gateways,
  httproutes,
  grpcroutes,
  tlsroutes,
  tcproutes,
  udproutes,
  referencegrants,
  networkpolicies,
  namespaces
} as const satisfies { readonly [plural: string]: ApiKind }

/** What nodes and pods tell of their own network, in the order in which it is told. */
const HOST = {
  rules,
  listeners,
  addresses,
  routes,
  sysctls,
  versions,
  ipsets,
  'nft-tables': nftTables,
  connections
} as const satisfies { readonly [subject: string]: HostKind }

export type ApiName = keyof typeof API
export type HostName = keyof typeof HOST

/** A kind of object, as a diff names those that changed. */
export type ApiSection = (typeof API)[ApiName]['singular']

/** The tables that a kind's rows stand in. */
export type ApiTable<Name extends ApiName> = (typeof API)[Name]['tables'][number]['name']

export const API_KINDS: Readonly<Record<ApiName, ApiKind>> = API
export const HOST_KINDS: Readonly<Record<HostName, HostKind>> = HOST

export const API_NAMES = Object.keys(API) as readonly ApiName[]
/** As they are collected: what is in namespaces after the namespaces. */
export const LIST_ORDER = API_NAMES.toSorted((a, b) => Number(API[a].isNamespaced) - Number(API[b].isNamespaced))

export const HOST_NAMES = Object.keys(HOST) as readonly HostName[]

/** How `Service`, `IngressRoute`, … are written in an object of the kind. */
export function objectKinds(name: ApiName): string[] {
  return [...new Set(API_KINDS[name].lists.map(({ kind }) => kind))]
}

/** What a program printed on a node or in a pod. */
export type HostItem = (typeof HOST)[HostName]['items'][number] | 'nft-tables'
