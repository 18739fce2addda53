import type { ListedObject, Listing, Scope } from './listing.ts'

/** A listing without what a later one of the same paste says anew. */
export interface LatestListing extends Listing {
  /** Rows taken out. */
  readonly superseded: number
}

/**
 * A session often asks the same twice, before and after a change. The later answer holds: it replaces the rows of the
 * objects it lists and, where it lists all there is, every earlier row of its kind and namespace.
 */
export function latest(listings: readonly Listing[]): LatestListing[] {
  const listed = new Set<string>()
  const closed = new Set<string>()
  const isClosed = (kind: string, namespace: string | null) =>
    closed.has(key(kind, null)) || closed.has(key(kind, namespace))
  return listings
    .toReversed()
    .map((listing) => {
      const objects = listing.objects.filter(
        (object) => !listed.has(objectKey(object)) && !isClosed(object.kind, object.namespace)
      )
      const scopes = listing.scopes.filter(({ kind, namespace }) => !isClosed(kind, namespace))
      for (const object of objects) listed.add(objectKey(object))
      for (const scope of scopes) if (scope.why === null) closed.add(scopeKey(scope))
      return { ...listing, objects, scopes, superseded: listing.objects.length - objects.length }
    })
    .toReversed()
}

function key(kind: string, namespace: string | null): string {
  return namespace === null ? kind : `${kind} ${namespace}`
}

function scopeKey({ kind, namespace }: Scope): string {
  return key(kind, namespace)
}

function objectKey({ kind, namespace, name }: ListedObject): string {
  return `${kind} ${namespace}/${name}`
}
