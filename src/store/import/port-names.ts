import { endpointChain, servicePortHash, servicePortName } from '../../model/chain-names.ts'
import type { Dump } from '../../parse/iptables/rule.ts'
import type { PastedText } from '../../parse/text/pasted.ts'

/**
 * kubectl's tables do not print port names; rules' comments do, and a chain's name proves one: the hash of
 * namespace/service:port is in it. A name from a comment counts only when the hash comes out.
 */
export function namePorts(pasted: PastedText, dumps: readonly Dump[]): void {
  const proven = provenNames(dumps)
  for (const port of pasted.servicePorts) {
    if (port.portName !== null) continue
    const found = proven.find(
      (name) =>
        name.namespace === port.namespace &&
        name.service === port.service &&
        name.protocol === port.protocol &&
        name.port === port.port
    )
    if (found) port.portName = found.portName
  }
  const chains = new Set(
    dumps.flatMap((dump) => dump.tables.flatMap((table) => [...table.chains.keys(), ...targets(table.chains.values())]))
  )
  for (const endpoint of pasted.endpoints) {
    if (endpoint.portName !== null || endpoint.port === null) continue
    const found = proven.find(
      ({ namespace, service, portName, protocol }) =>
        namespace === endpoint.namespace &&
        service === endpoint.service &&
        chains.has(
          endpointChain(servicePortName(namespace, service, portName), protocol, endpoint.address, endpoint.port!)
        )
    )
    if (!found) continue
    endpoint.portName = found.portName
    endpoint.protocol = found.protocol
  }
}

interface ProvenName {
  readonly namespace: string
  readonly service: string
  readonly portName: string
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly port: number
}

const SERVICE_RULE =
  /-p (tcp|udp|sctp) .*--comment "([^/\s"]+)\/([^:\s"]+)(?::([^\s"]+))? [^"]*".*--dport (\d+).* -j KUBE-(?:SVC|FW|EXT|XLB|SVL)-(\w{16})$/

function provenNames(dumps: readonly Dump[]): ProvenName[] {
  const names = new Map<string, ProvenName>()
  for (const chain of dumps.flatMap((dump) => dump.tables.flatMap((table) => [...table.chains.values()]))) {
    for (const { text } of chain.rules) {
      const match = SERVICE_RULE.exec(text)
      if (!match) continue
      const [, protocol, namespace, service, portName = '', port, hash] = match
      if (servicePortHash(servicePortName(namespace!, service!, portName), protocol!) !== hash) continue
      names.set(`${hash} ${port}`, {
        namespace: namespace!,
        service: service!,
        portName,
        protocol: protocol!.toUpperCase() as ProvenName['protocol'],
        port: Number(port)
      })
    }
  }
  return [...names.values()]
}

function* targets(chains: Iterable<{ readonly rules: readonly { readonly text: string }[] }>): Iterable<string> {
  for (const { rules } of chains) {
    for (const { text } of rules) {
      const target = /-j (KUBE-SEP-\w{16})$/.exec(text)?.[1]
      if (target) yield target
    }
  }
}
