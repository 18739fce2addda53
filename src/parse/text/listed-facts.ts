import type { ListedObject, Listing } from './listing.ts'
import type { PastedText } from './pasted.ts'
import { endpointFacts, serviceFact, servicePortFacts } from './service-row.ts'
import { daemonSetFact, nodeFact, podFact } from './workload-row.ts'

/** Adds the rows of a listing, and what it covers. */
export function addListing({ objects, scopes }: Listing, pasted: PastedText): void {
  let cut = 0
  for (const object of objects) if (addObject(object, pasted)) cut += 1
  for (const { kind, namespace, why } of scopes) {
    const reason = why ?? (kind === 'endpoints' ? readyAddressesOnly(cut) : '')
    pasted.coverage.push({ kind, namespace, object: null, complete: reason === '', why: reason })
    if (kind === 'endpoints' && why === null) pasted.readyEndpoints.push({ namespace, cut })
  }
}

/** Returns whether the row says that it leaves something out. */
function addObject({ kind, namespace, name, cells }: ListedObject, pasted: PastedText): boolean {
  if (kind === 'pods') pasted.pods.push(podFact(namespace, name, cells))
  if (kind === 'nodes') pasted.nodes.push(nodeFact(name, cells))
  if (kind === 'daemonsets') pasted.daemonsets.push(daemonSetFact(namespace, name, cells))
  if (kind === 'services') {
    pasted.services.push(serviceFact(namespace, name, cells))
    for (const port of servicePortFacts(namespace, name, cells)) pasted.servicePorts.push(port)
  }
  return kind === 'endpoints' && addEndpoints(namespace, name, cells, pasted)
}

function addEndpoints(
  namespace: string,
  name: string,
  cells: Readonly<Record<string, string>>,
  pasted: PastedText
): boolean {
  const { endpoints, left } = endpointFacts(namespace, name, cells)
  for (const endpoint of endpoints) pasted.endpoints.push(endpoint)
  const why = left === 1 ? '1 more endpoint is not shown' : `${left} more endpoints are not shown`
  if (left > 0) pasted.coverage.push({ kind: 'endpoints', namespace, object: name, complete: false, why })
  return left > 0
}

/** kubectl shows three addresses of an Endpoints object at most, and never one that is not ready. */
function readyAddressesOnly(cut: number): string {
  if (cut === 0) return 'addresses that are not ready are not shown'
  return `addresses that are not ready are not shown, and of ${cut} ${cut === 1 ? 'object' : 'objects'} not all that are`
}
