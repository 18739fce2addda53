import { endpointChain, servicePortHash, servicePortName } from '../../model/chain-names.ts'
import type { Dump } from '../../parse/iptables/rule.ts'
import type { PastedText } from '../../parse/text/pasted.ts'

/**
 * kubectl's tables do not print port names; rules' comments do, and a chain's name proves one: the hash of
 * namespace/service:port is in it. A name from a comment counts only when the hash comes out.
 */
export function namePorts(pasted: PastedText, dumps: readonly Dump[]): void {
  const proven = byService(provenNames(dumps))
  for (const port of pasted.servicePorts) {
    if (port.portName !== null) continue
    const found = proven
      .get(`${port.namespace}/${port.service}`)
      ?.find((name) => name.protocol === port.protocol && name.port === port.port)
    if (found) port.portName = found.portName
  }
  const chains = new Set(
    dumps.flatMap((dump) => dump.tables.flatMap((table) => [...table.chains.keys(), ...targets(table.chains.values())]))
  )
  for (const endpoint of pasted.endpoints) {
    if (endpoint.portName !== null || endpoint.port === null) continue
    const found = proven
      .get(`${endpoint.namespace}/${endpoint.service}`)
      ?.find(({ namespace, service, portName, protocol }) =>
        chains.has(
          endpointChain(servicePortName(namespace, service, portName), protocol, endpoint.address, endpoint.port!)
        )
      )
    if (!found) continue
    endpoint.portName = found.portName
    endpoint.protocol = found.protocol
  }
}

function byService(names: readonly ProvenName[]): ReadonlyMap<string, readonly ProvenName[]> {
  const groups = new Map<string, ProvenName[]>()
  for (const name of names) {
    const service = `${name.namespace}/${name.service}`
    const group = groups.get(service)
    if (group) group.push(name)
    else groups.set(service, [name])
  }
  return groups
}

interface ProvenName {
  readonly namespace: string
  readonly service: string
  readonly portName: string
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly port: number
}

/** The parts of a rule that leads to a Service's chain. */
const [HASH, PROTOCOL, COMMENT, PORT] = [
  / -j KUBE-(?:SVC|FW|EXT|XLB|SVL)-(\w{16})$/,
  /-p (tcp|udp|sctp) /,
  /--comment "([^/\s"]+)\/([^:\s"]+)(?::([^\s"]+))? [^"]*"/,
  /--dport (\d+) /
] as const

function provenNames(dumps: readonly Dump[]): ProvenName[] {
  const names = new Map<string, ProvenName>()
  for (const chain of dumps.flatMap((dump) => dump.tables.flatMap((table) => [...table.chains.values()]))) {
    for (const { text } of chain.rules) {
      const [hash, protocol, port] = [HASH, PROTOCOL, PORT].map((pattern) => pattern.exec(text)?.[1])
      const [, namespace, service, portName = ''] = COMMENT.exec(text) ?? []
      if (!hash || !protocol || !port || !service) continue
      if (servicePortHash(servicePortName(namespace!, service, portName), protocol) !== hash) continue
      names.set(`${hash} ${port}`, {
        namespace: namespace!,
        service,
        portName,
        protocol: protocol.toUpperCase() as ProvenName['protocol'],
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
