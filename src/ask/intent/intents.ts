import { isIPv6 } from 'node:net'
import { type Behaviour, behavioursOf } from '../../model/intent/behaviour.ts'
import type { IntendedEndpoint, Place } from '../../model/intent/endpoints.ts'
import {
  type FrontendKind,
  type Intended,
  type IntendedService,
  intentOf,
  type ProxySettings,
  type Sender,
  undecided
} from '../../model/intent/intent.ts'
import { inNetwork, parseAddress, parseNetwork } from '../../model/packet/address.ts'
import type { Family } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import type { Frontend } from '../flows/frontend.ts'
import { type Senders, sendersAt } from '../flows/sender.ts'
import type { Cluster } from '../trace/cluster.ts'
import type { KnownProxy, Proxies } from './proxy.ts'
import { type Endpoints, endpointsBefore, isListed, type ListedService, listedServices } from './services.ts'

export const SENDERS: readonly Sender[] = ['pod', 'node', 'outside']

/** A node as kube-proxy chooses for it. */
export interface IntentNode {
  readonly place: Place
  readonly family: Family
  readonly proxy: KnownProxy
  readonly behaviours: readonly Behaviour[]
  readonly senders: Senders
  /** Where its node ports are asked for. */
  readonly address: string | undefined
  readonly own: ReadonlySet<string>
  /** Equal for nodes that are meant to treat alike all frontends but those of `isOwn`. */
  readonly likeness: string
}

/** What kube-proxy is meant to do, computed from the API's objects. The store is scoped to the snapshot. */
export class Intents {
  readonly services: ReadonlyMap<string, ListedService>
  readonly endpoints: Endpoints
  private readonly cluster: Cluster
  private readonly proxies: Proxies
  private readonly zones: ReadonlyMap<string, string>
  private readonly twice: ReadonlySet<string>
  private readonly nodes: ReadonlySet<string>
  /** Why nothing can be told of any Service; undefined where it can. */
  private readonly blind: string | undefined
  private readonly fromSlices: boolean

  constructor(store: Store, cluster: Cluster, proxies: Proxies, frontends: readonly Frontend[]) {
    this.cluster = cluster
    this.proxies = proxies
    this.services = listedServices(store)
    this.endpoints = endpointsBefore(store)
    this.fromSlices = isListed(store, 'endpointslices')
    this.blind = isWhole(store, this.fromSlices) ? undefined : 'the endpoints were not listed whole'
    this.zones = new Map(
      store
        .prepare(
          `SELECT node, labels ->> '$."topology.kubernetes.io/zone"' FROM nodes WHERE labels LIKE '%topology.kubernetes.io/zone%'`
        )
        .raw()
        .all() as [string, string][]
    )
    this.twice = doubled(frontends)
    this.nodes = new Set(cluster.nodes())
  }

  node(name: string, family: Family): IntentNode {
    const proxy = this.proxies.of(name, family)
    const own = this.cluster.nodeHost(name, family, [], new Map()).host.addresses.map((each) => each.address)
    const address = this.cluster.listedAddresses(name).find((each) => isIPv6(each) === (family === 6))
    const senders = sendersAt(this.cluster, name, family, address === undefined ? [] : [address])
    const behaviours = behavioursOf(proxy.versions)
    const place = { node: name, zone: this.zones.get(name) }
    const likeness = JSON.stringify([
      family,
      behaviours,
      proxy.settings,
      SENDERS.map((sender) => within(senders[sender], proxy.settings)),
      proxy.nodePortAddresses === 'all' || proxy.nodePortAddresses
    ])
    return { place, family, proxy, behaviours, senders, address, own: new Set(own), likeness }
  }

  /** Whether what is meant with a frontend depends on the node. */
  isOwn({ namespace, service, portName, protocol, kind }: Frontend, family: Family): boolean {
    const listed = this.services.get(`${namespace}/${service}`)
    if (!listed) return false
    const endpoints = this.endpoints.of({ namespace, service, portName, protocol }, family)
    return (
      listed.externalLocal ||
      listed.internalLocal ||
      (kind === 'load-balancer-ip' && listed.sourceRanges.length > 0) ||
      endpoints.some(({ hintZones, hintNodes }) => hintZones.length > 0 || hintNodes.length > 0)
    )
  }

  /** Everything that may be meant, as far as is known; one that is certain is alone. */
  of(node: IntentNode, frontend: Frontend, sender: Sender, endpoints = this.endpoints): readonly Intended[] {
    const { family } = node
    const { namespace, service, kind, address } = frontend
    const listed = this.services.get(`${namespace}/${service}`)
    const why = this.blind ?? listed?.undecided ?? (listed && this.doubt(frontend, family))
    if (!listed || why !== undefined) return [undecided(why ?? 'the Service is not listed')]
    const asked = address || node.address
    if (asked === undefined) return [undecided('no address of the node is listed')]
    if (
      kind === 'node-port' &&
      node.proxy.nodePortAddresses !== 'all' &&
      !node.proxy.nodePortAddresses.includes(asked)
    ) {
      return [undecided('kube-proxy serves node ports at other addresses of the node only')]
    }
    const own = endpoints.of(frontend, family)
    const question = {
      service: ofFamily(listed, family),
      endpoints: own,
      kind: kind as FrontendKind,
      sender,
      source: node.senders[sender],
      place: node.place,
      settings: node.proxy.settings
    }
    const behaviours = kind === 'cluster-ip' && isPlain(listed, own) ? node.behaviours.slice(0, 1) : node.behaviours
    return distinct(behaviours.map((behaviour) => intentOf(question, behaviour)))
  }

  /** What keeps the objects from telling what is meant with a frontend. */
  private doubt(frontend: Frontend, family: Family): string | undefined {
    if (this.twice.has(identity(frontend))) return 'another Service has the same address and port'
    if (this.endpoints.isDoubtful(frontend, family))
      return 'Endpoints objects do not tell whether kube-proxy uses an endpoint that is not ready'
    const { externalLocal, internalLocal } = this.services.get(`${frontend.namespace}/${frontend.service}`)!
    const strange =
      (externalLocal || internalLocal) &&
      this.endpoints.of(frontend, family).some(({ node }) => node !== null && node !== '' && !this.nodes.has(node))
    if (strange) return 'an endpoint names a node that is not listed'
    const ready = (endpoints: readonly IntendedEndpoint[]): boolean => endpoints.some((endpoint) => endpoint.ready)
    const listed = this.endpoints.of(frontend, family)
    return this.fromSlices || listed.length === 0 || ready(listed)
      ? undefined
      : 'Endpoints objects do not tell which endpoints still serve'
  }
}

/** Endpoints objects do where no slice at all was listed. */
function isWhole(store: Store, fromSlices: boolean): boolean {
  return (
    fromSlices ||
    (isListed(store, 'endpoints') &&
      store.prepare("SELECT 1 FROM coverage WHERE subject = 'endpointslices' AND status <> 'failed'").get() ===
        undefined)
  )
}

function within(source: string | undefined, { podNetwork }: ProxySettings): boolean | undefined {
  const [address, network] = [source === undefined ? undefined : parseAddress(source), parseNetwork(podNetwork)]
  return address && network ? inNetwork(address, network) : undefined
}

/** Every version of kube-proxy treats its cluster IP alike. */
function isPlain({ internalLocal }: ListedService, endpoints: readonly IntendedEndpoint[]): boolean {
  return (
    !internalLocal &&
    endpoints.length > 0 &&
    endpoints.every(({ ready, hintZones, hintNodes }) => ready && hintZones.length === 0 && hintNodes.length === 0)
  )
}

function ofFamily(listed: ListedService, family: Family): IntendedService {
  const ranges = listed.sourceRanges.filter((range) => range.includes(':') === (family === 6))
  return { ...listed, sourceRanges: ranges.length === 0 && listed.sourceRanges.length > 0 ? undefined : ranges }
}

function distinct(intents: readonly Intended[]): Intended[] {
  if (intents.length === 1) return [...intents]
  return [...new Map(intents.map((intent) => [JSON.stringify({ ...intent, why: '' }), intent])).values()]
}

function identity({ address, port, protocol }: Frontend): string {
  return `${address} ${port} ${protocol}`
}

function doubled(frontends: readonly Frontend[]): Set<string> {
  const owners = new Map<string, string>()
  const twice = new Set<string>()
  for (const frontend of frontends) {
    const owner = `${frontend.namespace}/${frontend.service}:${frontend.portName}`
    if ((owners.get(identity(frontend)) ?? owner) !== owner) twice.add(identity(frontend))
    owners.set(identity(frontend), owner)
  }
  return twice
}
