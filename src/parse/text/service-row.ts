import { isIP } from 'node:net'
import type { EndpointFact, Protocol, ServiceFact, ServicePortFact } from '../facts.ts'
import { cellOrNull, labelsOrNull } from './cell.ts'

type Cells = Readonly<Record<string, string>>

/** Reads one row of `kubectl get services`; what the row has no column for is null. */
export function serviceFact(namespace: string, service: string, cells: Cells): ServiceFact {
  const clusterIp = cellOrNull(cells, 'CLUSTER-IP')
  return {
    namespace,
    service,
    uid: null,
    type: cellOrNull(cells, 'TYPE'),
    clusterIp,
    clusterIps: clusterIp === '' ? [] : null,
    ...external(cells),
    loadBalancerIpMode: null,
    loadBalancerClass: null,
    loadBalancerSourceRanges: null,
    externalTrafficPolicy: null,
    internalTrafficPolicy: null,
    trafficDistribution: null,
    sessionAffinity: null,
    sessionAffinityTimeout: null,
    publishNotReadyAddresses: null,
    healthCheckNodePort: null,
    ipFamilies: null,
    selector: labelsOrNull(cells, 'SELECTOR'),
    labels: labelsOrNull(cells, 'LABELS'),
    annotations: null,
    createdAt: null
  }
}

type External = Pick<ServiceFact, 'externalIps' | 'externalName' | 'loadBalancerIps' | 'loadBalancerHostnames'>

/**
 * EXTERNAL-IP is three things in one column (kubectl printers, getServiceExternalIP): spec.externalIPs of ClusterIP and
 * NodePort, spec.externalName of ExternalName, and of LoadBalancer status.loadBalancer.ingress, sorted, with
 * spec.externalIPs after it. The last two cannot be told apart: a LoadBalancer's addresses are taken for ingress
 * addresses, and whether it has externalIPs is not known. Without -o wide kubectl cuts after 13 characters (`...`).
 */
function external(cells: Cells): External {
  const shown = cellOrNull(cells, 'EXTERNAL-IP')
  const nothing = { externalIps: null, externalName: null, loadBalancerIps: null, loadBalancerHostnames: null }
  if (shown === null || shown.endsWith('...')) return nothing
  const list = shown === '' || shown === '<pending>' ? [] : shown.split(',')
  if (cells['TYPE'] === 'ExternalName') return { ...nothing, externalName: shown }
  if (cells['TYPE'] !== 'LoadBalancer') return { ...nothing, externalIps: list, externalName: '' }
  return {
    externalIps: list.length === 0 ? [] : null,
    externalName: '',
    loadBalancerIps: list.filter((entry) => isIP(entry) !== 0),
    loadBalancerHostnames: list.filter((entry) => isIP(entry) === 0)
  }
}

/** `80:31898/TCP,443/TCP` → one row a port; kubectl leaves out a node port that is 0, and names and target ports always. */
export function servicePortFacts(namespace: string, service: string, cells: Cells): ServicePortFact[] {
  const ports = cellOrNull(cells, 'PORT(S)')
  return (ports ? ports.split(',') : []).map((written) => {
    const [, port, nodePort = '0', protocol] = /^(\d+)(?::(\d+))?\/([A-Z]+)$/.exec(written)!
    return {
      namespace,
      service,
      portName: null,
      protocol: protocol as Protocol,
      port: Number(port),
      targetPort: null,
      nodePort: Number(nodePort)
    }
  })
}

/** What `kubectl get endpoints` shows of one object, and how many addresses it says it leaves out. */
export function endpointFacts(
  namespace: string,
  service: string,
  cells: Cells
): { endpoints: EndpointFact[]; left: number } {
  const [, list = '', left = '0'] = /^(.*?)(?: \+ (\d+) more\.\.\.)?$/.exec(cellOrNull(cells, 'ENDPOINTS') ?? '')!
  const endpoints =
    list === ''
      ? []
      : list.split(',').map((written) => {
          const { address, port } = addressAndPort(written)
          // kubectl lists ready addresses alone (printers, formatEndpoints).
          return {
            namespace,
            service,
            object: service,
            portName: null,
            protocol: null,
            address,
            port,
            ready: true,
            serving: null,
            terminating: null,
            node: null,
            zone: null,
            targetKind: null,
            targetNamespace: null,
            targetName: null,
            targetUid: null,
            hintZones: null,
            hintNodes: null
          }
        })
  return { endpoints, left: Number(left) }
}

/** `10.42.2.245:80`, `[fd00::1]:80`; an address alone where the object names no port. */
function addressAndPort(written: string): { address: string; port: number | null } {
  if (isIP(written) !== 0) return { address: written, port: null }
  const colon = written.lastIndexOf(':')
  return { address: written.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(written.slice(colon + 1)) }
}
