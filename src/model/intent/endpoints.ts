import type { Behaviour } from './behaviour.ts'

/** One endpoint of a Service port, as the EndpointSlices say. */
export interface IntendedEndpoint {
  /** `10.42.1.3:8080`, `[fd00::3]:8080` */
  readonly destination: string
  readonly node: string | null
  readonly ready: boolean
  /** Answers although it terminates. */
  readonly servingTerminating: boolean
  readonly hintZones: readonly string[]
  readonly hintNodes: readonly string[]
}

/** The node for which kube-proxy chooses. */
export interface Place {
  readonly node: string
  /** Label topology.kubernetes.io/zone; undefined without. */
  readonly zone: string | undefined
}

/** The endpoints for callers anywhere, and those for callers that are kept to their node (pkg/proxy/topology.go, CategorizeEndpoints). */
export interface Choice {
  readonly cluster: readonly string[]
  readonly local: readonly string[]
}

/** `annotation`: of service.kubernetes.io/topology-mode or -aware-hints; '' without. */
export function chooseEndpoints(
  endpoints: readonly IntendedEndpoint[],
  behaviour: Behaviour,
  annotation: string,
  place: Place
): Choice {
  const ready = endpoints.filter((endpoint) => endpoint.ready)
  const near = hinted(ready, behaviour, annotation, place)
  const terminating = behaviour.usesTerminating
    ? endpoints.filter((endpoint) => !endpoint.ready && endpoint.servingTerminating)
    : []
  const here = (list: readonly IntendedEndpoint[]): IntendedEndpoint[] => list.filter(({ node }) => node === place.node)
  return {
    cluster: destinations(near.length > 0 ? near : terminating),
    local: destinations(here(ready).length > 0 ? here(ready) : here(terminating))
  }
}

/** Hints count only if every ready endpoint has some, and one of them is for this place. */
function hinted(
  ready: readonly IntendedEndpoint[],
  { hints }: Behaviour,
  annotation: string,
  { node, zone }: Place
): readonly IntendedEndpoint[] {
  if (hints === 'ignored' || ready.length === 0) return ready
  if (hints === 'annotated-auto' && !/^[Aa]uto$/.test(annotation)) return ready
  if (hints === 'annotated' && /^([Dd]isabled)?$/.test(annotation)) return ready
  if (hints === 'nodes' && ready.every(({ hintNodes }) => hintNodes.length > 0)) {
    const forNode = ready.filter(({ hintNodes }) => hintNodes.includes(node))
    if (forNode.length > 0) return forNode
  }
  if (zone === undefined || !ready.every(({ hintZones }) => hintZones.length > 0)) return ready
  const forZone = ready.filter(({ hintZones }) => hintZones.includes(zone))
  return forZone.length > 0 ? forZone : ready
}

/** kube-proxy uses an address once, in however many slices it stands. */
function destinations(endpoints: readonly IntendedEndpoint[]): string[] {
  return [...new Set(endpoints.map(({ destination }) => destination))].sort()
}
