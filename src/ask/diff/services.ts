import type { Change } from './change.ts'
import type { Destinations } from './destinations.ts'
import { type EndpointSides, endpointsKnown, endpointsOf } from './endpoints.ts'
import { agreement, expectationOf, sameExpectation } from './expectation.ts'
import type { FactReader } from './fact-rows.ts'
import type { RuleComparison } from './node-rules.ts'
import type { OwnedRules } from './owned-rules.ts'
import type { RuleDelta } from './rule-delta.ts'
import type { ServiceIndex, ServicePort } from './service-index.ts'
import {
  destinationChanges,
  frontendChanges,
  grouped,
  type NodeChange,
  rulesChange,
  unmovedOf
} from './service-rules.ts'
import { covers, type Side } from './side.ts'
import { nodesWithoutProxy } from './without-proxy.ts'

/** Fields that no rule depends on. */
const WITHOUT_RULES = new Set([
  'labels',
  'annotations',
  'uid',
  'selector',
  'load_balancer_class',
  'load_balancer_hostnames'
])

/** The rules that differ, by the Service they are for. */
export type OwnedServiceRules = Pick<OwnedRules, 'sides' | 'services' | 'of'>

/** What the nodes' rules say anew about each Service, and whether they did so with the objects or without them. */
export class ServiceRules {
  private readonly destinations: Destinations
  private readonly endpoints: EndpointSides
  private readonly areObjectsKnown: (namespace: string) => boolean
  private readonly touched: ReadonlySet<string>
  private readonly comparisons: readonly RuleComparison[]
  private readonly owned: OwnedServiceRules
  /** By family the nodes whose rules of one of the two snapshots do not tell where packets go. */
  private readonly unproxied: ReadonlyMap<string, ReadonlySet<string>>
  private readonly sides: { readonly before: ServiceIndex; readonly after: ServiceIndex }

  constructor(
    { facts, destinations }: { facts: FactReader; destinations: Destinations },
    before: Side,
    after: Side,
    objects: readonly Change[],
    comparisons: readonly RuleComparison[],
    owned: OwnedServiceRules
  ) {
    this.destinations = destinations
    this.comparisons = comparisons.filter(({ node }) => node !== null)
    this.owned = owned
    this.sides = owned.sides
    this.unproxied = new Map(
      ['ipv4', 'ipv6'].map((family) => [
        family,
        new Set([before, after].flatMap((side) => [...nodesWithoutProxy(destinations, side, family)]))
      ])
    )
    this.touched = new Set(objects.filter(isForRules).map(({ object }) => object))
    this.endpoints = endpointsOf(facts, before, after, this.touched)
    this.areObjectsKnown = (namespace) =>
      covers(before, 'services', namespace) &&
      covers(after, 'services', namespace) &&
      endpointsKnown(before, after, namespace)
  }

  changes(): Change[] {
    const names = new Set([...this.touched, ...this.owned.services()])
    return [...names].sort().flatMap((service) => this.changesOf(service))
  }

  private changesOf(service: string): Change[] {
    const changes = this.comparisons.flatMap((comparison) => this.onNode(service, comparison))
    const compared = new Map<string, number>()
    for (const family of ['ipv4', 'ipv6']) {
      compared.set(
        family,
        new Set(this.comparisons.filter((each) => each.family === family).map(({ node }) => node)).size
      )
    }
    return grouped({ section: 'service', namespace: namespaceOf(service), object: service }, changes, compared).map(
      (change) => this.withUnmoved(service, change)
    )
  }

  private withUnmoved(service: string, change: Change): Change {
    if (change.aspect !== 'destinations' || change.nodes.length === change.of) return change
    const unmoved = unmovedOf(this.destinations, change, this.comparisons, this.portsOf(service))
    return unmoved.before.length + unmoved.after.length > 0 ? { ...change, unmoved } : change
  }

  private onNode(service: string, comparison: RuleComparison): NodeChange[] {
    const deltas = this.owned.of(comparison, service)
    const { node, family } = comparison
    if (deltas.length === 0) return this.touched.has(service) ? this.notFollowed(service, comparison) : []
    const cause = this.touched.has(service)
      ? 'with-objects'
      : this.areObjectsKnown(namespaceOf(service))
        ? 'alone'
        : 'unexplained'
    const rules = rulesChange(node!, family, cause, deltas)
    return [
      // What a dump that was cut makes of packets to a frontend is not known.
      ...(isWhole(comparison) ? frontendChanges(this.destinations, comparison, deltas) : []),
      ...(this.unproxied.get(family)?.has(node!)
        ? []
        : destinationChanges(this.destinations, comparison, this.ports(service, deltas))),
      rules
    ]
  }

  private ports(service: string, deltas: readonly RuleDelta[]): ServicePort[] {
    // A dispatch rule alone changes no choice of endpoints.
    return deltas.some(({ kind }) => CHOOSING.has(kind)) ? this.portsOf(service) : []
  }

  private portsOf(service: string): ServicePort[] {
    const ports = new Map<string, ServicePort>()
    for (const port of [this.sides.before, this.sides.after].flatMap((side) => side.ports.get(service) ?? [])) {
      if (port.hash === null) continue
      // The chain's name holds the port's name, not its number: where the number changed, the name alone tells it.
      const known = ports.get(port.hash)
      ports.set(port.hash, known && known.label !== port.label ? { ...port, label: port.portName || 'its port' } : port)
    }
    return [...ports.values()]
  }

  /** The node has kube-proxy's chains, its rules for the Service are the same, and the objects want others. */
  private notFollowed(service: string, comparison: RuleComparison): NodeChange[] {
    const { node, family, before, after } = comparison
    if (!this.areObjectsKnown(namespaceOf(service)) || !isWhole(comparison)) return []
    const { before: was, after: is } = this.sides
    const old = expectationOf(was, service, this.endpoints.before.get(service), family)
    const now = expectationOf(is, service, this.endpoints.after.get(service), family)
    if (!old || !now || sameExpectation(old, now) || !this.destinations.hasDispatch(after.versions)) return []
    const agrees = agreement(this.destinations, service, {
      before: { expected: old, index: was, part: before },
      after: { expected: now, index: is, part: after }
    })
    return [{ node: node!, family, aspect: 'rules', name: 'not-followed', ...agrees }]
  }
}

function namespaceOf(service: string): string {
  return service.split('/')[0]!
}

function isWhole({ before, after }: RuleComparison): boolean {
  return before.status === 'complete' && after.status === 'complete'
}

const CHOOSING = new Set(['service', 'endpoint', 'local', 'external-local'])

function isForRules({ section, aspect, name }: Change): boolean {
  return section === 'service' && !(aspect === 'field' && WITHOUT_RULES.has(name))
}
