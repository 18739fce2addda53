import type { ApiName, ApiTable } from '../../kinds/kinds.ts'
import { readEndpointSlice, readEndpoints } from './endpoints.ts'
import {
  readGateway,
  readGatewayClass,
  readGatewayListeners,
  readGatewayRoutes,
  readReferenceGrants
} from './gateway.ts'
import type { Json } from './json.ts'
import { readNetworkPolicy, readNetworkPolicyRules } from './network-policy.ts'
import { readNamespace, readNode } from './node.ts'
import { readContainerPorts, readContainers, readPod } from './pod.ts'
import { readService, readServicePorts } from './service.ts'
import { readTraefikRoutes } from './traefik.ts'
import { readDaemonSet, readIngress } from './workload.ts'

/** The rows of one table that an object makes. */
export type Reader = (item: Json, identity: { namespace: string; name: string }) => object | object[]

/** What reads each kind of object, for each of its tables. */
export const READERS: { readonly [Name in ApiName]: { readonly [Table in ApiTable<Name>]: Reader } } = {
  services: { _service: readService, _service_port: readServicePorts },
  endpoints: { _endpoint: readEndpoints },
  endpointslices: { _endpoint: readEndpointSlice },
  pods: { _pod: readPod, _container: readContainers, _container_port: readContainerPorts },
  nodes: { _node: readNode },
  daemonsets: { _daemonset: readDaemonSet },
  ingresses: { _ingress: readIngress },
  ingressroutes: { _traefik_route: readTraefikRoutes },
  gatewayclasses: { _gateway_class: readGatewayClass },
  gateways: { _gateway: readGateway, _gateway_listener: readGatewayListeners },
  httproutes: { _gateway_route: readGatewayRoutes },
  grpcroutes: { _gateway_route: readGatewayRoutes },
  tlsroutes: { _gateway_route: readGatewayRoutes },
  tcproutes: { _gateway_route: readGatewayRoutes },
  udproutes: { _gateway_route: readGatewayRoutes },
  referencegrants: { _reference_grant: readReferenceGrants },
  networkpolicies: { _network_policy: readNetworkPolicy, _network_policy_rule: readNetworkPolicyRules },
  namespaces: { _namespace: readNamespace }
}
