import type { Store } from '../../store/open.ts'
import type { StoredRule } from './chain-rules.ts'
import type { RuleDelta } from './rule-delta.ts'
import { frontendKey, type ServiceIndex, type ServicePort } from './service-index.ts'
import { type Side, versionsOf } from './side.ts'

/** Whose rule it is: a Service's, a pod's (its host ports), or nobody's that the snapshot knows. */
export type RuleOwner = { readonly service: ServicePort } | { readonly pod: string } | null

/** Kinds of chains whose hash is that of a Service's port. */
const PORT_KINDS = new Set(['service', 'firewall', 'external', 'local', 'external-local'])

const PORT_CHAIN = /^KUBE-(?:SVC|FW|EXT|SVL|XLB)-(\w+)$/

/** Ties rules of one side to what they are for: by the hashes in chains' names and by addresses, never by comments. */
export class Owners {
  private readonly index: ServiceIndex
  private readonly endpointChains: Map<string, ServicePort>
  private readonly pods: Map<string, string>
  private readonly hostPortChains = new Map<string, string>()

  constructor(store: Store, side: Side, index: ServiceIndex, deltas: readonly RuleDelta[]) {
    this.index = index
    this.endpointChains = endpointChains(store, side, index, deltas)
    this.pods = podsByAddress(store, side, deltas)
    for (const { kind, chain, rule } of deltas) {
      const pod = kind === 'hostport' && rule?.toDestination ? this.pods.get(hostOf(rule.toDestination)) : undefined
      if (pod !== undefined) this.hostPortChains.set(chain, pod)
    }
  }

  of(delta: RuleDelta): RuleOwner {
    const { kind, hash, chain, rule } = delta
    const pod = this.hostPortChains.get(chain) ?? this.hostPortChains.get(rule?.target ?? '')
    if (pod !== undefined) return { pod }
    const service =
      (hash !== null && PORT_KINDS.has(kind) ? this.index.byHash.get(hash) : undefined) ??
      this.endpointChains.get(chain) ??
      this.byTarget(rule?.target) ??
      this.byFrontend(delta)
    return service ? { service } : null
  }

  private byTarget(target: string | null | undefined): ServicePort | undefined {
    const hash = PORT_CHAIN.exec(target ?? '')?.[1]
    return hash === undefined ? undefined : this.index.byHash.get(hash)
  }

  private byFrontend({ kind, rule }: RuleDelta): ServicePort | undefined {
    const frontend = rule && frontendOf(kind, rule)
    return frontend === undefined ? undefined : this.index.byFrontend.get(frontend)
  }
}

/** The frontend a rule of a dispatch chain is for; undefined for other rules. */
export function frontendOf(
  kind: string,
  { protocol, destination, destinationPorts }: Pick<StoredRule, 'protocol' | 'destination' | 'destinationPorts'>
): string | undefined {
  if (!DISPATCHING.has(kind) || !protocol || !/^\d+$/.test(destinationPorts ?? '')) return undefined
  const address = destination ? /^([^!/]+)\/(?:32|128)$/.exec(destination)?.[1] : '*'
  return address === undefined ? undefined : frontendKey(protocol, destinationPorts!, address)
}

export const DISPATCHING: ReadonlySet<string> = new Set([
  'services',
  'external-services',
  'node-ports',
  'proxy-firewall'
])

function endpointChains(
  store: Store,
  side: Side,
  index: ServiceIndex,
  deltas: readonly RuleDelta[]
): Map<string, ServicePort> {
  const chains = new Set(deltas.filter(({ kind }) => kind === 'endpoint').map(({ chain }) => chain))
  const found = new Map<string, ServicePort>()
  if (chains.size === 0) return found
  // A chain that no endpoint object explains is told by the Service's chain that goes to it.
  for (const { hash, kind, rule } of deltas) {
    const port = hash !== null && PORT_KINDS.has(kind) ? index.byHash.get(hash) : undefined
    if (port && rule?.target && chains.has(rule.target)) found.set(rule.target, port)
  }
  const select =
    store.prepare(`SELECT namespace, service, port_name AS portName, chain, chain_before119 AS old FROM _endpoint
    WHERE collection = @collection AND until > @seq AND since <= @seq AND (chain IN (SELECT value FROM json_each(@chains)) OR chain_before119 IN (SELECT value FROM json_each(@chains)))`)
  for (const version of [...versionsOf(side, 'endpoints'), ...versionsOf(side, 'endpointslices')]) {
    const rows = select.all({ ...version, chains: JSON.stringify([...chains]) }) as {
      namespace: string
      service: string
      portName: string
      chain: string
      old: string | null
    }[]
    for (const { namespace, service, portName, chain, old } of rows) {
      const port = index.ports.get(`${namespace}/${service}`)?.find((each) => each.portName === portName)
      for (const name of [chain, old]) if (name && port) found.set(name, port)
    }
  }
  return found
}

function podsByAddress(store: Store, side: Side, deltas: readonly RuleDelta[]): Map<string, string> {
  const addresses = deltas.flatMap(({ kind, rule }) =>
    kind === 'hostport' && rule?.toDestination ? [hostOf(rule.toDestination)] : []
  )
  if (addresses.length === 0) return new Map()
  const select =
    store.prepare(`SELECT ip, namespace || '/' || pod AS pod FROM _pod WHERE collection = @collection AND until > @seq AND since <= @seq
    AND NOT coalesce(host_network, 0) AND ip IN (SELECT value FROM json_each(@addresses))`)
  const rows = versionsOf(side, 'pods').flatMap(
    (version) => select.all({ ...version, addresses: JSON.stringify(addresses) }) as { ip: string; pod: string }[]
  )
  return new Map(rows.map(({ ip, pod }) => [ip, pod]))
}

/** `10.42.0.7` of `10.42.0.7:8080`, `fd00::7` of `[fd00::7]:8080`. */
function hostOf(destination: string): string {
  return destination.replace(/:\d+(-\d+)?$/, '').replace(/^\[(.*)\]$/, '$1')
}
