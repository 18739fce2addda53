import type { Value } from './change.ts'
import type { Destinations } from './destinations.ts'
import type { FactRow } from './fact-rows.ts'
import type { ServiceIndex } from './service-index.ts'
import type { Part } from './side.ts'

/** What the objects of one snapshot would have kube-proxy write for one Service and family. */
export interface Expectation {
  /** `http 10.42.0.7:80`: ready ones, or those that still serve where none is ready */
  readonly endpoints: readonly string[]
  readonly frontends: readonly string[]
  /** The fields that show in rules besides. */
  readonly fields: string
}

const FIELDS = [
  'type',
  'cluster_ip',
  'session_affinity',
  'session_affinity_timeout',
  'external_traffic_policy',
  'internal_traffic_policy',
  'load_balancer_source_ranges',
  'health_check_node_port'
]

/** undefined where rules need not follow the objects: headless and ExternalName Services, and choices by zone or node. */
export function expectationOf(
  index: ServiceIndex,
  service: string,
  endpoints: readonly FactRow[] = [],
  family: string
): Expectation | undefined {
  const row = index.services.get(service)
  if (!row) return { endpoints: [], frontends: [], fields: '' }
  if (
    row.cluster_ip === 'None' ||
    row.type === 'ExternalName' ||
    row.internal_traffic_policy === 'Local' ||
    row.traffic_distribution
  )
    return undefined
  if (
    endpoints.some(({ hint_zones: zones, hint_nodes: nodes }) => [zones, nodes].some((list) => list && list !== '[]'))
  )
    return undefined
  return {
    endpoints: usable(endpoints.filter(({ address }) => String(address).includes(':') === (family === 'ipv6'))),
    frontends: index.frontendsOf(service, family).sort(),
    fields: JSON.stringify(FIELDS.map((field) => row[field]))
  }
}

function usable(endpoints: readonly FactRow[]): string[] {
  const ready = endpoints.filter((row) => row.ready)
  const chosen = ready.length > 0 ? ready : endpoints.filter((row) => row.serving && row.terminating)
  const names = chosen.map(
    ({ port_name: name, address, port }) =>
      `${name ?? ''} ${String(address).includes(':') ? `[${address}]` : address}:${port}`
  )
  return [...new Set(names)].sort()
}

export function sameExpectation(before: Expectation, after: Expectation): boolean {
  return JSON.stringify(before) === JSON.stringify(after)
}

/** Whether a node's rules are what each snapshot's objects want, looking only at what the two snapshots want differently. */
export function agreement(
  destinations: Destinations,
  service: string,
  sides: { readonly before: AgreementSide; readonly after: AgreementSide }
): { before: Value; after: Value } {
  const { before, after } = sides
  const byEndpoints = String(before.expected.endpoints) !== String(after.expected.endpoints)
  const byFrontends = String(before.expected.frontends) !== String(after.expected.frontends)
  if (!byEndpoints && !byFrontends) return { before: null, after: null }
  const frontends = [...new Set([...before.expected.frontends, ...after.expected.frontends])].sort()
  const agrees = (side: AgreementSide): Value => {
    const endpoints =
      !byEndpoints || String(programmed(destinations, service, side)) === String(side.expected.endpoints)
    const there =
      !byFrontends ||
      String(frontends.filter((frontend) => destinations.frontend(side.part.versions, frontend).length > 0)) ===
        String(side.expected.frontends)
    return endpoints && there ? 'agree' : 'differ'
  }
  return { before: agrees(before), after: agrees(after) }
}

export interface AgreementSide {
  readonly expected: Expectation
  readonly index: ServiceIndex
  readonly part: Part
}

function programmed(destinations: Destinations, service: string, { index, part }: AgreementSide): string[] {
  const names = (index.ports.get(service) ?? []).flatMap(({ hash, portName }) =>
    (destinations.of(part.versions, `KUBE-SVC-${hash}`) ?? []).map(({ destination }) => `${portName} ${destination}`)
  )
  return [...new Set(names)].sort()
}
